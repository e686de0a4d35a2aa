import Base

/// Where the sentences of a task come from.
public enum SentenceSource: Codable, Sendable, Hashable {
  /// Words drawn one by one, each with its weight.
  case drawn(words: [String], weights: [Double])
  /// The lines of a text.
  case text(TextCorpus)

  /// `count` words with equal weights: `a`, `b`, `c`, …
  public static func uniform(_ count: Int) -> SentenceSource {
    ensure((0...1_000_000).contains(count), "a task can't have \(count) words, only 0 to 1000000")
    return .drawn(words: letters(count), weights: [Double](repeating: 1, count: count))
  }

  /// `a` to `z`, then `a1`, `b1`, …
  static func letters(_ count: Int) -> [String] {
    (0..<count).map { index in
      let letter = String(Unicode.Scalar(UInt8(ascii: "a") + UInt8(index % 26)))
      return index < 26 ? letter : "\(letter)\(index / 26)"
    }
  }

  /// The words with numbers from 3, OOV of a text included.
  public var words: [String] {
    switch self {
    case .drawn(let words, _): words
    case .text(let corpus): corpus.words + ["OOV"]
    }
  }

  /// Throws `TaskError.invalidOption` for weights that are none, and for words that are not one of a kind.
  func validate() throws {
    guard case .drawn(let words, let weights) = self else { return }
    // The characters that Tokenizer leaves in a word, so that no word looks like a control token or two words.
    func isWord(_ name: String) -> Bool {
      !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "'" }
        && !["PAD", "SOS", "EOS", "OOV"].contains(name)
    }
    guard !words.isEmpty, Set(words).count == words.count, words.allSatisfy(isWord) else {
      throw TaskError.invalidOption(
        name: "words", value: "\(words)",
        expected: "at least one word of letters and digits, each only once, none PAD, SOS, EOS or OOV")
    }
    guard weights.count == words.count, weights.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw TaskError.invalidOption(
        name: "weights", value: "\(weights)", expected: "\(words.count) positive numbers, one for each word")
    }
  }
}

/// Draws sentences from a source; made once for many draws.
struct SentenceDrawer {
  private let source: SentenceSource
  /// Of drawn words: the sums of the weights up to each word, divided by their total; nil where they are equal.
  private var thresholds: [Double]?
  private var wordCount: Int32 = 0
  /// Of a text: its distinct lines by their number of words.
  private var linesByLength: [[Int]] = []

  init(_ source: SentenceSource) {
    self.source = source
    switch source {
    case .drawn(let words, let weights):
      wordCount = Int32(words.count)
      if Set(weights).count > 1 {
        let total = weights.reduce(0, +)
        var sum = 0.0
        thresholds = weights.map {
          sum += $0
          return sum / total
        }
      }
    case .text(let corpus):
      let longest = (0..<corpus.count).map { corpus.line($0).count }.max() ?? 0
      linesByLength = [[Int]](repeating: [], count: longest + 1)
      var seen = Set<ArraySlice<Int32>>(minimumCapacity: corpus.count)
      for line in 0..<corpus.count where seen.insert(corpus.line(line)).inserted {
        linesByLength[corpus.line(line).count].append(line)
      }
    }
  }

  /// How many different sentences of `length` words there are, at most `limit`.
  func available(length: Int, limit: Int) -> Int {
    switch source {
    case .drawn:
      var count = 1
      for _ in 0..<length where count < limit { count *= Int(wordCount) }
      return min(count, limit)
    case .text:
      return linesByLength.indices.contains(length) ? min(linesByLength[length].count, limit) : 0
    }
  }

  /// One sentence of `length` words; of a text, one of the distinct lines that have as many.
  func sentence(length: Int, using draws: inout Draws) -> [Int32] {
    if case .text(let corpus) = source {
      let lines = linesByLength[length]
      return Array(corpus.line(lines[Int.random(in: 0..<lines.count, using: &draws)]))
    }
    return (0..<length).map { _ in
      guard let thresholds else { return Int32.random(in: 3..<3 + wordCount, using: &draws) }
      let draw = Double.random(in: 0..<1, using: &draws)
      return 3 + Int32(thresholds.firstIndex { draw < $0 } ?? thresholds.count - 1)
    }
  }

  /// `count` sentences of `length` words that `accept` takes; it must refuse those that it has taken before.
  ///
  /// Throws `TaskError.tooFewDistinctInputs` when they run out. `reserved` is how many more there must be: those that
  /// are taken already, or will be.
  func sentences(
    _ count: Int, length: Int, reserved: Int = 0, task: String,
    using draws: inout Draws, accept: ([Int32]) -> Bool
  ) throws -> [[Int32]] {
    let needed = count + reserved
    let available = available(length: length, limit: needed)
    var result = [[Int32]]()
    result.reserveCapacity(count)
    // Drawing all of n sentences takes about n log n draws; where twenty times as many do not suffice, the rest
    // is refused or too rare.
    var attempts = 20 * needed * (needed.bitWidth - needed.leadingZeroBitCount) + 1000
    while result.count < count, attempts > 0, available >= needed {
      let sentence = self.sentence(length: length, using: &draws)
      if accept(sentence) { result.append(sentence) }
      attempts -= 1
    }
    guard result.count == count else {
      throw TaskError.tooFewDistinctInputs(
        task: task, length: length, needed: needed,
        available: available < needed ? available : reserved + result.count)
    }
    return result
  }
}
