import Tasks

/// The shape of a Seq2Seq: everything about it but its parameters.
public struct Configuration: Codable, Sendable, Hashable {
  /// Hidden units of each layer, and the size of the embeddings.
  public var units: Int
  /// How many tokens the vocabulary has: the width of the logits.
  public var vocabularySize: Int
  public var cell: CellKind
  public var encoderLayers: Int
  public var decoderLayers: Int

  /// A Seq2Seq with `units` hidden units for `vocabularySize` tokens; by default the paper's, one layer on each side.
  public init(
    units: Int, vocabularySize: Int, cell: CellKind = .gru, encoderLayers: Int = 1, decoderLayers: Int = 1
  ) {
    precondition(
      units >= 1 && vocabularySize >= 4 && (1...3).contains(encoderLayers) && (1...3).contains(decoderLayers),
      """
      a Seq2Seq needs at least 1 unit, 4 tokens and 1 to 3 layers, not \(units), \(vocabularySize), \
      \(encoderLayers) and \(decoderLayers)
      """)
    self.units = units
    self.vocabularySize = vocabularySize
    self.cell = cell
    self.encoderLayers = encoderLayers
    self.decoderLayers = decoderLayers
  }
}
extension Configuration {
  /// A Seq2Seq for the tokens of `vocabulary`.
  public init(
    units: Int, vocabulary: Vocabulary, cell: CellKind = .gru, encoderLayers: Int = 1, decoderLayers: Int = 1
  ) {
    self.init(
      units: units, vocabularySize: vocabulary.count, cell: cell, encoderLayers: encoderLayers,
      decoderLayers: decoderLayers)
  }
}
