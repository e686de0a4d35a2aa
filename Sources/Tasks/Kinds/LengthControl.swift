/// EOS positioning: end the sentence at position T.
///
/// Input `x₁ … x₍L₎ EOS @T` with 2 ≤ T ≤ L + 1; target T − 1 tokens, then EOS: by default fillers, otherwise the first
/// words of the input's sentence, or in the published form a sentence of its own. w is EOS, so that every analysis
/// of a word at a position applies; the row's length is T − 1. That the control is the position of EOS, not the
/// number of words, is inferred.
public struct LengthControl: ControlTask {
  public let name = "eos-posi"
  public let sentences: SentenceSource
  public let lengths: ClosedRange<Int>
  public let context: TargetContext
  public let publishedRows: Int
  public let askedWords = [Vocabulary.eos]
  /// PAD, SOS, EOS, the words of the sentences, the filler `·`, then `@1`, `@2`, … for T.
  public let vocabulary: Vocabulary
  let filler: Int32

  private enum CodingKeys: CodingKey {
    case sentences, lengths, context, publishedRows, vocabulary, filler
  }

  /// Sentences of `words` words with equal weights.
  ///
  /// Throws `TaskError.invalidOption`.
  public init(
    words: Int = 8, lengths: ClosedRange<Int> = 3...13, context: TargetContext = .fillers,
    publishedRows: Int = 70_000
  ) throws {
    guard words >= 1 else {
      throw TaskError.invalidOption(name: "words", value: "\(words)", expected: "at least 1")
    }
    try self.init(.uniform(words), lengths: lengths, context: context, publishedRows: publishedRows)
  }

  /// The lines of a text that have one of `lengths` words.
  ///
  /// Throws `TaskError.invalidOption`.
  public init(
    text corpus: TextCorpus, lengths: ClosedRange<Int> = 3...13, context: TargetContext = .fillers
  ) throws {
    try self.init(.text(corpus), lengths: lengths, context: context, publishedRows: 0)
  }

  private init(
    _ source: SentenceSource, lengths: ClosedRange<Int>, context: TargetContext, publishedRows: Int
  ) throws {
    try lengths.validateLengths()
    sentences = source
    self.lengths = lengths
    self.context = context
    self.publishedRows = publishedRows
    filler = Int32(3 + source.words.count)
    vocabulary = Vocabulary(words: source.words + ["·"] + (1...lengths.upperBound + 1).map { "@\($0)" })
  }

  public func positions(length: Int) -> ClosedRange<Int> { 2...length + 1 }

  public func row(sentence: [Int32], word: Int32, position: Int) -> Row {
    let words = position - 1
    return Row(
      input: sentence + [Vocabulary.eos, filler + Int32(position)],
      target: (context == .fillers ? [Int32](repeating: filler, count: words) : Array(sentence.prefix(words)))
        + [Vocabulary.eos],
      word: Vocabulary.eos, position: position, length: words)
  }

  public func publishedRow(
    input: [Int32], target sentence: [Int32], using draws: inout Draws
  ) -> Row? {
    let position = sentence.count + 1
    return Row(
      input: input + [Vocabulary.eos, filler + Int32(position)], target: sentence + [Vocabulary.eos],
      word: Vocabulary.eos, position: position, length: sentence.count)
  }
}
