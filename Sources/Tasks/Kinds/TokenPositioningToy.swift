/// The authors' toy task `token-posi`: two tokens ask for a word at the end of a sentence of some length.
///
/// Input `w @L`, target a random prefix of L − 1 words, then w, then EOS. Only w at T = L can be known, so rows are
/// scored by the token. There are as many distinct inputs as pairs of w and L, so that no input can be kept for a
/// test: the task has no balanced form, and `heldOut` would keep every row for training. The words, `longest` and
/// the number of rows are inferred, those of `LastTokenAutoencoder`.
public struct TokenPositioningToy: TaskGenerator {
  public let name = "token-posi"
  public let scoring = Dataset.Scoring.token
  /// The largest L.
  public let longest: Int
  /// How many rows each pair of length and word has.
  public let rowsPerCell: Int
  /// PAD, SOS, EOS, the words `a` (3) and `b` (4), then `@1`, `@2`, … for L.
  public let vocabulary: Vocabulary

  private enum CodingKeys: CodingKey { case longest, rowsPerCell, vocabulary }

  /// The task with the authors' sizes, or with others; both must be at least 1.
  ///
  /// Throws `TaskError.invalidOption`.
  public init(longest: Int = 13, rowsPerCell: Int = 1000) throws {
    try (1...Swift.max(longest, 1)).validateLengths()
    guard longest >= 1, rowsPerCell >= 1 else {
      throw TaskError.invalidOption(
        name: longest < 1 ? "longest" : "rowsPerCell", value: "\(longest < 1 ? longest : rowsPerCell)",
        expected: "at least 1")
    }
    self.longest = longest
    self.rowsPerCell = rowsPerCell
    vocabulary = Vocabulary(words: ["a", "b"] + (1...longest).map { "@\($0)" })
  }

  public func rows(using generator: inout some RandomNumberGenerator) -> [Row] {
    let drawer = SentenceDrawer(.uniform(2))
    var draws = Draws(seed: generator.next())
    var rows = [Row]()
    rows.reserveCapacity(2 * longest * rowsPerCell)
    for length in 1...longest {
      for word: Int32 in [3, 4] {
        for _ in 0..<rowsPerCell {
          let prefix = drawer.sentence(length: length - 1, using: &draws)
          rows.append(
            Row(
              input: [word, Int32(4 + length)], target: prefix + [word, Vocabulary.eos], word: word,
              position: length, length: length))
        }
      }
    }
    return rows
  }
}
