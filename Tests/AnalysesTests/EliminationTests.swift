import Analyses
import LinearAlgebra
import References
import Testing

@Suite struct EliminationTests {
  @Test func setsAndAccuraciesAreThoseOfScikitLearn() throws {
    for fixture in try SelectionFixture.load() {
      let elimination = try RecursiveFeatureElimination(
        training: fixture.trainingRows(), heldOut: fixture.heldOutRows())
      #expect(elimination.rounds.count >= fixture.sets.count, "\(fixture.name)")
      for (round, (set, correct)) in zip(elimination.rounds, zip(fixture.sets, fixture.correct)) {
        let stability = try kunchevaIndex(round.units, set, of: fixture.units)
        #expect(stability >= 0.9, "\(fixture.name): \(round.units) and \(set)")
        let difference = abs(round.heldOut.correct - correct)
        #expect(Double(difference) <= 0.01 * Double(round.heldOut.count), "\(fixture.name)")
        #expect(round.gap <= 1e-3)
      }
    }
  }

  @Test func roundsTakeHalfOfTheUnitsAndNeverOneTwice() throws {
    let training = try noisyStates(rows: 60, units: 20, strengths: [3: 3, 11: 3], seed: 1)
    let heldOut = try noisyStates(rows: 40, units: 20, strengths: [3: 3, 11: 3], seed: 2)
    let elimination = try RecursiveFeatureElimination(
      training: training, heldOut: heldOut, .init(roundSize: 4, leastAccuracy: 0))
    // 4, 8, then beyond half of 20 with 12: as published, the last round is whole.
    #expect(elimination.rounds.count == 3)
    #expect(Set(elimination.selected).count == 12)
    #expect(elimination.ending == .enoughUnits)
    #expect(Set(elimination.rounds[0].ranking) == Set(0..<20))
    #expect(Set(elimination.rounds[1].ranking) == Set(0..<20).subtracting(elimination.rounds[0].units))
    #expect(Set(elimination.rounds[0].ranking.prefix(2)) == [3, 11])
    #expect(elimination.distinctTrainingInputs == 60 && elimination.sharedInputs == 40)
  }

  /// Chance for five classes is one fifth: the published limit of one half ends at once, with nothing taken.
  @Test func aRoundBelowTheLeastAccuracyIsNotTakenAndEndsIt() throws {
    let training = try noisyStates(rows: 100, units: 16, classes: 5, seed: 1)
    let heldOut = try noisyStates(rows: 100, units: 16, classes: 5, seed: 2)
    let elimination = try RecursiveFeatureElimination(
      training: training, heldOut: heldOut, .init(roundSize: 4))
    #expect(elimination.ending == .accuracyTooLow)
    #expect(elimination.selected.isEmpty && elimination.rounds.count == 1 && !elimination.rounds[0].isTaken)
  }

  /// A warm start must end where a cold one does.
  @Test func eachRoundIsTheEliminationOfWhatIsLeft() throws {
    let examples = try noisyStates(rows: 90, units: 24, strengths: [1: 0.9, 5: 0.7, 9: 0.5], seed: 6)
    let options = RecursiveFeatureElimination.Options(
      roundSize: 4, leastAccuracy: 0, precision: SVMPrecision(violation: 1e-5))
    let whole = try RecursiveFeatureElimination(training: examples, heldOut: examples, options)
    var left = Array(0..<24)
    for round in whole.rounds {
      let states = Matrix(
        rows: 90, columns: left.count,
        storage: (0..<90).flatMap { row in left.map { examples.states[row, $0] } })
      let rest = try LabelledStates(states: states, labels: examples.labels, inputs: examples.inputs)
      let alone = try RecursiveFeatureElimination(training: rest, heldOut: rest, options)
      #expect(alone.rounds[0].units.map { left[$0] } == round.units)
      #expect(alone.rounds[0].training == round.training)
      left.removeAll { round.units.contains($0) }
    }
  }

  /// Guyon's criterion written out: solve naively, take off the least squared weight, solve again.
  @Test func unitsGoInTheOrderOfTheNaiveSolver() throws {
    let examples = try noisyStates(rows: 30, units: 8, strengths: [1: 0.9, 5: 1.7], seed: 16)
    var left = Array(0..<8)
    var gone: [Int] = []
    while left.count > 2 {
      let states = Matrix((0..<30).map { row in left.map { examples.states[row, $0] } })
      let naive = try NaiveSVM(
        LabelledStates(states: states, labels: examples.labels, inputs: examples.inputs))
      let weakest = left.indices.min { abs(naive.weights[$0]) < abs(naive.weights[$1]) } ?? 0
      gone.append(left.remove(at: weakest))
    }
    let elimination = try RecursiveFeatureElimination(
      training: examples, heldOut: examples, .init(roundSize: 2, share: 0.25))
    #expect(elimination.rounds[0].units == left)
    #expect(Array(elimination.rounds[0].ranking.dropFirst(2)) == gone.reversed())
  }

  @Test func constantUnitsGoFirstAndOfEqualUnitsTheLowerNumber() throws {
    let examples = try noisyStates(rows: 50, units: 6, strengths: [0: 2, 1: 2], seed: 4)
    var states = examples.states
    for row in 0..<50 {
      states[row, 2] = 0.25
      states[row, 4] = states[row, 3]
    }
    let odd = try LabelledStates(states: states, labels: examples.labels, inputs: examples.inputs)
    let whole = try RecursiveFeatureElimination(training: odd, heldOut: odd, .init(roundSize: 1, share: 0.1))
    let order = try #require(whole.rounds.first).ranking
    #expect(order.last == 2)
    let (third, fourth) = (order.firstIndex(of: 3) ?? 0, order.firstIndex(of: 4) ?? 0)
    #expect(third > fourth)
  }

  @Test func badInputIsATypedError() throws {
    let examples = try noisyStates(rows: 20, units: 6, seed: 4)
    let narrow = try noisyStates(rows: 20, units: 5, seed: 4)
    #expect(throws: AnalysisError.setLargerThanModel(size: 8, units: 6)) {
      try RecursiveFeatureElimination(training: examples, heldOut: examples)
    }
    #expect(throws: AnalysisError.countMismatch(what: "units in the held-out rows", expected: 6, found: 5)) {
      try RecursiveFeatureElimination(training: examples, heldOut: narrow, .init(roundSize: 2))
    }
    #expect(throws: AnalysisError.invalidOption(name: "roundSize", value: "0", expected: "at least 1")) {
      try RecursiveFeatureElimination(training: examples, heldOut: examples, .init(roundSize: 0))
    }
    #expect(throws: AnalysisError.self) {
      try RecursiveFeatureElimination(training: examples, heldOut: examples, .init(roundSize: 2, share: 1.5))
    }
  }

  /// The published storing data of a trained model: 800 copies of one row, far from the copies of 16 others. The objective is
  /// so small there that Float can't show the gap.
  @Test func thousandsOfCopiesFarApartAreSolvedToTheSameGap() throws {
    for seed in UInt64(0)..<5 {
      var generator = SeededGenerator(seed: seed)
      let centre = Matrix.normal(rows: 2, columns: 32, using: &generator)
      var states = Matrix.normal(rows: 17, columns: 32, using: &generator)
      for row in 0..<17 {
        for unit in 0..<32 { states[row, unit] = centre[row == 0 ? 0 : 1, unit] + 0.02 * states[row, unit] }
      }
      let rows = [Int](repeating: 0, count: 800) + (0..<800).map { 1 + $0 % 16 }
      let examples = try LabelledStates(
        states: states.rows(rows), labels: rows.map { $0 == 0 ? 0 : 1 }, inputs: rows)
      let elimination = try RecursiveFeatureElimination(training: examples, heldOut: examples)
      #expect(elimination.rounds.count == 2 && elimination.rounds.allSatisfy { $0.gap <= 1e-3 })
      #expect(elimination.distinctTrainingInputs == 17)
    }
  }

  /// The first rows of each list are those that earlier solvers failed on: they stopped settling before Double could, or went in
  /// circles between rows that Float takes for equal.
  @Test func copiesThatFloatCannotTellApartAreSolved() throws {
    let saturated = [831, 1282, 2231, 2258] + Array(UInt64(0)..<200)
    let crowded = [4448, 6113, 6662, 8501, 12688, 13073] + Array(UInt64(0)..<200)
    let problems = try saturated.map(CopiedRows.saturated) + crowded.map(CopiedRows.crowded)
    for (index, problem) in problems.enumerated() {
      let elimination = try RecursiveFeatureElimination(
        training: problem.examples, heldOut: problem.examples,
        .init(roundSize: problem.roundSize, share: 1, leastAccuracy: 0))
      #expect(elimination.rounds.allSatisfy { $0.gap <= 1e-3 }, "problem \(index)")
    }
  }

  /// Where all free rows reach their bounds in one step there is nothing left that says where the bias is.
  @Test(arguments: [919, 952, 1086, 1230, 1930, 4884, 5148] as [UInt64])
  func aStepThatTakesAllRowsToTheirBoundsLeavesABias(_ seed: UInt64) throws {
    let problem = try CopiedRows.crowded(seed: seed)
    let elimination = try RecursiveFeatureElimination(
      training: problem.examples, heldOut: problem.examples,
      .init(roundSize: problem.roundSize, share: 1, leastAccuracy: 0))
    #expect(elimination.rounds.allSatisfy { $0.gap <= 1e-3 })
  }
}
