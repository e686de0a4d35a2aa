import Analyses
import Foundation
import KnownRoleModels
import LinearAlgebra
import Networks
import Tasks
import Testing

/// The search against points that are known: in closed form, by bisection, by SciPy, and planted.
@Suite struct FixedPointTests {
  /// Units that don't see each other: h' = z h + (1 − z) tanh(w h + b), with a constant z = ½ and r = 1.
  func apart(_ weights: [Float], biases: [Float]) throws -> Seq2Seq {
    let units = weights.count
    var builder = try ParameterBuilder(Seq2Seq(Configuration(units: units, vocabularySize: 4), seed: 1))
    for unit in 0..<units {
      try builder.set("decoder.0.bias", 0, units + unit, 2.5)
      try builder.set("decoder.0.recurrent", unit, 2 * units + unit, weights[unit])
      try builder.set("decoder.0.bias", 0, 2 * units + unit, biases[unit])
    }
    return builder.model
  }

  /// The zeros of tanh(w h + b) − h, by bisection between changes of sign on a fine grid.
  func bisected(_ w: Double, _ b: Double) -> [Double] {
    func f(_ h: Double) -> Double { tanh(w * h + b) - h }
    let grid = (0...2001).map { -1.0003 + Double($0) * 0.001 }
    return zip(grid, grid.dropFirst()).filter { f($0) * f($1) < 0 }.map { ends in
      var (low, high) = ends
      for _ in 0..<60 {
        let middle = (low + high) / 2
        if f(low) * f(middle) <= 0 { high = middle } else { low = middle }
      }
      return (low + high) / 2
    }
  }

  func starts(_ units: Int, count: Int, within range: Range<Float> = -1..<1) -> Matrix {
    var generator = SeededGenerator(seed: 2, label: "starts")
    return Matrix.uniform(rows: count, columns: units, in: range, using: &generator)
  }

  @Test func aBistableUnitHasThePointsThatBisectionFinds() throws {
    let expected = bisected(2, 0.1)
    #expect(expected.count == 3)
    let found = try FixedPoints(try apart([2], biases: [0.1]), from: starts(1, count: 40), feeding: [3])
    #expect(found.points.count == 3 && found.unfinished.isEmpty)
    #expect(found.points.reduce(0) { $0 + $1.starts } == 40)
    for (point, h) in zip(found.points.sorted { $0.state[0] < $1.state[0] }, expected) {
      #expect(abs(Double(point.state[0]) - h) < 1e-5 && point.kind == .fixed && point.q <= 1e-10)
      // ∂F/∂h = ½ + ½ w (1 − h²).
      let slope = 0.5 + 0.5 * 2 * (1 - h * h)
      let near = try #require(point.linearisation)
      #expect(abs(near.modes[0].eigenvalue.real - slope) < 1e-5)
      #expect(near.stability == (slope > 1 ? .unstable : .stable))
      #expect(
        abs(try #require(near.modes[0].timeConstant) + 1 / log(slope)) < 1e-3 && near.modes[0].period == nil)
      #expect(point.speed < 2e-5 && point.distance < 1)
    }
  }

  @Test func twoBistableUnitsHaveNinePointsOfWhichFourAreStable() throws {
    let found = try FixedPoints(
      try apart([2, 3], biases: [0.1, 0]), from: starts(2, count: 200), feeding: [3])
    #expect(found.points.count == 9 && found.unfinished.isEmpty)
    #expect(found.points.count { $0.linearisation?.stability == .stable } == 4)
    #expect(found.points.count { $0.linearisation?.stability == .saddle } == 4)
    #expect(found.points.count { $0.linearisation?.unstableDirections == 2 } == 1)
    let pairs = bisected(2, 0.1).flatMap { a in bisected(3, 0).map { (a, $0) } }
    for (a, b) in pairs {
      #expect(
        found.points.contains { abs(Double($0.state[0]) - a) < 1e-5 && abs(Double($0.state[1]) - b) < 1e-5 })
    }
  }

  /// A unit without a zero nearby: tanh(w h + b) − h has a minimum of its square above 0, where it is flat.
  @Test func aGhostIsASlowPointAndItsSpeedIsThatOfCalculus() throws {
    // With w = 2, the derivative of tanh(2 h + b) − h is 0 where cosh² = 2: at the least of it above 0, 2 h + b = −arcosh √2.
    let a = -acosh(2.0.squareRoot())
    let gap = 0.01
    // h = tanh(a) + … so that tanh(2h + b) − h = gap there.
    let h = tanh(a) - gap
    let found = try FixedPoints(
      try apart([2], biases: [Float(a - 2 * h)]), from: starts(1, count: 10, within: -0.9 ..< -0.5),
      feeding: [3])
    let slow = try #require(found.points.first { $0.kind == .slow })
    #expect(abs(Double(slow.state[0]) - h) < 1e-3 && abs(slow.speed - gap / 2) < 1e-5)
    // The slope there is ½ + ½ · 2 · (1 − tanh²) = 1: neither grows nor dies.
    #expect(abs(try #require(slow.linearisation).modes[0].eigenvalue.real - 1) < 0.01)
    // Asked for slower points only, the search says what it found instead.
    var options = FixedPoints.Options()
    options.slowTolerance = 1e-6
    let none = try FixedPoints(
      try apart([2], biases: [Float(a - 2 * h)]), from: starts(1, count: 10, within: -0.9 ..< -0.5),
      feeding: [3], options)
    let left = try #require(none.unfinished.first { $0.reason == .tooFast })
    #expect(abs(left.q - gap * gap / 8) < 1e-7)
  }

  @Test func aSearchThatDoesNotConvergeSaysSoWithItsResidual() throws {
    var options = FixedPoints.Options()
    (options.adamSteps, options.newtonSteps) = (2, 0)
    let start = Matrix([[0.5]])
    let found = try FixedPoints(try apart([2], biases: [0.1]), from: start, feeding: [0, 3], options)
    #expect(found.points.isEmpty && found.unfinished.count == 2)
    let left = found.unfinished[0]
    // Adam's first steps are the whole rate, then about half of it: from 0.5 up to 0.53.
    let h = 0.53
    let speed = 0.5 * (tanh(2 * h + 0.1) - h)
    #expect(left.reason == .notConverged && left.start == 0 && left.token == 0)
    #expect(abs(left.q - speed * speed / 2) < 1e-4 && left.gradient > 0.05)
    // However slow a slow point may be: where q still falls there is none.
    options.slowTolerance = 1
    #expect(try FixedPoints(try apart([2], biases: [0.1]), from: start, feeding: [0], options).points.isEmpty)
  }

  /// Planted: counting units go to −1 by 15 % a step, storing units hold whatever they hold.
  @Test func thePlantedModelHasALineOfPointsAndItsTimeConstant() throws {
    let planted = try PlantedPositioning()
    let recording = try planted.model.record(planted.rows(5...8))
    let starts = try recording.visitedStates(count: 24, seed: 1)
    let tokens = [Vocabulary.sos, LastTokenAutoencoder.filler, 3]
    let found = try FixedPoints(planted.model, from: starts, feeding: tokens)
    #expect(found.unfinished.isEmpty && found.points.reduce(0) { $0 + $1.starts } == 24 * 3)
    for token in tokens {
      let points = found.points(feeding: token)
      // Two words: two points that rows can get to, of a continuum.
      #expect(points.count >= 2)
      for point in points {
        let near = try #require(point.linearisation)
        #expect(near.marginalDirections == 3 && near.unstableDirections == 0 && near.stability == .marginal)
        for unit in planted.counting { #expect(abs(point.state[unit] + 1) < 1e-4) }
        for mode in near.modes[3..<5] {
          #expect(abs(mode.eigenvalue.real - 0.85) < 1e-5 && mode.eigenvalue.imaginary == 0)
          #expect(abs(try #require(mode.timeConstant) + 1 / log(0.85)) < 1e-3)
        }
        #expect(near.modes[0].timeConstant == nil && near.modes[5].eigenvalue.real < 0.51)
        // When the count has run down, the model writes EOS, whatever it is fed.
        #expect(point.writes == Vocabulary.eos && !point.feedsItself)
      }
    }
  }

  @Test(arguments: try DynamicsFixture.load().steps) func thePointsAreThoseOfSciPy(
    _ fixture: DynamicsFixture.Step
  ) throws {
    let expected = try #require(fixture.fixedPoint)
    let found = try FixedPoints(
      try fixture.model(), from: Matrix([expected.map { Float($0 * 0.9 + 0.03) }]),
      feeding: [fixture.tokens[0]])
    let point = try #require(found.points.first, "\(found.unfinished)")
    for (a, b) in zip(point.state, expected) { #expect(abs(Double(a) - b) < 1e-4) }
    for (mode, size) in zip(try #require(point.linearisation).modes, fixture.fixedPointEigenvalues) {
      #expect(abs(mode.eigenvalue.magnitude - size) < 1e-3)
    }
  }

  /// A rotation by a sixth of a turn a step, slowly dying away.
  @Test func aSpiralHasItsPeriod() throws {
    var builder = try ParameterBuilder(
      Seq2Seq(Configuration(units: 2, vocabularySize: 4, cell: .simpleRNN), seed: 1))
    for (i, j, value) in [
      (0, 0, 0.45), (0, 1, 0.45 * 3.0.squareRoot()), (1, 0, -0.45 * 3.0.squareRoot()), (1, 1, 0.45),
    ] {
      try builder.set("decoder.0.recurrent", i, j, Float(value))
    }
    let found = try FixedPoints(builder.model, from: starts(2, count: 8), feeding: [1])
    #expect(found.points.count == 1 && found.points[0].starts == 8)
    let near = try #require(found.points[0].linearisation)
    #expect(abs(try #require(near.modes[0].period) - 6) < 1e-4 && near.stability == .stable)
    #expect(abs(near.modes[0].eigenvalue.magnitude - 0.9) < 1e-5 && near.modes[0].eigenvalue.imaginary > 0)
    let flip = try #require(Linearisation(Matrix([[-0.5]])))
    #expect(flip.modes[0].period == 2)
    #expect(try #require(Linearisation(Matrix([[0]]))).modes[0] == Linearisation(Matrix([[0]]))?.modes[0])
    #expect(Linearisation(Matrix([[.infinity]])) == nil)
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    let fixture = try DynamicsFixture.load().steps[0]
    let model = try fixture.model()
    func found() throws -> FixedPoints {
      try FixedPoints(model, from: starts(3, count: 20), feeding: [0, 1])
    }
    #expect(try Threads.$count.withValue(1, operation: found) == found())
  }

  @Test func badInputIsRefused() throws {
    let model = try apart([2], biases: [0])
    #expect(throws: AnalysisError.self) {
      try FixedPoints(model, from: Matrix(rows: 0, columns: 1), feeding: [1])
    }
    #expect(throws: AnalysisError.valueNotFinite(what: "the start", row: 1, unit: 0)) {
      try FixedPoints(model, from: Matrix([[0], [.nan]]), feeding: [1])
    }
    #expect(throws: AnalysisError.self) { try FixedPoints(model, from: Matrix([[0]]), feeding: []) }
    #expect(throws: AnalysisError.self) { try FixedPoints(model, from: Matrix([[0]]), feeding: [1, 1]) }
    #expect(throws: NetworkError.self) { try FixedPoints(model, from: Matrix([[0]]), feeding: [4]) }
    #expect(throws: NetworkError.self) { try FixedPoints(model, from: Matrix([[0, 1]]), feeding: [1]) }
    var options = FixedPoints.Options()
    options.mergeDistance = 0
    #expect(throws: AnalysisError.self) { try FixedPoints(model, from: Matrix([[0]]), feeding: [1], options) }
    let planted = try PlantedPositioning()
    let recording = try planted.model.record(planted.rows(5...5))
    #expect(throws: AnalysisError.self) { try recording.visitedStates(steps: 0...99, count: 3, seed: 1) }
    let states = recording.decoder.states
    let all = try recording.visitedStates(count: 100_000, seed: 1)
    #expect(all.rows == recording.rows.count * states.steps.count)
    let visited = Set((0..<all.rows).map { all.row($0) })
    for step in states.steps { #expect(visited.contains(Array(states.units(row: 0, step: step)))) }
  }
}
