import LinearAlgebra

/// States with a label each, and the input and the sentence that each comes from: what a classifier is trained or tested on.
public struct LabelledStates: Codable, Sendable, Equatable {
  /// `[rows, units]`.
  public let states: Matrix
  /// The class of each row, such as 1 for "has w at T".
  public let labels: [Int]
  /// A number for the input that each row comes from: equal inputs have equal numbers.
  public let inputs: [Int]
  /// A number for the sentence of each row's input (`Rows.sentenceNumbers`): the independent units.
  public let sentences: [Int]

  /// States with their labels, as they are.
  ///
  /// - Parameters:
  ///   - states: `[rows, units]`, finite.
  ///   - labels: `[rows]`.
  ///   - inputs: `[rows]`; repeats of a number are repeats of one input, no further evidence.
  ///   - sentences: `[rows]`, equal for rows of one input; by default each input is a sentence of its own.
  /// - Throws: `AnalysisError.countMismatch`, `.valueNotFinite`, `.tooFewRows`.
  public init(states: Matrix, labels: [Int], inputs: [Int], sentences: [Int]? = nil) throws {
    let sentences = sentences ?? inputs
    guard labels.count == states.rows else {
      throw AnalysisError.countMismatch(what: "labels", expected: states.rows, found: labels.count)
    }
    guard inputs.count == states.rows else {
      throw AnalysisError.countMismatch(what: "inputs", expected: states.rows, found: inputs.count)
    }
    guard sentences.count == states.rows else {
      throw AnalysisError.countMismatch(what: "sentences", expected: states.rows, found: sentences.count)
    }
    guard states.rows > 0, states.columns > 0 else {
      throw AnalysisError.tooFewRows(condition: "states to label", found: states.rows, needed: 2)
    }
    if let place = states.storage.firstIndex(where: { !$0.isFinite }) {
      throw AnalysisError.valueNotFinite(
        what: "the state", row: place / states.columns, unit: place % states.columns)
    }
    self.states = states
    self.labels = labels
    (self.inputs, self.sentences) = (inputs, sentences)
  }

  private init(trusted states: Matrix, labels: [Int], inputs: [Int], sentences: [Int]) {
    self.states = states
    self.labels = labels
    (self.inputs, self.sentences) = (inputs, sentences)
  }

  /// How many rows there are, repeats included.
  public var count: Int { labels.count }
  /// How many features a row has: the width of the states.
  public var units: Int { states.columns }
  /// How many different inputs there are, and the sentences behind them, on which a claim about these rows really rests.
  public var distinctInputs: Int { Set(inputs).count }
  /// How many different sentences the rows come from: the independent units that splits and bootstraps draw.
  public var distinctSentences: Int { Set(sentences).count }

  /// The rows with these indices, in this order; a row may come twice, as in a bootstrap.
  public func rows(_ indices: [Int]) -> LabelledStates {
    LabelledStates(
      trusted: states.rows(indices), labels: indices.map { labels[$0] }, inputs: indices.map { inputs[$0] },
      sentences: indices.map { sentences[$0] })
  }

  /// The same rows with other labels.
  func relabelled(_ labels: [Int]) -> LabelledStates {
    LabelledStates(trusted: states, labels: labels, inputs: inputs, sentences: sentences)
  }
}
