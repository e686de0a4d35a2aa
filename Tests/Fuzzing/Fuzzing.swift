import Foundation
import Synchronization

/// Gives a parser inputs that were changed at random, from a corpus of good ones.
///
/// `NEURONBOOK_FUZZ_SECONDS` is how long each target runs, half a second if not given; `NEURONBOOK_FUZZ_SEED` another beginning of the
/// random numbers. Each input is written to a file before it is tried, so that it is there when the parser ends the process or does not
/// come back; `NEURONBOOK_FUZZ_INPUT` names such a file to try again.
public struct Fuzzing {
  private let name: String
  private let corpus: [[UInt8]]
  private let words: [[UInt8]]

  /// - Parameters:
  ///   - name: Of the parser, for the file.
  ///   - words: What means something to the parser.
  public init(_ name: String, corpus: [String], words: [String] = []) {
    self.init(name, corpus: corpus.map { Array($0.utf8) }, words: words)
  }

  public init(_ name: String, corpus: [[UInt8]], words: [String] = []) {
    self.name = name
    self.corpus = corpus
    self.words = words.map { Array($0.utf8) }
  }

  /// What a try found.
  public struct Finding: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
  }

  /// An input may take so long, in seconds.
  private static let patience = 10.0
  private static let longest = 200_000
  /// How many inputs are tried at least: on a busy machine half a second may be over after a few.
  private static let least = 50

  /// Where the input lies that is being tried.
  public var file: URL {
    FileManager.default.temporaryDirectory.appending(
      path: "neuronbook-fuzz-\(name)-\(ProcessInfo.processInfo.processIdentifier).input")
  }

  /// Tries inputs of a parser that refuses some with errors of its own.
  ///
  /// - Parameter isExpected: Whether an error is such a one.
  /// - Returns: How many were tried, and how many of them the parser took.
  @discardableResult
  public func run(isExpected: (any Error) -> Bool, _ attempt: ([UInt8]) throws -> Void) throws -> (
    tried: Int, taken: Int
  ) {
    var taken = 0
    let tried = try run { input in
      do {
        try attempt(input)
        taken += 1
      } catch  where isExpected(error) {}
    }
    return (tried, taken)
  }

  /// Tries inputs until the time is over, and some in any case.
  ///
  /// - Parameter attempt: Reads an input; throws where what it read can't be.
  /// - Returns: How many inputs were tried.
  /// - Throws: `Finding` with the first that failed.
  @discardableResult
  public func run(_ attempt: ([UInt8]) throws -> Void) throws -> Int {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["NEURONBOOK_FUZZ_INPUT"] {
      try attempt(Array(try Data(contentsOf: URL(filePath: path))))
      return 1
    }
    let seconds = environment["NEURONBOOK_FUZZ_SECONDS"].flatMap(Double.init) ?? 0.5
    let seed = environment["NEURONBOOK_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    let watchdog = Watchdog(
      "\(name): an input took longer than \(Self.patience) s: \(file.path)", Self.patience)
    defer { watchdog.end() }
    var random = Random(state: seed)
    let start = ContinuousClock.now
    var count = 0
    while start.duration(to: .now) < .seconds(seconds) || count < max(corpus.count, Self.least) {
      let input = count < corpus.count ? corpus[count] : changed(&random)
      try Data(input).write(to: file)
      watchdog.reset()
      do {
        try attempt(input)
      } catch {
        throw Finding(description: "\(name), seed \(seed), input \(count), kept in \(file.path): \(error)")
      }
      count += 1
    }
    try? FileManager.default.removeItem(at: file)
    return count
  }

  private func changed(_ random: inout Random) -> [UInt8] {
    var input = corpus[random.below(corpus.count)]
    for _ in 0...random.below(6) { change(&input, &random) }
    return Array(input.prefix(Self.longest))
  }

  private static let numbers = [
    "0", "-1", "99999999999999999999", "9223372036854775807", "-9223372036854775808", "1e308", "1e-400",
    "nan",
    "-inf", "0.1.2", "٣",
  ].map { Array($0.utf8) }

  private func change(_ input: inout [UInt8], _ random: inout Random) {
    let place = random.below(input.count + 1)
    let end = min(input.count, place + random.below(16))
    switch random.below(10) {
    case 0: if place < input.count { input[place] ^= 1 << UInt8(random.below(8)) }
    case 1: if place < input.count { input[place] = UInt8(random.below(256)) }
    case 2: input.removeSubrange(place..<end)
    case 3: input.insert(contentsOf: input[place..<end], at: place)
    case 4: input.removeLast(input.count - place)
    case 5:
      let other = corpus[random.below(corpus.count)]
      let from = random.below(other.count + 1)
      input.insert(contentsOf: other[from..<min(other.count, from + random.below(200))], at: place)
    case 6:
      let piece = words.isEmpty ? Array(input[place..<end]) : words[random.below(words.count)]
      // Now and then very often.
      let times = random.below(20) == 0 ? random.below(3000) : 1
      for _ in 0..<times { input.insert(contentsOf: piece, at: place) }
    case 7: input.insert(contentsOf: Self.numbers[random.below(Self.numbers.count)], at: place)
    case 8: if !words.isEmpty { input.replaceSubrange(place..<end, with: words[random.below(words.count)]) }
    default:
      input.insert(
        contentsOf: [10, 13, 9, 0, 0xC3, 0xEF, 0xFF, 0x85].shuffled(using: &random).prefix(2), at: place)
    }
  }

  private struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      // SplitMix64: Steele, Lea and Flood 2014.
      state &+= 0x9E37_79B9_7F4A_7C15
      var bits = state
      bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
      return bits ^ (bits >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &self) }
  }

  /// Ends the process where an input takes too long: a parser that hangs hears of nothing.
  private final class Watchdog: Sendable {
    private let last = Mutex<ContinuousClock.Instant?>(.now)

    init(_ message: String, _ patience: Double) {
      Thread.detachNewThread { [self] in
        while let last = last.withLock({ $0 }) {
          if last.duration(to: .now) > .seconds(patience) { fatalError(message) }
          usleep(200_000)
        }
      }
    }

    func reset() { last.withLock { $0 = .now } }
    func end() { last.withLock { $0 = nil } }
  }
}
