import Base

/// The whole autoencoder: write the input again.
///
/// Input `SOS x₁ … x₍L₎ EOS`, target `x₁ … x₍L₎ EOS`. Every position is asked for; a row's w and T name one of them:
/// in the published form the last, in the balanced form each in turn, so that it is factorial in w × T × the words
/// around. The numbers of published rows are those of the control-signal task (inferred).
public struct WholeAutoencoder: BalancedTask {
  public let name = "autoenc"
  public let sentences: SentenceSource
  public let lengths: ClosedRange<Int>
  /// How many rows the published form draws.
  public let publishedRows: Int
  public let askedWords: [Int32]
  public let namesWordAndPosition = false
  /// PAD, SOS, EOS, then the words of the sentences.
  public let vocabulary: Vocabulary

  private enum CodingKeys: CodingKey { case sentences, lengths, publishedRows, askedWords, vocabulary }

  /// Sentences of `words` words with equal weights. The balanced form needs lengths with enough distinct
  /// sentences, since no input may serve two cells: with 8 words, from 5 on.
  ///
  /// Throws `TaskError.invalidOption`.
  public init(words: Int = 8, lengths: ClosedRange<Int> = 5...13, publishedRows: Int = 70_000) throws {
    guard words >= 2 else {
      throw TaskError.invalidOption(name: "words", value: "\(words)", expected: "at least 2")
    }
    try self.init(.uniform(words), asking: words, lengths: lengths, publishedRows: publishedRows)
  }

  /// The lines of a text that have one of `lengths` words. The balanced form puts each of the `asking` most
  /// frequent words at each position of a line, in place of its own word.
  ///
  /// Throws `TaskError`: `.vocabularyTooSmall`, `.invalidOption`.
  public init(text corpus: TextCorpus, asking: Int = 8, lengths: ClosedRange<Int> = 5...13) throws {
    guard asking >= 1 else {
      throw TaskError.invalidOption(name: "asking", value: "\(asking)", expected: "at least 1")
    }
    guard asking <= corpus.words.count else {
      throw TaskError.vocabularyTooSmall(source: corpus.source, words: corpus.words.count, needed: asking)
    }
    try self.init(.text(corpus), asking: asking, lengths: lengths, publishedRows: 0)
  }

  private init(
    _ source: SentenceSource, asking: Int, lengths: ClosedRange<Int>, publishedRows: Int
  ) throws {
    try lengths.validateLengths()
    sentences = source
    self.lengths = lengths
    self.publishedRows = publishedRows
    askedWords = (0..<asking).map { Int32(3 + $0) }
    vocabulary = Vocabulary(words: source.words)
  }

  public func positions(length: Int) -> ClosedRange<Int> { 1...length }

  public func row(sentence: [Int32], word: Int32, position: Int) -> Row {
    var words = sentence
    ensure(words.indices.contains(position - 1), "position \(position) of \(words.count) words was asked for")
    words[position - 1] = word
    return Row(
      input: [Vocabulary.sos] + words + [Vocabulary.eos], target: words + [Vocabulary.eos], word: word,
      position: position, length: words.count)
  }

  public func rows(using generator: inout some RandomNumberGenerator) -> [Row] {
    func asked(_ words: [Int32]) -> Row {
      row(sentence: words, word: words[words.count - 1], position: words.count)
    }
    if case .text(let corpus) = sentences {
      return (0..<corpus.count).map(corpus.line).filter { lengths.contains($0.count) }.map {
        asked(Array($0))
      }
    }
    ensure((0...10_000_000).contains(publishedRows), "\(publishedRows) published rows were asked for")
    let drawer = SentenceDrawer(sentences)
    var draws = Draws(seed: generator.next())
    return (0..<publishedRows).map { _ in
      asked(drawer.sentence(length: Int.random(in: lengths, using: &draws), using: &draws))
    }
  }

  public func published(using generator: inout some RandomNumberGenerator) -> Dataset {
    publishedInTwoParts(using: &generator)
  }
}
