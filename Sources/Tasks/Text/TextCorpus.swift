import Base
import Foundation

/// The lines of a text as tokens, and its words by falling frequency.
///
/// Words are lowercased runs of letters and digits. The most frequent ones, up to a limit, have the numbers from
/// 3 in the order of their frequency (equals alphabetically); all others are the token `OOV` after the last. As in
/// the authors' lyrics, the limit is 20,000 words, and a line has at most 13.
public struct TextCorpus: Codable, Sendable, Hashable {
  /// What happens to a line with more words than allowed.
  public enum LongLines: String, Codable, Sendable, CaseIterable {
    /// It is an error, with the line's number.
    case refused
    /// It is left out, and counted in `skippedLines`.
    case skipped
    /// Only its first words are kept.
    case cut
    /// Every line is split into its clauses, at punctuation; clauses that are still too long are left out.
    case clauses
  }

  /// Where the text comes from.
  public let source: String
  /// The words with numbers of their own, the most frequent first.
  public let words: [String]
  /// How often each of `words` occurs.
  public let counts: [Int]
  /// How often words outside the vocabulary occur.
  public let unknownCount: Int
  /// Lines, or clauses, that were left out because they are too long.
  public let skippedLines: Int
  /// The most words that a line may have.
  public let longestLine: Int
  private let tokens: [Int32]
  /// Where each line starts in `tokens`, and where the last ends.
  private let starts: [Int]

  /// The text in the file at `url`.
  ///
  /// Throws `TaskError`: `.fileFailed`, `.notUTF8`, `.lineTooLong`, `.emptyCorpus`, `.invalidOption`.
  public init(
    contentsOf url: URL, vocabularyLimit: Int = 20_000, longestLine: Int = 13, longLines: LongLines = .refused
  ) throws {
    try self.init(
      bytes: TaskError.bytes(of: url), source: url.path, vocabularyLimit: vocabularyLimit,
      longestLine: longestLine,
      longLines: longLines)
  }

  /// The lines of `text`.
  ///
  /// Throws `TaskError`: `.lineTooLong`, `.emptyCorpus`, `.invalidOption`.
  public init(
    text: String, source: String = "the text", vocabularyLimit: Int = 20_000, longestLine: Int = 13,
    longLines: LongLines = .refused
  ) throws {
    try self.init(
      bytes: Array(text.utf8), source: source, vocabularyLimit: vocabularyLimit, longestLine: longestLine,
      longLines: longLines)
  }

  /// The lines of UTF-8 `bytes`.
  init(
    bytes: [UInt8], source: String, vocabularyLimit: Int, longestLine: Int, longLines: LongLines
  ) throws {
    func require(_ value: Int, _ name: String) throws {
      if value < 1 { throw TaskError.invalidOption(name: name, value: "\(value)", expected: "at least 1") }
    }
    try require(vocabularyLimit, "vocabularyLimit")
    try require(longestLine, "longestLine")
    var lines = LineCollector(source: source, longestLine: longestLine, longLines: longLines)
    var (start, number) = (0, 0)
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      number += 1
      guard let line = Tokenizer.words(of: bytes.span.extracting(start..<end)) else {
        throw TaskError.notUTF8(source: source, line: number)
      }
      try lines.add(line, number: number)
      start = end + 1
    }
    if lines.starts.count == 1 {
      throw TaskError.emptyCorpus(source: source, skippedLines: lines.skipped)
    }

    let order = lines.names.indices.sorted {
      (lines.counts[$1], lines.names[$0]) < (lines.counts[$0], lines.names[$1])
    }
    let kept = order.prefix(vocabularyLimit)
    var tokenOf = [Int32](repeating: Int32(3 + kept.count), count: order.count)
    for (rank, word) in kept.enumerated() { tokenOf[word] = Int32(3 + rank) }
    self.source = source
    words = kept.map { lines.names[$0] }
    counts = kept.map { lines.counts[$0] }
    unknownCount = order.dropFirst(vocabularyLimit).reduce(0) { $0 + lines.counts[$1] }
    skippedLines = lines.skipped
    self.longestLine = longestLine
    tokens = lines.tokens.map { tokenOf[$0] }
    starts = lines.starts
  }

  /// How many lines there are.
  public var count: Int { starts.count - 1 }
  /// The token of every word outside the vocabulary.
  public var unknown: Int32 { Int32(3 + words.count) }
  /// PAD, SOS, EOS, the words, then OOV.
  public var vocabulary: Vocabulary { Vocabulary(words: words + ["OOV"]) }
  /// The share of the text's words that are outside the vocabulary.
  public var unknownShare: Double { Double(unknownCount) / Double(max(tokens.count, 1)) }

  /// The tokens of line `index`, counted from 0.
  public func line(_ index: Int) -> ArraySlice<Int32> {
    ensure(index >= 0 && index < count, "line \(index) of \(count) was asked for (lines count from 0)")
    return tokens[starts[index]..<starts[index + 1]]
  }

  /// Line `index` as people read it.
  public func render(_ index: Int) -> String {
    line(index).map { $0 == unknown ? "OOV" : words[Int($0) - 3] }.joined(separator: " ")
  }
}

/// Numbers words in the order in which they first occur, so that no order depends on hashing.
private struct LineCollector {
  let source: String
  let longestLine: Int
  let longLines: TextCorpus.LongLines
  private(set) var names: [String] = []
  private(set) var counts: [Int] = []
  private(set) var tokens: [Int] = []
  private(set) var starts = [0]
  private(set) var skipped = 0
  private var numbers = [String: Int]()

  init(source: String, longestLine: Int, longLines: TextCorpus.LongLines) {
    self.source = source
    self.longestLine = longestLine
    self.longLines = longLines
  }

  mutating func add(_ line: Tokenizer.Line, number: Int) throws {
    let words = line.words
    switch longLines {
    case .clauses:
      var first = 0
      for end in line.clauseEnds {
        if end - first <= longestLine { append(words[first..<end]) } else { skipped += 1 }
        first = end
      }
    case _ where words.count <= longestLine: append(words[...])
    case .refused:
      throw TaskError.lineTooLong(source: source, line: number, words: words.count, limit: longestLine)
    case .skipped: skipped += 1
    case .cut: append(words.prefix(longestLine))
    }
  }

  private mutating func append(_ words: ArraySlice<String>) {
    if words.isEmpty { return }
    for word in words {
      let number = numbers[word] ?? names.count
      if number == names.count {
        numbers[word] = number
        names.append(word)
        counts.append(0)
      }
      counts[number] += 1
      tokens.append(number)
    }
    starts.append(tokens.count)
  }
}
