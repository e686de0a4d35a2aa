import Base

/// The paper's toy task, `autoenc-last`: write fillers, then the last word of the input, at its place.
///
/// Input `SOS x₁ … x₍L₋₁₎ w EOS`, target `filler … filler w EOS` with L − 1 fillers: w belongs at position
/// T = L. In the published form each length L = `shortest` … `longest` and each word w has `rowsPerCell` rows,
/// sorted by length, then by word. Where fewer inputs are possible than `rowsPerCell`, all of them repeat in turn;
/// where more are, the rows are distinct. With the authors' sizes, two words and lengths from 1, that makes 26,000
/// rows of 8,046 distinct inputs. Of a text, each line is a row, in the order of the text.
///
/// The balanced form is factorial in w × T × prefix, but T = L in this task: what counts the sentence and what
/// counts down to w can't be told apart here; in `TokenPositioning` it can. Its cells are few, so that they should be
/// large: 32 units learn `LastTokenAutoencoder(words: 8, shortest: 4)` from 400 training rows in a cell, in seconds,
/// and do not from 64.
public struct LastTokenAutoencoder: BalancedTask {
  public let name = "autoenc-last"
  public let sentences: SentenceSource
  /// The smallest L.
  public let shortest: Int
  /// The largest L.
  public let longest: Int
  /// How many rows each pair of length and word has in the published form.
  public let rowsPerCell: Int
  public let askedWords: [Int32]
  public let namesWordAndPosition = false
  /// PAD, SOS, EOS, then the words `a` (3), `b` (4), …, then the filler `·`.
  public let vocabulary: Vocabulary
  let filler: Int32
  /// The words that a row of the toy task may ask for.
  public static let words: [Int32] = [3, 4]
  /// What the target of the toy task has before the word.
  public static let filler: Int32 = 5

  private enum CodingKeys: CodingKey {
    case sentences, shortest, longest, rowsPerCell, askedWords, vocabulary, filler
  }

  /// The task with the authors' sizes, or with others. The balanced form needs lengths with enough distinct
  /// inputs: `LastTokenAutoencoder(words: 8, shortest: 4)`.
  public init(longest: Int = 13, rowsPerCell: Int = 1000, words: Int = 2, shortest: Int = 1) {
    ensure(
      shortest >= 1 && longest >= shortest && longest <= 24 && (1...1_000_000).contains(rowsPerCell)
        && (2...1_000_000).contains(words),
      """
      LastTokenAutoencoder has no rows of lengths \(shortest) to \(longest) (1 to 24), \(rowsPerCell) for each word and \
      length (1 at least), with \(words) words (2 at least)
      """)
    self.init(
      .uniform(words), asking: words, shortest: shortest, longest: longest, rowsPerCell: rowsPerCell)
  }

  /// The task on the lines of a text; the balanced form asks for its `asking` most frequent words.
  ///
  /// Throws `TaskError`: `.vocabularyTooSmall`, `.invalidOption`.
  public init(text corpus: TextCorpus, asking: Int = 8, lengths: ClosedRange<Int> = 4...13) throws {
    try lengths.validateLengths()
    guard asking >= 1 else {
      throw TaskError.invalidOption(name: "asking", value: "\(asking)", expected: "at least 1")
    }
    guard asking <= corpus.words.count else {
      throw TaskError.vocabularyTooSmall(source: corpus.source, words: corpus.words.count, needed: asking)
    }
    self.init(
      .text(corpus), asking: asking, shortest: lengths.lowerBound, longest: lengths.upperBound, rowsPerCell: 0
    )
  }

  private init(_ source: SentenceSource, asking: Int, shortest: Int, longest: Int, rowsPerCell: Int) {
    sentences = source
    self.shortest = shortest
    self.longest = longest
    self.rowsPerCell = rowsPerCell
    askedWords = (0..<asking).map { Int32(3 + $0) }
    filler = Int32(3 + source.words.count)
    vocabulary = Vocabulary(words: source.words + ["·"])
  }

  public var lengths: ClosedRange<Int> { shortest...longest }

  public func positions(length: Int) -> ClosedRange<Int> { length...length }

  public func row(sentence: [Int32], word: Int32, position: Int) -> Row {
    row(prefix: sentence.dropLast(), word: word)
  }

  /// The row that puts `word` last after `prefix`.
  public func row(prefix: [Int32], word: Int32) -> Row {
    let length = prefix.count + 1
    return Row(
      input: [Vocabulary.sos] + prefix + [word, Vocabulary.eos],
      target: [Int32](repeating: filler, count: length - 1) + [word, Vocabulary.eos],
      word: word, position: length, length: length)
  }

  public func rows(using generator: inout some RandomNumberGenerator) -> [Row] {
    if case .text(let corpus) = sentences {
      return (0..<corpus.count).map(corpus.line).filter { lengths.contains($0.count) }.map { line in
        row(prefix: Array(line.dropLast()), word: line[line.endIndex - 1])
      }
    }
    var rows = [Row]()
    rows.reserveCapacity(lengths.count * askedWords.count * rowsPerCell)
    for length in lengths {
      for word in askedWords {
        let prefixes = prefixes(length: length - 1, using: &generator)
        for index in 0..<rowsPerCell {
          rows.append(row(prefix: prefixes[index % prefixes.count], word: word))
        }
      }
    }
    return rows
  }

  /// Up to `rowsPerCell` distinct prefixes: all of them in the order of their digits, or a random draw.
  private func prefixes(length: Int, using generator: inout some RandomNumberGenerator) -> [[Int32]] {
    let words = askedWords.count
    var possible = 1
    for _ in 0..<length where possible <= 1 << 20 { possible *= words }
    guard possible <= 1 << 20 else {
      // Too many to list, so many that a draw is hardly ever one drawn before.
      let drawer = SentenceDrawer(sentences)
      var draws = Draws(seed: generator.next())
      var (prefixes, seen) = ([[Int32]](), Set<[Int32]>())
      while prefixes.count < min(rowsPerCell, 1 << 19) {
        let prefix = drawer.sentence(length: length, using: &draws)
        if seen.insert(prefix).inserted { prefixes.append(prefix) }
      }
      return prefixes
    }
    var numbers = Array(0..<possible)
    if possible > rowsPerCell {
      for i in 0..<rowsPerCell { numbers.swapAt(i, Int.random(in: i..<possible, using: &generator)) }
      numbers = Array(numbers[0..<rowsPerCell])
    }
    return numbers.map { number in
      var (rest, prefix) = (number, [Int32](repeating: 0, count: length))
      for place in (0..<length).reversed() {
        prefix[place] = askedWords[rest % words]
        rest /= words
      }
      return prefix
    }
  }
}
