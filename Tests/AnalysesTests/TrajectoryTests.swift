import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Paths and directions on a mechanism whose count is known: x = ½ · 0.85^(t − T) − 1 in two units.
@Suite struct TrajectoryTests {
  let planted: PlantedPositioning
  let recording: Recording

  init() throws {
    planted = try PlantedPositioning()
    recording = try planted.model.record(planted.others(5...8).prefix(120))
  }

  func count(left: Int) -> Double { 0.5 * pow(0.85, -Double(left)) - 1 }

  @Test func pathsOfTheCountFallTogetherByTheStepsLeft() throws {
    let found = try Trajectories(recording, by: .position, units: planted.counting, components: 1)
    #expect(found.components.explained[0] > 0.9999 && found.paths.map(\.position) == [5, 6, 7, 8])
    #expect(
      found.paths.allSatisfy { $0.word == nil } && found.distinctInputs == recording.rows.distinctInputs)
    for path in found.paths {
      let asked = try #require(path.position)
      #expect(path.points.map(\.time) == (0...recording.decoder.states.steps.upperBound).map { asked - $0 })
      for point in path.points {
        // Along (1, 1)/√2, from the mean of all.
        let expected = 2.0.squareRoot() * (count(left: point.time) - Double(found.components.mean[0]))
        #expect(abs(point.mean[0] - expected) < 1e-3)
        #expect(try #require(point.spread)[0] < 1e-3)
        #expect(
          point.distinctInputs
            == Set(recording.rows.indices { _, p, _ in p == asked }.map { recording.rows.inputNumbers[$0] })
            .count
        )
      }
    }
    // On the step, all rows together: means over T, and a spread between inputs of different T.
    let together = try Trajectories(
      recording, by: .together, alignedOn: .step, units: planted.counting, components: 1)
    #expect(
      together.paths.count == 1
        && together.paths[0].points.map(\.time) == Array(recording.decoder.states.steps))
    let rows = recording.rows.distinct
    let at2 = rows.positions.map {
      2.0.squareRoot() * (count(left: $0 - 2) - Double(together.components.mean[0]))
    }
    let mean = at2.reduce(0, +) / Double(at2.count)
    let spread = (at2.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(at2.count - 1)).squareRoot()
    #expect(abs(together.paths[0].points[2].mean[0] - mean) < 1e-3)
    #expect(abs(try #require(together.paths[0].points[2].spread)[0] - spread) < 1e-3)
  }

  @Test func pathsOfTheWordDoNotMove() throws {
    let found = try Trajectories(
      recording, by: .word, alignedOn: .step, units: planted.storing, components: 1)
    #expect(found.paths.map(\.word) == [3, 4])
    let ends = found.paths.map { $0.points.map { $0.mean[0] } }
    #expect(ends.allSatisfy { path in path.allSatisfy { abs($0 - path[0]) < 1e-4 } })
    #expect(abs(abs(ends[0][0] - ends[1][0]) - 2 * 2.0.squareRoot() * tanh(3.0)) < 1e-3)
    #expect(try Trajectories(recording).paths.count == 8)
    let again = try Trajectories(
      planted.model.record(recording.rows.rows([0, 0] + Array(0..<recording.rows.count))), by: .together)
    #expect(again.distinctInputs == recording.rows.distinctInputs)
    #expect(again.paths[0].points.allSatisfy { $0.distinctInputs <= recording.rows.distinctInputs })
    let alone = try planted.model.record(recording.rows.prefix(1))
    #expect(try Trajectories(alone).paths[0].points[0].spread == nil)
  }

  @Test func badInputIsRefused() throws {
    #expect(throws: AnalysisError.unitOutOfRange(unit: 40, units: 32)) {
      try Trajectories(recording, units: [40])
    }
    #expect(throws: AnalysisError.self) { try Trajectories(recording, units: [1], components: 2) }
    #expect(throws: AnalysisError.self) { try Trajectories(recording, units: [], components: 1) }
    #expect(throws: AnalysisError.self) { try Trajectories(recording, steps: 0...99) }
  }

  /// The count lies in the modes of 0.85 and not in those of 1, which hold the word.
  @Test func theCountLiesInTheModesThatDieAway() throws {
    let late = try recording.visitedStates(steps: 8...8, count: 4, seed: 1)
    let points = try FixedPoints(planted.model, from: late, feeding: [LastTokenAutoencoder.filler])
    let point = try #require(points.points.first)
    let found = try CountingDirection(
      planted.model, recording, at: point.state, feeding: point.token, from: 1, upTo: 2)
    // Two words and a bystander are held, in modes that can't be told apart; then the two units of the count.
    try #require(found.alignments.map(\.modes) == [3, 5])
    let (held, counted) = (found.alignments[0], found.alignments[1])
    #expect(abs(held.eigenvalue.real - 1) < 1e-5 && abs(counted.eigenvalue.real - 0.85) < 1e-5)
    let (three, five) = (try #require(held.pattern.measurement), try #require(counted.pattern.measurement))
    #expect(three.estimate < 0.4 && three.null.pValue > 0.05, "\(three)")
    #expect(five.estimate > 0.9 && five.null.pValue <= 0.01 && five.interval.low > 0.8, "\(five)")
    #expect(five.sentences == recording.rows.distinctSentences)
    let read = try #require(counted.weights.measurement)
    #expect(read.estimate > 0.9 && read.null.pValue <= 0.01, "\(read)")
    #expect(found.explained > 0.9 && found.explained < 1)
    // Against what else varies, it is harder to stand out: the word varies most, and lies in the plane as well.
    #expect(try #require(counted.patternAmongStates.measurement).null.mean > five.null.mean)
  }

  /// The same regressions from their design matrices.
  @Test func theDirectionsAreThoseOfLeastSquares() throws {
    let found = try CountingDirection(
      planted.model, recording, at: [Float](repeating: 0, count: 32), feeding: 1, upTo: 1, ridge: 0.01,
      draws: 10)
    var (design, states, left): ([Double], [[Double]], [Double]) = ([], [], [])
    let rows = recording.rows
    var seen = Set<Int>()
    for row in 0..<rows.count where seen.insert(rows.inputNumbers[row]).inserted {
      for step in 0..<rows.positions[row] {
        design += [1, Double(rows.positions[row] - step), Double(step)]
        left.append(Double(rows.positions[row] - step))
        states.append(recording.decoder.states.units(row: row, step: step).map { Double($0) })
      }
    }
    // An input that comes again counts once.
    let again = try planted.model.record(rows.rows([0, 0] + Array(0..<rows.count)))
    let once = try CountingDirection(
      planted.model, again, at: [Float](repeating: 0, count: 32), feeding: 1, upTo: 1, ridge: 0.01, draws: 10)
    // A row has other last bits among more rows.
    for unit in 0..<32 { #expect(abs(once.pattern[unit] - found.pattern[unit]) < 1e-5) }
    let slopes = try (0..<32).map { unit in
      try #require(leastSquares(design, columns: 3, states.map { $0[unit] }, damping: 0))[1]
    }
    let length = slopes.reduce(0) { $0 + $1 * $1 }.squareRoot()
    for unit in 0..<32 { #expect(abs(found.pattern[unit] - slopes[unit] / length) < 1e-6) }
    let means = (0..<32).map { unit in states.reduce(0) { $0 + $1[unit] } / Double(states.count) }
    let centred = states.flatMap { h in (0..<32).map { h[$0] - means[$0] } }
    let total = centred.reduce(0) { $0 + $1 * $1 }
    let mean = left.reduce(0, +) / Double(left.count)
    let x = try #require(
      leastSquares(centred, columns: 32, left.map { $0 - mean }, damping: 0.01 * total / 32))
    let size = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
    for unit in 0..<32 { #expect(abs(found.weights[unit] - x[unit] / size) < 1e-6) }
    let rest = states.indices.reduce(0.0) { sum, i in
      let read = (0..<32).reduce(0) { $0 + x[$1] * centred[i * 32 + $1] }
      return sum + (left[i] - mean - read) * (left[i] - mean - read)
    }
    let whole = left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    #expect(abs(found.explained - (1 - rest / whole)) < 1e-9)
  }

  /// Modes that have nothing to do with the count are found beside it at the nominal rate.
  @Test func modesOfStrangersAreNoNearerThanChance() throws {
    var pValues: [Double] = []
    for seed in 1...40 {
      let stranger = Seq2Seq(planted.model.configuration, seed: UInt64(seed))
      let found = try CountingDirection(
        stranger, recording, at: [Float](repeating: 0, count: 32), feeding: 4, upTo: 2, draws: 99,
        seed: UInt64(seed))
      pValues.append(try #require(found.alignments[0].pattern.measurement).null.pValue)
      // These Jacobians are far from symmetric: patterns go with right eigenvectors, weights with left ones.
      let step = DecoderStep(stranger)
      let jacobian = try step.jacobians(Matrix(rows: 1, columns: 32), feeding: [4]).jacobians[0]
      let eigen = try #require(Eigen(jacobian))
      guard eigen.values[0].imaginary == 0 else { continue }
      func cosine(_ direction: [Double], _ vector: [ComplexNumber]) -> Double {
        abs(zip(direction, vector).reduce(0) { $0 + $1.0 * $1.1.real })
      }
      let (pattern, weights) = (
        found.alignments[0].pattern.measurement, found.alignments[0].weights.measurement
      )
      #expect(abs(try #require(pattern).estimate - cosine(found.pattern, eigen.right[0])) < 1e-9)
      #expect(abs(try #require(weights).estimate - cosine(found.weights, eigen.left[0])) < 1e-9)
    }
    #expect(pValues.count { $0 <= 0.05 } <= 6 && pValues.count { $0 <= 0.5 } >= 10, "\(pValues)")
  }

  @Test func directionsOfNothingAreRefused() throws {
    let one = try planted.model.record(planted.rows(6...6))
    #expect(throws: AnalysisError.tooFewRows(condition: "different positions", found: 1, needed: 2)) {
      try CountingDirection(planted.model, one, at: [Float](repeating: 0, count: 32), feeding: 1)
    }
    #expect(throws: AnalysisError.self) {
      try CountingDirection(
        planted.model, recording, at: [Float](repeating: 0, count: 32), feeding: 1, draws: 0)
    }
    #expect(throws: AnalysisError.self) {
      try CountingDirection(planted.model, recording, at: [0], feeding: 1)
    }
    #expect(
      throws: AnalysisError.stepOutOfRange(step: 99, recorded: recording.decoder.states.steps)
    ) {
      try CountingDirection(
        planted.model, recording, at: [Float](repeating: 0, count: 32), feeding: 1, from: 99)
    }
    let lstm = Seq2Seq(Configuration(units: 32, vocabulary: planted.data.vocabulary, cell: .lstm), seed: 1)
    #expect(throws: AnalysisError.self) {
      try CountingDirection(
        lstm, lstm.record(recording.rows), at: [Float](repeating: 0, count: 32), feeding: 1)
    }
  }
}
