import Analyses
import LinearAlgebra
import References
import Testing

@Suite struct LinearSVMTests {
  @Test func weightsBiasAndPredictionsAreThoseOfScikitLearn() throws {
    for fixture in try SelectionFixture.load() {
      let machine = try LinearSVM(fixture.trainingRows(), precision: SVMPrecision(violation: 1e-5))
      #expect(machine.gap < 1e-4, "\(fixture.name)")
      for (ours, theirs) in zip(machine.weights.storage, fixture.weights) {
        #expect(abs(Double(ours) - theirs) < 1e-3, "\(fixture.name)")
      }
      for (ours, theirs) in zip(machine.biases, fixture.biases) {
        #expect(abs(Double(ours) - theirs) < 1e-3, "\(fixture.name)")
      }
      #expect(try machine.predict(fixture.heldOutRows().states) == fixture.predictions, "\(fixture.name)")
    }
  }

  /// Few rows and many, fewer units than rows and more, a little signal and none.
  @Test(arguments: [(6, 2), (12, 30), (30, 4), (60, 10), (80, 40)])
  func theOptimumIsThatOfTheNaiveSolver(_ rows: Int, _ units: Int) throws {
    for seed in UInt64(0)..<6 {
      let examples = try noisyStates(rows: rows, units: units, strengths: [0: Float(seed) * 0.4], seed: seed)
      let naive = NaiveSVM(examples)
      let machine = try LinearSVM(examples, precision: SVMPrecision(gap: 1e-5, violation: 1e-5))
      for unit in 0..<units {
        #expect(abs(Double(machine.weights[0, unit]) - naive.weights[unit]) < 2e-3, "seed \(seed)")
      }
      #expect(machine.gap < 1e-5)
    }
  }

  @Test func aLargerCostIsKeptTo() throws {
    let examples = try noisyStates(rows: 40, units: 6, strengths: [2: 1], seed: 3)
    for cost in [Float(0.01), 0.3, 20] {
      let naive = NaiveSVM(examples, cost: Double(cost))
      let machine = try LinearSVM(examples, cost: cost, precision: SVMPrecision(gap: 1e-5, violation: 1e-5))
      for unit in 0..<6 {
        #expect(abs(Double(machine.weights[0, unit]) - naive.weights[unit]) < 5e-3, "C = \(cost)")
      }
    }
  }

  /// Copies are merged; the solution must be that of all rows.
  @Test func copiesOfRowsWeighAsManyRows() throws {
    let once = try noisyStates(rows: 20, units: 3, strengths: [0: 1], seed: 8)
    let copied = once.rows(Array(0..<20) + [Int](repeating: 4, count: 7) + [Int](repeating: 5, count: 3))
    let naive = NaiveSVM(copied)
    let machine = try LinearSVM(copied, precision: SVMPrecision(gap: 1e-5, violation: 1e-5))
    for unit in 0..<3 { #expect(abs(Double(machine.weights[0, unit]) - naive.weights[unit]) < 2e-3) }
    #expect(abs(NaiveSVM(once).weights[0] - naive.weights[0]) > 0.02)
  }

  /// The gap is said to be a thousandth: the objective, computed from the weights alone, must be that near to the best one.
  @Test func theObjectiveOfCopiedRowsIsThatOfTheNaiveSolver() throws {
    let problems =
      try (UInt64(0)..<40).map(CopiedRows.saturated) + (UInt64(0)..<40).map(CopiedRows.crowded)
    for (index, problem) in problems.enumerated() {
      let naive = NaiveSVM(problem.distinct, copies: problem.copies, tolerance: 1e-6)
      let machine = try LinearSVM(problem.examples)
      let objective = NaiveSVM.objective(
        of: machine.weights.storage.map(Double.init), bias: Double(machine.biases[0]), problem.distinct,
        costs: problem.copies)
      #expect(objective <= naive.objective * 1.002, "problem \(index)")
    }
  }

  /// Units of three values: many equal rows, many optima, every kind of tie.
  @Test func degenerateStatesAreSolved() throws {
    for seed in UInt64(0)..<40 {
      var generator = SeededGenerator(seed: seed)
      let (rows, units) = (20 + Int(seed), 1 + Int(seed) % 7)
      let states = Matrix(
        rows: rows, columns: units,
        storage: (0..<rows * units).map { _ in Float(generator.integer(below: 3)) - 1 })
      let labels = (0..<rows).map { states[$0, 0] > 0 || generator.unit() < 0.3 ? 1 : 0 }
      let examples = try LabelledStates(states: states, labels: labels, inputs: Array(0..<rows))
      let naive = NaiveSVM(examples, tolerance: 1e-6)
      let machine = try LinearSVM(examples, precision: SVMPrecision(gap: 1e-5, violation: 1e-5))
      for unit in 0..<units {
        #expect(abs(Double(machine.weights[0, unit]) - naive.weights[unit]) < 5e-3, "seed \(seed)")
      }
    }
  }

  @Test func equalRowsWithBothLabelsAndConstantUnitsAreSolved() throws {
    var states = Matrix(rows: 12, columns: 4, repeating: 0.5)
    for row in 0..<12 { states[row, 1] = row % 3 == 0 ? 1 : -1 }
    let labels = (0..<12).map { $0 % 2 }
    let examples = try LabelledStates(states: states, labels: labels, inputs: Array(0..<12))
    let machine = try LinearSVM(examples)
    #expect(machine.importances[0] == 0 && machine.importances[3] == 0)
    #expect(machine.weights.storage.allSatisfy { $0.isFinite } && machine.gap <= 1e-3)
  }

  @Test func votesGoToTheClassThatWinsItsPairsAndTiesToTheLowest() throws {
    // Three classes on a circle: each pair is told apart by one direction.
    let examples = try LabelledStates(
      states: Matrix([[1, 0], [-0.5, 0.87], [-0.5, -0.87]]), labels: [7, 2, 5], inputs: [0, 1, 2])
    let machine = try LinearSVM(examples, cost: 100)
    #expect(machine.classes == [2, 5, 7])
    #expect(machine.predict(examples.states) == [7, 2, 5])
  }

  @Test func badInputIsATypedError() throws {
    let states = Matrix([[1, 2], [3, 4]])
    #expect(throws: AnalysisError.oneClassOnly(label: 1, rows: 2)) {
      try LinearSVM(LabelledStates(states: states, labels: [1, 1], inputs: [0, 1]))
    }
    #expect(throws: AnalysisError.countMismatch(what: "labels", expected: 2, found: 1)) {
      try LabelledStates(states: states, labels: [1], inputs: [0, 1])
    }
    #expect(throws: AnalysisError.valueNotFinite(what: "the state", row: 1, unit: 0)) {
      try LabelledStates(states: Matrix([[1, 2], [.nan, 4]]), labels: [0, 1], inputs: [0, 1])
    }
    #expect(throws: AnalysisError.invalidOption(name: "cost", value: "-1.0", expected: "above 0")) {
      try LinearSVM(LabelledStates(states: states, labels: [0, 1], inputs: [0, 1]), cost: -1)
    }
    #expect(throws: AnalysisError.self) {
      try LabelledStates(states: Matrix(rows: 0, columns: 2), labels: [], inputs: [])
    }
  }

  /// Running out of steps must not pass for a solution.
  @Test func aMachineThatIsNotSolvedIsAnError() throws {
    let examples = try noisyStates(rows: 100, units: 10, seed: 4)
    #expect(throws: AnalysisError.self) { try LinearSVM(examples, precision: SVMPrecision(pivots: 3)) }
  }
}
