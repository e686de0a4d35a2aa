/// The paper's toy task, `autoenc-last`: write fillers, then the last word of the input, at its place.
///
/// Input `SOS x₁ … x₍L₋₁₎ w EOS`, target `filler … filler w EOS` with L − 1 fillers: w belongs at position
/// T = L. Each length L = 1 … `longest` and each word w has `rowsPerCell` rows, sorted by length, then by word.
/// Where 2^(L−1) inputs are fewer than `rowsPerCell`, all of them repeat in turn; where they are more, the
/// rows are distinct. With the authors' sizes that makes 26,000 rows of 8,046 distinct inputs.
public struct LastTokenAutoencoder: TaskGenerator {
  public let name = "autoenc-last"
  /// The largest L.
  public let longest: Int
  /// How many rows each pair of length and word has.
  public let rowsPerCell: Int
  /// PAD, SOS, EOS, then the words `a` (3) and `b` (4), then the filler `·` (5).
  public let vocabulary = Vocabulary(words: ["a", "b", "·"])
  /// The words that a row may ask for.
  public static let words: [Int32] = [3, 4]
  /// What the target has before the word.
  public static let filler: Int32 = 5

  /// The task with the authors' sizes, or with smaller ones; both must be at least 1.
  public init(longest: Int = 13, rowsPerCell: Int = 1000) {
    precondition(
      longest >= 1 && longest <= 24 && rowsPerCell >= 1,
      "no rows of lengths 1 to \(longest) (24 at most), \(rowsPerCell) of each")
    self.longest = longest
    self.rowsPerCell = rowsPerCell
  }

  private enum CodingKeys: CodingKey { case longest, rowsPerCell }

  public func rows(using generator: inout some RandomNumberGenerator) -> [Row] {
    var rows = [Row]()
    rows.reserveCapacity(longest * Self.words.count * rowsPerCell)
    for length in 1...longest {
      for word in Self.words {
        let prefixes = prefixes(length: length - 1, using: &generator)
        for index in 0..<rowsPerCell {
          rows.append(row(prefix: prefixes[index % prefixes.count], word: word))
        }
      }
    }
    return rows
  }

  /// The row that puts `word` last after `prefix`.
  public func row(prefix: [Int32], word: Int32) -> Row {
    let length = prefix.count + 1
    return Row(
      input: [Vocabulary.sos] + prefix + [word, Vocabulary.eos],
      target: [Int32](repeating: Self.filler, count: length - 1) + [word, Vocabulary.eos],
      word: word, position: length, length: length)
  }

  /// Up to `rowsPerCell` distinct prefixes: all of them in the order of their digits, or a random draw.
  private func prefixes(length: Int, using generator: inout some RandomNumberGenerator) -> [[Int32]] {
    let possible = 1 << length
    var numbers = Array(0..<possible)
    if possible > rowsPerCell {
      for i in 0..<rowsPerCell { numbers.swapAt(i, Int.random(in: i..<possible, using: &generator)) }
      numbers = Array(numbers[0..<rowsPerCell])
    }
    return numbers.map { number in
      (0..<length).map { Self.words[(number >> (length - 1 - $0)) & 1] }
    }
  }
}
