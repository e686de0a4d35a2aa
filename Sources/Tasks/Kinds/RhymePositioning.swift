/// Rhyme positioning: write a sentence whose word at position T has a given vowel last.
///
/// Input `x₁ … x₍L₎ EOS ~ay @T`; target, by default, fillers of L tokens with, at T, the first word of the vocabulary
/// that has the vowel: its representative, which makes the target known. In the published form the target is a
/// sentence of its own, and any word of the class at T is right: `rhymes` tells. Row.word is the word that the
/// target has at T.
public struct RhymePositioning: ControlTask {
  public let name = "rhyme-posi"
  public let sentences: SentenceSource
  public let lengths: ClosedRange<Int>
  public let context: TargetContext
  public let publishedRows: Int
  /// The representative of each of `vowels`.
  public let askedWords: [Int32]
  /// The vowels that the words of the sentences end on, alphabetically.
  public let vowels: [Vowel]
  /// PAD, SOS, EOS, the words of the sentences, the filler `·`, `@1`, `@2`, … for T, then `~aa`, `~ae`, … for the
  /// vowels.
  public let vocabulary: Vocabulary
  let filler: Int32
  /// The place in `vowels` of each word's last vowel, by token from 3; nil where it is not known.
  let classes: [Int?]

  private enum CodingKeys: CodingKey {
    case sentences, lengths, context, publishedRows, askedWords, vowels, vocabulary, filler, classes
  }

  /// Two short words for each of the 15 vowels.
  public static let words = [
    "car", "heart", "cat", "man", "love", "sun", "law", "dawn", "now", "house", "sky", "night", "bed", "men",
    "bird", "word", "day", "name", "king", "hill", "sea", "tree", "go", "stone", "boy", "voice", "book",
    "good",
    "moon", "blue",
  ]

  /// Sentences of `words` with equal weights, by default two for each vowel.
  ///
  /// Throws `TaskError`: `.missingPackage` without festlex-cmu, `.noPronunciation`, `.invalidOption`.
  public init(
    words: [String] = Self.words, lengths: ClosedRange<Int> = 3...13, context: TargetContext = .fillers,
    publishedRows: Int = 70_000
  ) throws {
    let source = SentenceSource.drawn(words: words, weights: words.map { _ in 1 })
    try source.validate()
    let dictionary = try PronouncingDictionary()
    if let word = words.first(where: { dictionary.vowel(of: $0) == nil }) {
      throw TaskError.noPronunciation(word: word)
    }
    try self.init(
      source, dictionary: dictionary, lengths: lengths, context: context, publishedRows: publishedRows)
  }

  /// The lines of a text that have one of `lengths` words. Words without a pronunciation are never asked for.
  ///
  /// Throws `TaskError`: `.missingPackage` without festlex-cmu, `.noPronunciation` if that is every word,
  /// `.invalidOption`.
  public init(
    text corpus: TextCorpus, lengths: ClosedRange<Int> = 3...13, context: TargetContext = .fillers
  ) throws {
    try self.init(
      .text(corpus), dictionary: PronouncingDictionary(), lengths: lengths, context: context, publishedRows: 0
    )
  }

  private init(
    _ source: SentenceSource, dictionary: PronouncingDictionary, lengths: ClosedRange<Int>,
    context: TargetContext, publishedRows: Int
  ) throws {
    try lengths.validateLengths()
    var known = source.words.map { dictionary.vowel(of: $0) }
    if case .text = source { known[known.count - 1] = nil }  // OOV
    let vowels = Set(known.compactMap { $0 }).sorted()
    if vowels.isEmpty { throw TaskError.noPronunciation(word: source.words.first ?? "") }
    sentences = source
    self.lengths = lengths
    self.context = context
    self.publishedRows = publishedRows
    self.vowels = vowels
    classes = known.map { vowel in vowel.flatMap { vowels.firstIndex(of: $0) } }
    askedWords = vowels.compactMap { vowel in known.firstIndex(of: vowel).map { Int32(3 + $0) } }
    filler = Int32(3 + source.words.count)
    vocabulary = Vocabulary(
      words: source.words + ["·"] + (1...lengths.upperBound).map { "@\($0)" } + vowels.map { "~\($0)" })
  }

  /// The last vowel of a word of the vocabulary; nil if it is not known, or the token is no word.
  public func vowel(of token: Int32) -> Vowel? {
    classes.indices.contains(Int(token) - 3) ? classes[Int(token) - 3].map { vowels[$0] } : nil
  }

  /// Whether `written` has the vowel of the word that `row` asks for.
  public func rhymes(_ written: Int32, in row: Row) -> Bool {
    vowel(of: written) != nil && vowel(of: written) == vowel(of: row.word)
  }

  public func positions(length: Int) -> ClosedRange<Int> { 1...length }

  /// The tokens that ask for the vowel of `word` at `position`.
  private func control(_ word: Int32, _ position: Int) -> [Int32] {
    let place = classes[Int(word) - 3] ?? 0
    return [
      Vocabulary.eos, filler + Int32(lengths.upperBound + 1 + place), filler + Int32(position),
    ]
  }

  public func row(sentence: [Int32], word: Int32, position: Int) -> Row {
    Row(
      input: sentence + control(word, position),
      target: target(sentence: sentence, word: word, position: position, filler: filler), word: word,
      position: position, length: sentence.count)
  }

  public func publishedRow(
    input: [Int32], target sentence: [Int32], using draws: inout Draws
  ) -> Row? {
    let positions = (1...sentence.count).filter { vowel(of: sentence[$0 - 1]) != nil }
    if positions.isEmpty { return nil }
    let position = positions[Int.random(in: 0..<positions.count, using: &draws)]
    let word = sentence[position - 1]
    return Row(
      input: input + control(word, position), target: sentence + [Vocabulary.eos], word: word,
      position: position, length: sentence.count)
  }
}
