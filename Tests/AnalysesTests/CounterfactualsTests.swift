import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Many edits decoded as one batch must do what each does alone, through the hooks of `Seq2Seq.decode`.
@Suite struct CounterfactualsTests {
  static let data = LastTokenAutoencoder(longest: 6, rowsPerCell: 40).heldOut(seed: 2)

  /// Untrained, but with large parameters, so that every edit changes what is written.
  static func model(_ cell: CellKind = .gru, layers: Int = 1) throws -> Seq2Seq {
    var model = Seq2Seq(
      Configuration(
        units: 20, vocabulary: data.vocabulary, cell: cell, encoderLayers: layers, decoderLayers: layers),
      seed: 4)
    var generator = SeededGenerator(seed: 8)
    for view in model.layout.views {
      var matrix = Matrix.normal(rows: view.rows, columns: view.columns, using: &generator)
      for index in matrix.storage.indices { matrix.storage[index] *= 0.8 }
      try model.setParameter(view.name, to: matrix)
    }
    return model
  }

  func compare(
    _ edits: [Edit], _ hooks: Interventions, _ model: Seq2Seq, feeding: Feeding = .greedy,
    _ continuation: Counterfactuals.Continuation = .greedy, file: String = #fileID, line: Int = #line
  ) throws {
    let rows = Self.data.training.distinct.prefix(37)
    let runs = try Counterfactuals(model, rows: rows, steps: 9)
    let fed = continuation == .greedy ? feeding : .tokens(runs.baseline.tokens)
    let alone = try model.decode(rows, steps: 9, feeding: fed, interventions: hooks)
    // Other variants beside it must not matter; there are more rows than a block has.
    let other = [Edit(units: [1], at: 2, .constant(0.3))]
    let variants = [[Edit]](repeating: other, count: 40) + [edits] + [[], other]
    let decoded = try runs.decode(variants, continuing: continuation)
    var changed = false
    for row in 0..<rows.count {
      #expect(
        Array(decoded.tokens(variant: 40, row: row)) == Array(alone.tokens.row(row)),
        "row \(row), line \(line)")
      #expect(Array(decoded.tokens(variant: 41, row: row)) == Array(runs.baseline.tokens.row(row)))
      for step in 1...9 {
        let word = rows.words[row]
        let p = alone.probability(of: word, row: row, at: step)
        #expect(abs(decoded.probability(variant: 40, row: row, at: step) - p) < 2e-5, "line \(line)")
        let logits = Array(alone.logits.units(row: row, step: step))
        let rest = logits.indices.filter { $0 != Int(word) }.map { logits[$0] }.max() ?? 0
        #expect(abs(decoded.margin(variant: 40, row: row, at: step) - (logits[Int(word)] - rest)) < 1e-3)
        changed = changed || abs(p - runs.baseline.probability(of: word, row: row, at: step)) > 1e-3
      }
    }
    #expect(changed, "the edit of line \(line) changes nothing")
  }

  @Test(arguments: CellKind.allCases) func statesAreEditedAsByHand(_ cell: CellKind) throws {
    let model = try Self.model(cell)
    for step in [0, 1, 4] {
      try compare(
        [Edit(units: [2, 5, 17], at: step, .zero)],
        Interventions(state: { t, states in
          guard t == step else { return }
          for row in 0..<states.rows { for unit in [2, 5, 17] { states[row, unit] = 0 } }
        }), model)
    }
    // Kept up, and fed the tokens of the unedited run.
    try compare(
      [Edit(units: [4], steps: 2...7, .constant(0.9))],
      Interventions(state: { t, states in
        if (2...7).contains(t) { for row in 0..<states.rows { states[row, 4] = 0.9 } }
      }), model, .uneditedTokens)
  }

  @Test func outputAndCarriedStateAreEditedApart() throws {
    let model = try Self.model()
    func zero(_ matrix: inout Matrix) {
      for row in 0..<matrix.rows { for unit in 0..<8 { matrix[row, unit] = 0 } }
    }
    let units = Array(0..<8)
    try compare(
      [Edit(.output, units: units, at: 3, .zero)], Interventions(output: { if $0 == 3 { zero(&$1) } }), model)
    try compare(
      [Edit(.carried, units: units, at: 3, .zero)], Interventions(carried: { if $0 == 3 { zero(&$1) } }),
      model)
    // Both are the state.
    try compare(
      [Edit(.output, units: units, at: 3, .zero), Edit(.carried, units: units, at: 3, .zero)],
      Interventions(state: { if $0 == 3 { zero(&$1) } }), model)
  }

  @Test(arguments: CellKind.allCases) func gatesAreEditedAsByHand(_ cell: CellKind) throws {
    let model = try Self.model(cell)
    let gates: [Gate] =
      switch cell {
      case .gru, .resetAfterGRU: [.update, .reset, .candidate]
      case .lstm: [.input, .forget, .output, .candidate]
      case .simpleRNN: [.candidate]
      }
    for gate in gates {
      try compare(
        [Edit(.gate(gate), units: [0, 9, 19], steps: 2...5, .constant(0.25))],
        Interventions(gate: { step, _, edited, values in
          guard edited == gate, (2...5).contains(step) else { return }
          for row in 0..<values.rows { for unit in [0, 9, 19] { values[row, unit] = 0.25 } }
        }), model)
    }
  }

  @Test func lowerLayersAndTheCellStateOfAnLSTMAreEdited() throws {
    let deep = try Self.model(.gru, layers: 2)
    try compare(
      [Edit(Place(layer: 0), units: [3, 4], at: 2, .zero)],
      Interventions(state: { t, states in
        if t == 2 { for row in 0..<states.rows { for unit in [3, 4] { states[row, unit] = 0 } } }
      }), deep)
    try compare(
      [Edit(units: [3, 4], at: 2, .zero)],
      Interventions(state: { t, states in
        if t == 2 { for row in 0..<states.rows { for unit in [23, 24] { states[row, unit] = 0 } } }
      }), deep)
    try compare(
      [Edit(Place(.cellState), units: [3, 4], at: 2, .constant(-1))],
      Interventions(state: { t, states in
        if t == 2 { for row in 0..<states.rows { for unit in [23, 24] { states[row, unit] = -1 } } }
      }), try Self.model(.lstm))
  }

  @Test func recordedValuesComeFromTheRowAndStepThatWereAsked() throws {
    let model = try Self.model()
    let rows = Self.data.training.distinct.prefix(37)
    let recording = try model.record(rows, steps: 9)
    let states = recording.decoder.states
    let partners = (0..<rows.count).map { ($0 * 7 + 3) % rows.count }
    func write(_ step: Int, _ value: @escaping (_ row: Int, _ unit: Int) -> Float) -> Interventions {
      Interventions(state: { t, matrix in
        guard t == step else { return }
        for row in 0..<matrix.rows { for unit in [6, 11] { matrix[row, unit] = value(row, unit) } }
      })
    }
    try compare(
      [Edit(units: [6, 11], at: 3, .earlier(2, in: states))], write(3) { states[$0, 1, $1] }, model)
    try compare(
      [Edit(units: [6, 11], at: 3, .earlier(-2, in: states))], write(3) { states[$0, 5, $1] }, model)
    try compare(
      [Edit(units: [6, 11], at: 3, .exchanged(with: states, rows: partners))],
      write(3) { states[partners[$0], 3, $1] }, model)
    try compare(
      [Edit(units: [6, 11], at: 3, .exchanged(with: states, rows: partners, delay: 1))],
      write(3) { states[partners[$0], 2, $1] }, model)
    let mean = states.step(3).columnMeans
    try compare([Edit(units: [6, 11], at: 3, .meanAtStep(of: states))], write(3) { mean[$1] }, model)
    let overall = states.matrix.columnMeans
    try compare([Edit(units: [6, 11], at: 3, .mean(of: states))], write(3) { overall[$1] }, model)
    // Resampled rows are rows of the reference, the same for the same seed.
    let runs = try Counterfactuals(model, rows: rows, steps: 9)
    let twice = try runs.decode(
      (0..<2).map { _ in
        [Edit(units: Array(0..<20), at: 3, .resampled(from: states, count: rows.count, seed: 5))]
      })
    for row in 0..<rows.count {
      let written = Array(twice.tokens(variant: 0, row: row).dropFirst(2))
      #expect(written == Array(twice.tokens(variant: 1, row: row).dropFirst(2)))
      #expect((0..<rows.count).contains { Array(recording.tokens.row($0).dropFirst(2)) == written })
    }
  }

  /// The whole state of another row at the encoder's end makes the decoder write what that row writes.
  @Test func theEncoderIsEditedToo() throws {
    let model = try Self.model()
    let rows = Self.data.training.distinct.prefix(37)
    let runs = try Counterfactuals(model, rows: rows, steps: 9)
    let last = rows.inputs.steps
    let partners = (0..<rows.count).map { ($0 * 5 + 1) % rows.count }
    let encoder = runs.baseline.encoder.states
    let place = Place(side: .encoder)
    let decoded = try runs.decode([
      [Edit(place, units: Array(0..<20), at: last, .exchanged(with: encoder, rows: partners))],
      [Edit(Place(.gate(.update), side: .encoder), units: Array(0..<20), at: last, .constant(1))],
      [Edit(place, units: Array(0..<20), at: last, .earlier(1, in: encoder))],
    ])
    for row in 0..<rows.count {
      #expect(
        Array(decoded.tokens(variant: 0, row: row)) == Array(runs.baseline.tokens.row(partners[row])))
      // z = 1 at the last step holds the state before it.
      #expect(Array(decoded.tokens(variant: 1, row: row)) == Array(decoded.tokens(variant: 2, row: row)))
    }
    #expect(
      (0..<rows.count).contains {
        Array(decoded.tokens(variant: 1, row: $0)) != Array(runs.baseline.tokens.row($0))
      })
  }

  @Test func theNumberOfThreadsDoesNotChangeABit() throws {
    let runs = try Counterfactuals(try Self.model(), rows: Self.data.training.distinct.prefix(50))
    let variants = (0..<60).map { [Edit(units: [$0 % 20], at: $0 % 5, .constant(0.1))] }
    let many = try runs.decode(variants)
    let one = try Threads.$count.withValue(1) { try runs.decode(variants) }
    for variant in variants.indices {
      for outcome in [Outcome.margin, .probability(), .token, .whole] {
        #expect(many.values(outcome, of: variant) == one.values(outcome, of: variant))
      }
    }
  }

  @Test func editsThatCannotBeMadeAreErrors() throws {
    let model = try Self.model()
    let rows = Self.data.training.distinct.prefix(5)
    let runs = try Counterfactuals(model, rows: rows, steps: 8)
    let states = runs.baseline.decoder.states
    func error(_ edit: Edit) -> AnalysisError? {
      do {
        _ = try runs.decode([[edit]])
        return nil
      } catch { return error as? AnalysisError }
    }
    #expect(error(Edit(units: [20], at: 1, .zero)) == .unitOutOfRange(unit: 20, units: 20))
    #expect(error(Edit(units: [2, 2], at: 1, .zero)) == .repeatedUnit(unit: 2))
    #expect(error(Edit(units: [2], at: 9, .zero)) == .stepOutOfRange(step: 9, recorded: 0...8))
    #expect(error(Edit(.output, units: [2], at: 0, .zero)) == .stepOutOfRange(step: 0, recorded: 1...8))
    #expect(
      error(Edit(.gate(.update), units: [2], at: 0, .zero)) == .stepOutOfRange(step: 0, recorded: 1...8))
    #expect(
      error(Edit(units: [2], at: 1, .earlier(2, in: states))) == .stepOutOfRange(step: -1, recorded: 0...8))
    #expect(
      error(Edit(units: [2], at: 1, .constants([1])))
        == .countMismatch(what: "constants", expected: 20, found: 1))
    #expect(
      error(Edit(units: [2], at: 1, .exchanged(with: states, rows: [0])))
        == .countMismatch(what: "rows to take values from", expected: 5, found: 1))
    for place in [
      Place(.cellState), .gate(.forget), Place(.output, side: .encoder), Place(layer: 1),
    ] {
      guard case .invalidOption("place", _, _)? = error(Edit(place, units: [2], at: 1, .zero)) else {
        Issue.record("\(place) was taken")
        continue
      }
    }
    guard
      case .invalidOption? = error(Edit(units: [2], at: 1, .exchanged(with: states, rows: [0, 1, 2, 3, 5])))
    else {
      Issue.record("a row that was not recorded was taken")
      return
    }
    #expect(throws: NetworkError.self) { try Counterfactuals(model, rows: rows.rows([])) }
    #expect(throws: AnalysisError.self) { try runs.decode([[]], watching: .words([99, 0, 0, 0, 0])) }
  }
}
