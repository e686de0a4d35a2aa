/// The words of a task, by number: 0 PAD, 1 SOS, 2 EOS, then the task's own.
public struct Vocabulary: Codable, Sendable, Hashable {
  /// Fills a row up to the common length; the encoder skips it and the loss ignores it.
  public static let pad: Int32 = 0
  /// Starts every sentence, and is the first token that the decoder is fed.
  public static let sos: Int32 = 1
  /// Ends every sentence.
  public static let eos: Int32 = 2

  /// The name of each token, in the order of their numbers.
  public let names: [String]

  /// The vocabulary of the three special tokens and these words, numbered from 3.
  public init(words: [String]) {
    names = ["PAD", "SOS", "EOS"] + words
  }

  /// How many tokens there are, special ones included: the width of the logits.
  public var count: Int { names.count }

  /// The numbers of the task's own words.
  public var words: Range<Int32> { 3..<Int32(max(names.count, 3)) }

  /// The name of a token; a number in angle brackets if it is outside the vocabulary.
  public func name(of token: Int32) -> String {
    names.indices.contains(Int(token)) ? names[Int(token)] : "⟨\(token)⟩"
  }

  /// The number of the token with this name, if there is one.
  public func token(named name: String) -> Int32? {
    names.firstIndex(of: name).map { Int32($0) }
  }

  /// The number of the token with this name.
  ///
  /// Throws `TaskError.wordOutsideVocabulary` if there is none.
  public func requiredToken(named name: String) throws -> Int32 {
    if let token = token(named: name) { return token }
    throw TaskError.wordOutsideVocabulary(
      word: name, words: max(0, count - 3), examples: Array(names.dropFirst(3).prefix(5)))
  }

  /// The numbers of the tokens whose names stand in `sentence` with spaces between: the inverse of `render`.
  ///
  /// Throws `TaskError.wordOutsideVocabulary` for the first that is no name.
  public func tokens(_ sentence: String) throws -> [Int32] {
    try sentence.split(whereSeparator: \.isWhitespace).map { try requiredToken(named: String($0)) }
  }

  /// Throws `TaskError.tokenOutsideVocabulary` for the first of `tokens` that has no name.
  public func check(_ tokens: some Sequence<Int32>) throws {
    if let token = tokens.first(where: { $0 < 0 || Int($0) >= count }) {
      throw TaskError.tokenOutsideVocabulary(token: token, vocabularySize: count)
    }
  }

  /// A sentence as people read it: names with spaces between, PAD left out.
  public func render(_ tokens: some Sequence<Int32>) -> String {
    tokens.filter { $0 != Self.pad }.map { name(of: $0) }.joined(separator: " ")
  }
}
