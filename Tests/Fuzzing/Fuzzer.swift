import Foundation

/// Tries a parser with damaged inputs: those of a small corpus, changed at random, and what was made of them where the
/// parser took it.
///
/// What is random follows from `NEURONBOOK_FUZZ_SEED`, by default 1; how long it goes on is `NEURONBOOK_FUZZ_SECONDS`, by
/// default 1. The input that is being tried lies in a file, and stays there when it ends the process or is a finding.
public struct Fuzzer {
  /// What should not have happened.
  public struct Finding: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
  }

  /// Names the target and its file.
  public let name: String
  /// Inputs that the parser takes, and small ones that it does not.
  public let corpus: [[UInt8]]
  /// Parts that are put in: the words of the format, and its extremes.
  public let words: [[UInt8]]
  /// How long one input may take.
  public let limit: Duration

  public init(_ name: String, corpus: [[UInt8]], words: [String] = [], limit: Duration = .seconds(10)) {
    self.name = name
    self.corpus = corpus
    self.words = (words + Self.extremes).map { Array($0.utf8) }
    self.limit = limit
  }

  private static let extremes = [
    "0", "-1", "1e400", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "\u{0}",
    "\u{FEFF}", "é", "𝄞", "\"", "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", ":", ",", "\n", "\t", "\r\n",
  ]

  /// Where the input that is being tried lies.
  public var file: URL {
    FileManager.default.temporaryDirectory.appending(path: "neuronbook-fuzz-\(name)-\(getpid())")
  }

  private static func setting(_ name: String) -> String? {
    ProcessInfo.processInfo.environment["NEURONBOOK_FUZZ_\(name)"]
  }

  /// Calls `body` with one input after the other, each in `file` too.
  ///
  /// - Parameter isExpected: Whether an error is one of the parser's own.
  /// - Returns: How many were tried, and how many of them the parser took.
  /// - Throws: `Finding` for another error, and for an input that takes too long.
  @discardableResult
  public func run(
    isExpected: (any Error) -> Bool, _ body: ([UInt8]) throws -> Void
  ) throws -> (tried: Int, taken: Int) {
    let seconds = Self.setting("SECONDS").flatMap { Double($0) } ?? 1
    var mutator = Mutator(seed: Self.setting("SEED").flatMap { UInt64($0) } ?? 1, words: words)
    var pool = corpus
    var (tried, taken) = (0, 0)
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    repeat {
      // The corpus itself comes first.
      let input = tried < corpus.count ? corpus[tried] : mutator.mutate(pool)
      try Data(input).write(to: file)
      tried += 1
      let start = clock.now
      do {
        try body(input)
        taken += 1
        if pool.count < 500 { pool.append(input) } else { pool[mutator.below(pool.count)] = input }
      } catch  where isExpected(error) {
      } catch {
        throw Finding(description: "\(name): \(error) for the input in \(file.path)")
      }
      guard clock.now - start < limit else {
        throw Finding(description: "\(name): \(clock.now - start) for the input in \(file.path)")
      }
    } while clock.now < end
    try FileManager.default.removeItem(at: file)
    return (tried, taken)
  }
}

/// Makes inputs of others.
private struct Mutator {
  private var state: UInt64
  private let words: [[UInt8]]

  init(seed: UInt64, words: [[UInt8]]) {
    state = seed
    self.words = words
  }

  /// SplitMix64.
  private mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(max(count, 1))) }

  mutating func mutate(_ pool: [[UInt8]]) -> [UInt8] {
    var bytes = pool[below(pool.count)]
    for _ in 0...below(4) { change(&bytes, pool) }
    return bytes
  }

  /// A place, mostly near the start, where headers are.
  private mutating func place(_ count: Int) -> Int {
    below(2) == 0 ? below(count + 1) : below(min(count, 300) + 1)
  }

  private mutating func change(_ bytes: inout [UInt8], _ pool: [[UInt8]]) {
    let place = place(bytes.count)
    let rest = bytes.count - place
    switch below(10) {
    case 0 where rest > 0: bytes[place] ^= 1 << UInt8(below(8))
    case 1 where rest > 0: bytes[place] = UInt8(below(256))
    case 2: bytes.insert(UInt8(below(256)), at: place)
    case 3: bytes.insert(contentsOf: words[below(words.count)], at: place)
    case 4:
      // A word in the place of a number or a name.
      let end = bytes[place...].firstIndex { !($0 >= 48 && $0 < 58 || $0 >= 97 && $0 < 123) } ?? bytes.count
      bytes.replaceSubrange(place..<end, with: words[below(words.count)])
    case 5: bytes.removeSubrange(place..<place + below(min(rest, 40) + 1))
    case 6: bytes.removeLast(below(min(rest, 2000) + 1))
    case 7:
      // A part twice.
      let part = bytes[place..<place + below(min(rest, 200) + 1)]
      bytes.insert(contentsOf: part, at: place)
    case 8:
      let other = pool[below(pool.count)]
      let start = below(other.count + 1)
      bytes.insert(contentsOf: other[start..<min(other.count, start + below(200))], at: place)
    default:
      guard rest > 0 else { return }
      // Another digit for a digit: the number stays one.
      if (48...57).contains(bytes[place]) { bytes[place] = UInt8(48 + below(10)) }
    }
  }
}
