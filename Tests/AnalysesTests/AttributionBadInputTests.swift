import Analyses
import LinearAlgebra
import Networks
import Tasks
import Testing

/// What a user can get wrong gives a typed error, and what can't be told is no number.
@Suite struct AttributionBadInputTests {
  private func run() throws -> (Seq2Seq, Recording) {
    let (model, data) = try plantedModel(storing: 2, units: 6)
    return (model, try model.record(data.test.distinct.filter { _, position, _ in position == 7 }))
  }

  @Test func questionsThatTheRecordingCannotAnswerAreErrors() throws {
    let (model, recording) = try run()
    let last = recording.logits.steps.upperBound
    #expect(throws: AnalysisError.tooFewRows(condition: "a state to look at", found: 0, needed: 1)) {
      let none = Matrix(rows: 0, columns: 6)
      _ = try AttributionStates(
        states: none, step: 0, position: 1, words: [], tokens: TokenGrid(rows: 0, steps: 0), inputs: [])
    }
    for position in [0, last + 1] {
      #expect(throws: AnalysisError.stepOutOfRange(step: position, recorded: 1...last)) {
        try AttributionStates(recording, step: 0, position: position)
      }
      #expect(throws: AnalysisError.stepOutOfRange(step: position, recorded: 1...last)) {
        try DirectLogitAttribution(model, recording, position: position)
      }
    }
    for step in [-1, 4] {
      #expect(throws: AnalysisError.stepOutOfRange(step: step, recorded: 0...3)) {
        try AttributionStates(recording, step: step, position: 3)
      }
    }
    let count = recording.rows.count
    var words = [Int32](repeating: 3, count: count)
    #expect(throws: AnalysisError.countMismatch(what: "words", expected: count, found: count - 1)) {
      try AttributionStates(recording, step: 1, position: 3, words: Array(words.dropLast()))
    }
    #expect(
      throws: AnalysisError.countMismatch(what: "fed tokens in each row", expected: 2, found: 1)
    ) {
      try AttributionStates(recording, step: 1, position: 3, feeding: TokenGrid(rows: count, steps: 1))
    }
    words[1] = 6
    let outside = NetworkError.tokenOutsideVocabulary(token: 6, row: 1, position: 1, vocabularySize: 6)
    #expect(throws: outside) { try AttributionStates(recording, step: 1, position: 3, words: words) }
    #expect(throws: outside) { try DirectLogitAttribution(model, recording, position: 3, words: words) }
    let states = try AttributionStates(recording, step: 1, position: 3)
    #expect(throws: NetworkError.self) {
      try UnitPatching(model, states, target: .logitDifference(from: 6))
    }
    #expect(throws: NetworkError.self) {
      try IntegratedGradients(model, states, target: .logitDifference(from: -1))
    }
    #expect(throws: AnalysisError.valueNotFinite(what: "the state", row: 1, unit: 0)) {
      try AttributionStates(
        states: Matrix([[0, 1], [.nan, 1]]), step: 1, position: 1, words: [3, 3],
        tokens: TokenGrid(rows: 2, steps: 0), inputs: [0, 1])
    }
    let (other, _) = try plantedModel(storing: 2, units: 7)
    #expect(throws: NetworkError.self) { try GradientTimesState(other, states) }
    #expect(throws: AnalysisError.countMismatch(what: "units in the recording", expected: 7, found: 6)) {
      try DirectLogitAttribution(other, recording, position: 3)
    }
  }

  @Test func baselinesAndRulesThatMakeNoSenseAreErrors() throws {
    let (model, recording) = try run()
    let states = try AttributionStates(recording, step: 1, position: 3)
    let count = states.count
    func expect(_ error: AnalysisError, _ baseline: BaselineState) {
      #expect(throws: error) { try IntegratedGradients(model, states, baseline: baseline) }
      #expect(throws: error) { try UnitPatching(model, states, source: baseline) }
      #expect(throws: error) { try AttributionPatching(model, states, source: baseline, seed: 1) }
      #expect(throws: error) { try GradientAudit(model, states, baselines: [baseline], seed: 1) }
    }
    expect(
      .countMismatch(what: "rows of the baseline", expected: count, found: 1),
      .states(Matrix(rows: 1, columns: 6)))
    expect(
      .countMismatch(what: "units of the baseline", expected: 6, found: 5),
      .states(Matrix(rows: count, columns: 5)))
    expect(
      .valueNotFinite(what: "the baseline", row: 0, unit: 0),
      .states(Matrix(rows: count, columns: 6, repeating: .infinity)))
    expect(
      .countMismatch(what: "partner rows", expected: count, found: 1), .counterfactual(partners: [0]))
    expect(
      .invalidOption(
        name: "the partner of row 0", value: "\(count)", expected: "a row from 0 to \(count - 1)"),
      .counterfactual(partners: [Int](repeating: count, count: count)))
    for rule in [IntegrationRule.leftRiemann(0), .gaussLegendre(0), .gaussLegendre(-3)] {
      #expect(throws: AnalysisError.self) { try IntegratedGradients(model, states, rule: rule) }
    }
  }

  @Test func partnersAskForAnotherWordAndDifferInTheFewestTokens() throws {
    func row(_ input: [Int32], _ word: Int32, _ position: Int = 2, length: Int = 3) -> Row {
      Row(input: input, target: [5, word, 2], word: word, position: position, length: length)
    }
    let rows = Rows([
      row([6, 7, 3], 3), row([7, 7, 4], 4), row([6, 7, 4], 4), row([6, 7, 5], 4, 1), row([6, 8, 4], 4),
      row([6, 7, 3], 4, length: 2), row([6, 7, 8], 3, 1), row([6, 6, 5], 3, length: 2),
    ])
    // Row 0 has two partners that differ in two tokens, and one that differs in one.
    #expect(
      try BaselineState.counterfactual(of: rows) == .counterfactual(partners: [2, 0, 0, 6, 0, 7, 3, 5]))
    let alone = Rows([row([6, 7, 3], 3), row([6, 7, 3], 4, 1), row([6, 8, 3], 3)])
    #expect {
      try BaselineState.counterfactual(of: alone)
    } throws: { error in
      if case AnalysisError.tooFewRows(let condition, 0, 1) = error { return condition.contains("row 0") }
      return false
    }
    // Among equals the next row is taken, so that one row does not serve all.
    let ties = Rows([row([6, 3], 3), row([6, 4], 4), row([6, 3], 3), row([6, 4], 4)])
    #expect(try BaselineState.counterfactual(of: ties) == .counterfactual(partners: [1, 2, 3, 0]))
  }

  @Test func correlationsThatCannotBeToldAreNoNumbers() throws {
    var generator = SeededGenerator(seed: 2)
    let some = Matrix.normal(rows: 6, columns: 5, using: &generator)
    let others = Matrix.normal(rows: 6, columns: 5, using: &generator)
    let flat = Matrix(rows: 6, columns: 5, repeating: 0.25)
    func reason(_ a: Matrix, _ e: Matrix, inputs: [Int] = Array(0..<6), resolution: Double = 0) throws
      -> Effect.Reason?
    {
      let agreement = try AttributionAgreement(
        a, e, inputs: inputs, resolution: resolution, resamples: 100, permutations: 9, seed: 1)
      #expect((agreement.pearson.reason == nil) == (agreement.spearman.reason == nil))
      return agreement.pearson.reason
    }
    func isUndefined(_ reason: Effect.Reason?) -> Bool {
      if case .undefinedOutcome = reason { true } else { false }
    }
    #expect(try reason(some, others) == nil)
    #expect(try reason(some, others, inputs: [3, 3, 3, 3, 3, 3]) == .oneSentenceOnly)
    #expect(isUndefined(try reason(flat, some)))
    #expect(isUndefined(try reason(some, flat)))
    #expect(isUndefined(try reason(some, others, resolution: 10)))
    // One input of six has all the effect: a third of the resamples lack it.
    var single = flat
    single[2, 1] = 1
    #expect(isUndefined(try reason(some, single)))
    let two = Matrix(rows: 6, columns: 2, storage: Array(some.storage.prefix(12)))
    #expect(isUndefined(try reason(two, two)))
    let none = try AttributionAgreement(
      some, others, inputs: Array(0..<6), resamples: 10, permutations: 0, seed: 1)
    #expect(none.pearson.reason == .noNullDraws)
    #expect(throws: AnalysisError.countMismatch(what: "inputs", expected: 6, found: 2)) {
      try reason(some, others, inputs: [0, 1])
    }
    #expect(throws: AnalysisError.countMismatch(what: "units with effects", expected: 2, found: 5)) {
      try reason(two, others)
    }
    #expect(throws: AnalysisError.self) {
      try reason(some, Matrix(rows: 6, columns: 5, repeating: .nan))
    }
    // A model whose state does nothing any more: P(w at T) can't be changed by a unit beyond rounding.
    let (model, recording) = try run()
    let states = try AttributionStates(recording, step: 1, position: 3)
    let same = try AttributionPatching(model, states, source: .states(states.states), seed: 1)
    #expect(isUndefined(same.agreement.pearson.reason) && isUndefined(same.agreement.spearman.reason))
  }
}
