import Base
import Tasks

/// The shape of a Seq2Seq: everything about it but its parameters.
public struct Configuration: Codable, Sendable, Hashable {
  /// Hidden units of each layer, and the size of the embeddings.
  public var units: Int
  /// How many tokens the vocabulary has: the width of the logits.
  public var vocabularySize: Int
  /// Which recurrent cell all layers have.
  public var cell: CellKind
  /// How many layers the encoder has, 1 to 3.
  public var encoderLayers: Int
  /// How many the decoder has.
  public var decoderLayers: Int

  /// A Seq2Seq with `units` hidden units for `vocabularySize` tokens; by default the paper's, one layer on each side.
  public init(
    units: Int, vocabularySize: Int, cell: CellKind = .gru, encoderLayers: Int = 1, decoderLayers: Int = 1
  ) {
    self.units = units
    self.vocabularySize = vocabularySize
    self.cell = cell
    self.encoderLayers = encoderLayers
    self.decoderLayers = decoderLayers
    ensure(fault == nil, fault ?? "")
  }

  /// What no Seq2Seq can have; nil where all is well. The limits keep the number of parameters a number.
  var fault: String? {
    let limits = [
      ("units", units, 1...65_536), ("tokens in its vocabulary", vocabularySize, 4...16_777_216),
      ("encoder layers", encoderLayers, 1...3), ("decoder layers", decoderLayers, 1...3),
    ]
    return limits.first { !$0.2.contains($0.1) }.map { name, value, limit in
      "a Seq2Seq can't have \(value) \(name), only \(limit.lowerBound) to \(limit.upperBound)"
    }
  }
}

extension Configuration {
  /// The same, by the name that the size of the vocabulary had.
  @available(*, deprecated, message: "it counts all tokens: vocabularySize")
  public init(
    units: Int, words: Int, cell: CellKind = .gru, encoderLayers: Int = 1, decoderLayers: Int = 1
  ) {
    self.init(
      units: units, vocabularySize: words, cell: cell, encoderLayers: encoderLayers,
      decoderLayers: decoderLayers)
  }

  /// A Seq2Seq for the tokens of `vocabulary`.
  public init(
    units: Int, vocabulary: Vocabulary, cell: CellKind = .gru, encoderLayers: Int = 1, decoderLayers: Int = 1
  ) {
    self.init(
      units: units, vocabularySize: vocabulary.count, cell: cell, encoderLayers: encoderLayers,
      decoderLayers: decoderLayers)
  }
}
