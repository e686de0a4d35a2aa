import LinearAlgebra
import Networks
import Tasks

/// What each unit adds to the logit of w over that of the strongest other word w̄ at position T, exactly (control 10).
///
///     o[w] − o[w̄] = Σ_u h_u (W_out[u, w] − W_out[u, w̄]) + b[w] − b[w̄]
///
/// Both forms of the GRU compute h(T) = z ⊙ h(T − 1) + (1 − z) ⊙ c, so there each unit's part is that which is carried, by
/// the first term, and that which is written at T, by the second.
public struct DirectLogitAttribution: Codable, Sendable, Equatable, UnitAttribution {
  /// T: the position whose logits are taken apart, counted from 1.
  public let position: Int
  /// w of each row.
  public let words: [Int32]
  /// w̄ of each row: the other word with the largest recorded logit.
  public let others: [Int32]
  /// Of the top layer's units, `[rows, units]`, signed.
  public let attributions: Matrix
  /// The part of z ⊙ h(T − 1), `[rows, units]`; nil for cells that do not carry so.
  public let carried: Matrix?
  /// The part of (1 − z) ⊙ c, `[rows, units]`; nil for cells that do not write so.
  public let written: Matrix?
  /// b[w] − b[w̄] of each row.
  public let biasDifferences: [Float]
  /// o[w] − o[w̄] of each row, as recorded.
  public let logitDifferences: [Float]
  /// A number for the input that each row comes from: equal inputs have equal numbers.
  public let inputs: [Int]
  /// A number for the sentence of each row's input: the independent units.
  public let sentences: [Int]
  /// How many different inputs there are: what a claim about these rows really rests on.
  public var distinctInputs: Int { Set(inputs).count }

  /// Takes the recorded logits apart.
  ///
  /// - Parameters:
  ///   - recording: Of this model.
  ///   - position: The position T, from 1.
  ///   - words: The word w of each row; by default the words that the rows ask for.
  /// - Throws: `AnalysisError.tooFewRows`, `.stepOutOfRange`, `.countMismatch`, `.valueNotFinite`;
  ///   `NetworkError.tokenOutsideVocabulary`.
  public init(_ model: Seq2Seq, _ recording: Recording, position: Int, words: [Int32]? = nil) throws {
    let states = try AttributionStates(recording, step: position, position: position, words: words)
    let words = states.words
    let layer = recording.decoder
    let (kernel, bias) = (try model.parameter("output.kernel"), try model.parameter("output.bias"))
    for (what, expected, found) in [
      ("units in the recording", kernel.rows, layer.states.units),
      ("words in the recording", kernel.columns, recording.logits.units),
    ] where expected != found {
      throw AnalysisError.countMismatch(what: what, expected: expected, found: found)
    }
    let logits = recording.logits.step(position)
    try checkFinite(logits, "the logit")
    let others = (0..<states.count).map { row in
      Int32(strongestOther(than: Int(words[row]), in: logits.row(row).map { Double($0) }))
    }
    func differences(_ values: (_ row: Int, _ word: Int) -> Float) -> [Float] {
      (0..<states.count).map { values($0, Int(words[$0])) - values($0, Int(others[$0])) }
    }
    /// What a part of the state `[rows, units]` adds to the logit difference of each row.
    func parts(_ part: (_ row: Int, _ unit: Int) -> Float) -> Matrix {
      var result = Matrix(rows: states.count, columns: kernel.rows)
      for row in 0..<states.count {
        let (w, other) = (Int(words[row]), Int(others[row]))
        for unit in 0..<kernel.rows {
          result[row, unit] = part(row, unit) * (kernel[unit, w] - kernel[unit, other])
        }
      }
      return result
    }
    attributions = parts { layer.states[$0, position, $1] }
    switch (model.configuration.cell, layer[.update], layer[.candidate]) {
    case (.gru, let z?, let c?), (.resetAfterGRU, let z?, let c?):
      carried = parts { z[$0, position, $1] * layer.states[$0, position - 1, $1] }
      written = parts { (1 - z[$0, position, $1]) * c[$0, position, $1] }
    default:
      (carried, written) = (nil, nil)
    }
    biasDifferences = differences { bias[0, $1] }
    logitDifferences = differences { logits[$0, $1] }
    (self.position, self.words, self.others) = (position, words, others)
    (inputs, sentences) = (states.inputs, states.sentences)
  }

  /// |Σ over units + bias difference − logit difference| of each row: nothing but rounding.
  public var errors: [Double] {
    logitDifferences.indices.map { row in
      let sum = attributions.row(row).reduce(Double(biasDifferences[row])) { $0 + Double($1) }
      return abs(sum - Double(logitDifferences[row]))
    }
  }
}
