import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Edits along any directions: against the explicit formula, and procedures that run in a basis.
@Suite struct BasisTests {
  /// Untrained, but with large parameters, so that every edit changes what is written.
  func model(_ cell: CellKind = .gru) throws -> Seq2Seq { try CounterfactualsTests.model(cell) }
  let rows = CounterfactualsTests.data.training.distinct.prefix(23)

  /// h + Σ over j in S of q_j q_jᵀ (v − h), in Double.
  func rotated(_ h: [Float], _ v: [Float], _ basis: Basis, _ units: [Int]) -> [Float] {
    var result = h.map(Double.init)
    for unit in units {
      let q = basis.directions.row(unit).map(Double.init)
      let shift = q.indices.reduce(0) { $0 + q[$1] * (Double(v[$1]) - Double(h[$1])) }
      for i in q.indices { result[i] += shift * q[i] }
    }
    return result.map { Float($0) }
  }

  func compare(
    _ edit: Edit, _ hooks: Interventions, _ model: Seq2Seq, line: Int = #line
  ) throws {
    let runs = try Counterfactuals(model, rows: rows, steps: 9)
    let alone = try model.decode(rows, steps: 9, interventions: hooks)
    let other = Edit(units: [1], at: 2, .constant(0.3))
    let decoded = try runs.decode([[other]] + [[edit]] + [[]])
    var changed = false
    for row in 0..<rows.count {
      #expect(
        Array(decoded.tokens(variant: 1, row: row)) == Array(alone.tokens.row(row)),
        "row \(row), line \(line)")
      for step in 1...9 {
        let p = alone.probability(of: rows.words[row], row: row, at: step)
        #expect(abs(decoded.probability(variant: 1, row: row, at: step) - p) < 1e-4, "line \(line)")
        changed =
          changed || abs(p - runs.baseline.probability(of: rows.words[row], row: row, at: step)) > 1e-3
      }
    }
    #expect(changed, "the edit of line \(line) changes nothing")
  }

  @Test(arguments: [CellKind.gru, .lstm]) func editsInABasisFollowTheFormula(_ cell: CellKind) throws {
    let model = try model(cell)
    let basis = Basis.random(units: 20, seed: 3)
    let units = [2, 5, 17, 11]
    let states = try model.record(rows, steps: 9).decoder.states
    let partners = (0..<rows.count).map { ($0 * 7 + 3) % rows.count }
    func edit(_ value: EditValue, _ place: Place = .state) -> Edit {
      var edit = Edit(place, units: units, at: 3, value)
      edit.basis = basis
      return edit
    }
    func write(_ value: @escaping (_ row: Int) -> [Float], first: Int = 0) -> (Int, inout Matrix) -> Void {
      { step, matrix in
        guard step == 3 else { return }
        for row in 0..<matrix.rows {
          let h = Array(matrix.row(row)[first..<first + 20])
          for (unit, new) in rotated(h, value(row), basis, units).enumerated() {
            matrix[row, first + unit] = new
          }
        }
      }
    }
    let zero = [Float](repeating: 0, count: 20)
    try compare(edit(.zero), Interventions(state: write { _ in zero }), model)
    try compare(edit(.zero, .output), Interventions(output: write { _ in zero }), model)
    try compare(edit(.zero, .carried), Interventions(carried: write { _ in zero }), model)
    let mean = states.step(3).columnMeans
    try compare(edit(.meanAtStep(of: states)), Interventions(state: write { _ in mean }), model)
    try compare(
      edit(.exchanged(with: states, rows: partners, delay: 1)),
      Interventions(state: write { Array(states.units(row: partners[$0], step: 2)) }), model)
    if cell == .lstm {
      try compare(
        edit(.zero, Place(.cellState)), Interventions(state: write({ _ in zero }, first: 20)), model)
    } else {
      let half = [Float](repeating: 0.5, count: 20)
      try compare(
        edit(.constant(0.5), .gate(.update)),
        Interventions(gate: { step, _, gate, values in
          if gate == .update { write { _ in half }(step, &values) }
        }), model)
    }
  }

  @Test func aSubspaceNeedsNoWholeBasisAndStatesCanBeGiven() throws {
    let model = try model()
    let subspace = Basis.random(directions: 3, of: 20, seed: 9)
    var edit = Edit(units: [0, 2], at: 2, .zero)
    edit.basis = subspace
    try compare(
      edit,
      Interventions(state: { step, states in
        guard step == 2 else { return }
        for row in 0..<states.rows {
          let h = rotated(states.row(row), [Float](repeating: 0, count: 20), subspace, [0, 2])
          for unit in 0..<20 { states[row, unit] = h[unit] }
        }
      }), model)
    var generator = SeededGenerator(seed: 1)
    let given = Matrix.normal(rows: rows.count, columns: 20, using: &generator)
    try compare(
      Edit(units: [4, 7], at: 2, .states(given)),
      Interventions(state: { step, states in
        guard step == 2 else { return }
        for row in 0..<states.rows { for unit in [4, 7] { states[row, unit] = given[row, unit] } }
      }), model)
  }

  /// In the basis of the neurons themselves every procedure finds what it finds without a basis.
  @Test func inTheNeuronBasisProceduresFindTheSame() throws {
    let planted = try PlantedPositioning()
    let runs = try Counterfactuals(planted.model, rows: planted.rows(5...8))
    let reference = try Counterfactuals(planted.model, rows: planted.others(5...8).prefix(60))
    var identity = Matrix(rows: 32, columns: 32)
    for unit in 0..<32 { identity[unit, unit] = 1 }
    let same = try runs.rotated(to: Basis(identity))
    func ablation(_ runs: Counterfactuals) throws -> Ablation {
      try Ablation(
        runs, reference: reference, steps: [3], .init(.meanAtStep, randomSets: 30),
        choose: { _ in planted.storing })
    }
    #expect(try ablation(same) == ablation(runs))
    let shift = try StateShift(runs, units: planted.counting, at: 4, shifts: 1...1, randomSets: 20)
    #expect(try StateShift(same, units: planted.counting, at: 4, shifts: 1...1, randomSets: 20) == shift)
    let exchange = try Exchange(of: .word, in: runs, at: 3, seed: 1)
    let found = try Interchange(exchange, units: planted.storing, randomSets: 20)
    // The rotation is a product, whose rounding may turn a row of a random set in which two words are as good.
    func isFound(_ other: Interchange) -> Bool {
      zip(
        [other.wordMoves, other.wordStays, other.positionStays],
        [found.wordMoves, found.wordStays, found.positionStays]
      ).allSatisfy { other, found in
        guard let other = other.measurement, let found = found.measurement else { return false }
        return other.estimate == found.estimate && abs(other.null.mean - found.null.mean) < 0.02
      }
    }
    #expect(
      isFound(
        try Interchange(
          Exchange(of: .word, in: same, at: 3, seed: 1), units: planted.storing, randomSets: 20)))
    #expect(
      isFound(
        try Interchange(exchange.rotated(to: Basis(identity)), units: planted.storing, randomSets: 20)))
    // In another basis the same numbers are other directions.
    let other = try exchange.rotated(to: .random(units: 32, seed: 4))
    #expect(try !isFound(Interchange(other, units: planted.storing, randomSets: 20)))
    // All directions of any basis are the whole state.
    let whole = try Interchange(other, units: Array(0..<32), randomSets: 0).counts
    #expect(whole.sourceWord == whole.rows && whole.ownPosition == whole.rows)
  }

  @Test func anglesBetweenSubspacesAreThoseOfSciPy() throws {
    for fixture in try ProbingFixture.load().angles {
      let first = try Basis(matrix(fixture.first, columns: fixture.units))
      let second = try Basis(matrix(fixture.second, columns: fixture.units))
      for (ours, theirs) in zip(first.cosines(with: second), fixture.cosines) {
        #expect(abs(ours - theirs) < 1e-5)
      }
      #expect(abs((first.cosines(with: first).last ?? 0) - 1) < 1e-5)
    }
  }

  @Test func anglesAreAsManyAsTheSmallerSubspaceHas() {
    let (two, four) = (
      Basis.random(directions: 2, of: 6, seed: 1), Basis.random(directions: 4, of: 6, seed: 2)
    )
    #expect(two.cosines(with: four).count == 2 && four.cosines(with: two).count == 2)
  }

  @Test func basesThatCannotBeUsedAreErrors() throws {
    #expect(throws: AnalysisError.self) { try Basis(Matrix([[1, 0], [0.1, 1]])) }
    #expect(throws: AnalysisError.self) { try Basis(Matrix([[1, 0], [0, 2]])) }
    #expect(throws: AnalysisError.self) { try Basis(Matrix([[1, 0], [.nan, 1]])) }
    #expect(throws: AnalysisError.setLargerThanModel(size: 2, units: 1)) { try Basis(Matrix([[1], [0]])) }
    let runs = try Counterfactuals(try model(), rows: rows, steps: 9)
    #expect(throws: AnalysisError.countMismatch(what: "units in the basis", expected: 20, found: 8)) {
      try runs.rotated(to: .random(units: 8, seed: 1))
    }
    #expect(throws: AnalysisError.countMismatch(what: "directions in the basis", expected: 20, found: 3)) {
      try runs.rotated(to: .random(directions: 3, of: 20, seed: 1))
    }
    var edit = Edit(units: [3], at: 1, .zero)
    edit.basis = .random(directions: 3, of: 20, seed: 1)
    #expect(throws: AnalysisError.unitOutOfRange(unit: 3, units: 3)) { try runs.decode([[edit]]) }
    edit.basis = .random(units: 8, seed: 1)
    #expect(throws: AnalysisError.countMismatch(what: "units in the basis", expected: 20, found: 8)) {
      try runs.decode([[edit]])
    }
    #expect(throws: AnalysisError.countMismatch(what: "states", expected: 23, found: 1)) {
      try runs.decode([[Edit(units: [1], at: 1, .states(Matrix(rows: 1, columns: 20)))]])
    }
    let rotated = try runs.rotated(to: .random(units: 20, seed: 1))
    #expect(throws: AnalysisError.self) {
      try Ablation(
        rotated, reference: runs, steps: [1], .init(.bestConstant, randomSets: 1), choose: { _ in [1] })
    }
  }
}
