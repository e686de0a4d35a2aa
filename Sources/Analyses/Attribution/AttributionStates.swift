import LinearAlgebra
import Networks
import Tasks

/// The decoder's states of one step, whose effect on the logits of a later position is asked for while every token that
/// is fed stays as it was.
///
///     let recording = try model.record(rows)
///     let states = try AttributionStates(recording, step: 2, position: 5)
///     try IntegratedGradients(model, states, target: .probability, baseline: .zero)
///
/// Columns are called units. They are those of `Recording.states(at:)`: in a decoder of several layers the units of the
/// lowest layer come first, and in an LSTM the cell state follows h.
public struct AttributionStates: Codable, Sendable, Equatable {
  /// h_t, `[rows, units]`.
  public let states: Matrix
  /// t, from 0 to T.
  public let step: Int
  /// T, from 1.
  public let position: Int
  /// What was fed: `[rows, T − 1]`, the token of position p is fed at step p + 1.
  public let tokens: TokenGrid
  /// w of each row.
  public let words: [Int32]
  /// A number for the input that each row comes from: equal inputs have equal numbers.
  public let inputs: [Int]
  /// A number for the sentence of each row's input: the independent units.
  public let sentences: [Int]

  /// The states of a recording at t = `step`, asked about the position T = `position`.
  ///
  /// - Parameters:
  ///   - words: The word w of each row; by default the words that the rows ask for.
  ///   - tokens: What the decoder was fed; by default its own tokens, as in a greedy recording.
  /// - Throws: `AnalysisError.tooFewRows`, `.stepOutOfRange`, `.countMismatch`, `.valueNotFinite`;
  ///   `NetworkError.tokenOutsideVocabulary`.
  public init(
    _ recording: Recording, step: Int, position: Int, words: [Int32]? = nil, feeding tokens: TokenGrid? = nil
  ) throws {
    if recording.rows.isEmpty {
      throw AnalysisError.tooFewRows(condition: "a state to look at", found: 0, needed: 1)
    }
    guard recording.logits.steps.contains(position) else {
      throw AnalysisError.stepOutOfRange(step: position, recorded: recording.logits.steps)
    }
    guard (0...position).contains(step) else {
      throw AnalysisError.stepOutOfRange(step: step, recorded: 0...position)
    }
    let words = words ?? recording.rows.words
    try checkWords(words, of: recording.logits.units)
    try self.init(
      states: recording.states(at: step), step: step, position: position, words: words,
      tokens: tokens ?? recording.tokens, inputs: recording.rows.inputNumbers,
      sentences: recording.rows.sentenceNumbers)
  }

  /// Any states, such as those of another model's run.
  ///
  /// - Parameters:
  ///   - states: `[rows, units]`, finite.
  ///   - tokens: `[rows, steps]`, at least T − 1 steps, or none if t = T.
  ///   - sentences: `[rows]`, equal for rows of one input; by default each input is a sentence of its own.
  /// - Throws: As above.
  public init(
    states: Matrix, step: Int, position: Int, words: [Int32], tokens: TokenGrid, inputs: [Int],
    sentences: [Int]? = nil
  ) throws {
    let sentences = sentences ?? inputs
    guard states.rows > 0, states.columns > 0 else {
      throw AnalysisError.tooFewRows(condition: "a state to look at", found: 0, needed: 1)
    }
    guard position >= 1 else {
      throw AnalysisError.invalidOption(name: "position", value: "\(position)", expected: "at least 1")
    }
    guard (0...position).contains(step) else {
      throw AnalysisError.stepOutOfRange(step: step, recorded: 0...position)
    }
    for (what, found) in [
      ("words", words.count), ("inputs", inputs.count), ("sentences", sentences.count),
      ("rows of fed tokens", tokens.rows),
    ] where found != states.rows {
      throw AnalysisError.countMismatch(what: what, expected: states.rows, found: found)
    }
    guard tokens.steps >= position - 1 || step == position else {
      throw AnalysisError.countMismatch(
        what: "fed tokens in each row", expected: position - 1, found: tokens.steps)
    }
    try checkFinite(states, "the state")
    (self.states, self.step, self.position) = (states, step, position)
    (self.words, self.inputs, self.sentences) = (words, inputs, sentences)
    var fed = TokenGrid(rows: states.rows, steps: position - 1)
    for row in 0..<states.rows {
      for p in 1..<max(position, 1) where p <= tokens.steps { fed[row, at: p] = tokens[row, at: p] }
    }
    self.tokens = fed
  }

  /// How many rows there are, repeats included.
  public var count: Int { states.rows }
  /// How many units a state has.
  public var units: Int { states.columns }
  /// How many different inputs there are: what a claim about these rows really rests on.
  public var distinctInputs: Int { Set(inputs).count }

  /// What goes with points in the place of states: the tokens and words of the given rows.
  func companions(of rows: [Int]) -> (tokens: TokenGrid, words: [Int32]) {
    let storage = rows.flatMap { tokens.row($0) }
    return (
      TokenGrid(rows: rows.count, steps: tokens.steps, storage: storage), rows.map { words[$0] }
    )
  }
}

/// - Throws: `NetworkError.tokenOutsideVocabulary` for the first word that a model of `count` words does not have.
func checkWords(_ words: [Int32], of count: Int) throws {
  if let row = words.firstIndex(where: { $0 < 0 || $0 >= Int32(count) }) {
    throw NetworkError.tokenOutsideVocabulary(token: words[row], row: row, position: 1, vocabularySize: count)
  }
}

/// - Throws: `AnalysisError.valueNotFinite` for the first element that is not a number.
func checkFinite(_ matrix: Matrix, _ what: String) throws {
  if let place = matrix.storage.firstIndex(where: { !$0.isFinite }) {
    throw AnalysisError.valueNotFinite(
      what: what, row: place / matrix.columns, unit: place % matrix.columns)
  }
}
