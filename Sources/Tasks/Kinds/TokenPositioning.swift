/// Token positioning by control signal: write a sentence that has word w at position T.
///
/// Input `x₁ … x₍L₎ EOS w @T`, with T ≤ L as a token of its own; target a sentence with w at T, by default
/// `· … · w · … · EOS` of L tokens. So the network must hold w, count to T, and count to L to end the sentence;
/// where T < L, writing w does not end it. With the published training 32 units learn the balanced form in about
/// ten seconds; with `.copied` targets, where it must also hold the sentence, 128 units are not done in two minutes.
///
///     let data = try TokenPositioning(words: 8).balanced(seed: 1)
///     let published = TokenPositioning.asPublished.published(seed: 1)
///     let text = try TokenPositioning(text: .kingJamesBible(vocabularyLimit: 500), asking: 8)
public struct TokenPositioning: ControlTask {
  public let name = "control-signal"
  public let sentences: SentenceSource
  public let lengths: ClosedRange<Int>
  public let context: TargetContext
  public let publishedRows: Int
  public let askedWords: [Int32]
  /// PAD, SOS, EOS, the words of the sentences, the filler `·`, then `@1`, `@2`, … for T.
  public let vocabulary: Vocabulary
  let filler: Int32

  private enum CodingKeys: CodingKey {
    case sentences, lengths, context, publishedRows, askedWords, vocabulary, filler
  }

  /// Sentences of `words` words with equal weights, `a`, `b`, …
  ///
  /// At least 8 words are advised: with fewer, storing one of them is hard to tell from other differences between
  /// rows. The balanced form needs lengths with enough distinct sentences: with 8 words, from 3 on.
  ///
  /// Throws `TaskError.invalidOption`.
  public init(
    words: Int = 8, lengths: ClosedRange<Int> = 3...13, context: TargetContext = .fillers,
    publishedRows: Int = 70_000
  ) throws {
    guard words >= 2 else {
      throw TaskError.invalidOption(name: "words", value: "\(words)", expected: "at least 2")
    }
    try self.init(
      weights: [Double](repeating: 1, count: words), lengths: lengths, context: context,
      publishedRows: publishedRows)
  }

  /// Sentences of as many words as there are weights.
  ///
  /// Throws `TaskError.invalidOption`.
  public init(
    weights: [Double], lengths: ClosedRange<Int> = 3...13, context: TargetContext = .fillers,
    publishedRows: Int = 70_000
  ) throws {
    let source = SentenceSource.drawn(words: SentenceSource.letters(weights.count), weights: weights)
    try source.validate()
    try lengths.validateLengths()
    self.init(
      source, asked: (0..<weights.count).map { Int32(3 + $0) }, lengths: lengths, context: context,
      publishedRows: publishedRows)
  }

  /// The lines of a text that have one of `lengths` words; rows ask for its `asking` most frequent words.
  ///
  /// In the balanced form the word at T gives way to w, which natural text would rarely have there.
  ///
  /// Throws `TaskError`: `.vocabularyTooSmall`, `.invalidOption`.
  public init(
    text corpus: TextCorpus, asking: Int = 8, lengths: ClosedRange<Int> = 3...13,
    context: TargetContext = .fillers
  ) throws {
    try lengths.validateLengths()
    guard asking >= 1 else {
      throw TaskError.invalidOption(name: "asking", value: "\(asking)", expected: "at least 1")
    }
    guard asking <= corpus.words.count else {
      throw TaskError.vocabularyTooSmall(source: corpus.source, words: corpus.words.count, needed: asking)
    }
    self.init(
      .text(corpus), asked: (0..<asking).map { Int32(3 + $0) }, lengths: lengths, context: context,
      publishedRows: 0)
  }

  /// The lines of a text that have one of `lengths` words; rows ask for these words.
  ///
  ///     try TokenPositioning(text: .kingJamesBible(), asking: ["lord", "god", "king", "people"])
  ///
  /// Throws `TaskError`: `.wordOutsideVocabulary`, `.invalidOption`.
  public init(
    text corpus: TextCorpus, asking words: [String], lengths: ClosedRange<Int> = 3...13,
    context: TargetContext = .fillers
  ) throws {
    try lengths.validateLengths()
    guard !words.isEmpty, Set(words).count == words.count else {
      throw TaskError.invalidOption(
        name: "asking", value: "\(words)", expected: "at least one word, each only once")
    }
    let asked = try words.map { word in
      guard let rank = corpus.words.firstIndex(of: word) else {
        throw TaskError.wordOutsideVocabulary(
          word: word, words: corpus.words.count, examples: Array(corpus.words.prefix(5)))
      }
      return Int32(3 + rank)
    }
    self.init(.text(corpus), asked: asked, lengths: lengths, context: context, publishedRows: 0)
  }

  /// The published synthetic form: four words with weights .4, .3, .2, .1, lengths 1 to 13, 50,000 rows for
  /// training and 20,000 for the test, and targets that are draws of their own (inferred, see `ControlTask`).
  public static let asPublished = TokenPositioning(
    .drawn(words: SentenceSource.letters(4), weights: [0.4, 0.3, 0.2, 0.1]), asked: [3, 4, 5, 6],
    lengths: 1...13, context: .drawn, publishedRows: 70_000)

  private init(
    _ source: SentenceSource, asked: [Int32], lengths: ClosedRange<Int>, context: TargetContext,
    publishedRows: Int
  ) {
    sentences = source
    self.lengths = lengths
    self.context = context
    self.publishedRows = publishedRows
    askedWords = asked
    filler = Int32(3 + source.words.count)
    vocabulary = Vocabulary(words: source.words + ["·"] + (1...lengths.upperBound).map { "@\($0)" })
  }

  public func positions(length: Int) -> ClosedRange<Int> { 1...length }

  public func row(sentence: [Int32], word: Int32, position: Int) -> Row {
    Row(
      input: sentence + [Vocabulary.eos, word, filler + Int32(position)],
      target: target(sentence: sentence, word: word, position: position, filler: filler), word: word,
      position: position, length: sentence.count)
  }

  public func publishedRow(
    input: [Int32], target sentence: [Int32], using draws: inout Draws
  ) -> Row? {
    // OOV can't be asked for: nobody could tell whether it was written.
    let position = Int.random(in: 1...sentence.count, using: &draws)
    let word = sentence[position - 1]
    if case .text(let corpus) = sentences, word == corpus.unknown { return nil }
    return Row(
      input: input + [Vocabulary.eos, word, filler + Int32(position)], target: sentence + [Vocabulary.eos],
      word: word, position: position, length: sentence.count)
  }
}

extension ClosedRange<Int> {
  /// Throws `TaskError.invalidOption` unless these can be numbers of words.
  func validateLengths() throws {
    if lowerBound < 1 || upperBound > 1000 {
      throw TaskError.invalidOption(name: "lengths", value: "\(self)", expected: "within 1...1000")
    }
  }
}
