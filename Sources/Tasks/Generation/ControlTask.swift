import Base

/// A task whose input is a sentence, EOS, and control tokens that say what must stand where in the target.
///
/// Published rows are inferred where the authors’ code does not say: the number of words and T are uniform, and the input
/// and a drawn target are independent draws (of a text: a line and the next), since four units, which can't hold a
/// sentence, solved the published task. Measured on such rows, token accuracy: 8 units 1.000 after 100 epochs
/// (published: .9951), 4 units .796 after 150 (published: .9984); so the inference may be wrong. 50,000 rows are for
/// training, 20,000 for the test; of a text, the first five sevenths of the rows. Validation is the test.
public protocol ControlTask: BalancedTask {
  /// What stands around the word in the target.
  var context: TargetContext { get }
  /// How many rows the published form draws; of a text it has every line, or pair of lines, once.
  var publishedRows: Int { get }
  /// A row whose target, `sentence`, is a draw of its own; nil if it has nothing to ask for.
  func publishedRow(
    input: [Int32], target sentence: [Int32], using draws: inout Draws
  ) -> Row?
}

extension ControlTask {
  public var namesWordAndPosition: Bool { true }
  public var scoring: Dataset.Scoring { context == .drawn ? .token : .whole }

  public func rows(using generator: inout some RandomNumberGenerator) -> [Row] {
    let drawer = SentenceDrawer(sentences)
    var draws = Draws(seed: generator.next())
    func row(_ input: [Int32], _ target: [Int32]) -> Row? {
      if context == .drawn { return publishedRow(input: input, target: target, using: &draws) }
      let position = Int.random(in: positions(length: input.count), using: &draws)
      let word = askedWords[Int.random(in: 0..<askedWords.count, using: &draws)]
      return self.row(sentence: input, word: word, position: position)
    }
    var rows = [Row]()
    switch sentences {
    case .drawn:
      ensure((0...10_000_000).contains(publishedRows), "\(publishedRows) published rows were asked for")
      rows.reserveCapacity(publishedRows)
      // A sentence without a word to ask for is drawn again, up to a point.
      for _ in 0..<100 * publishedRows where rows.count < publishedRows {
        let input = drawer.sentence(length: Int.random(in: lengths, using: &draws), using: &draws)
        let target =
          context == .drawn
          ? drawer.sentence(length: Int.random(in: lengths, using: &draws), using: &draws) : []
        if let row = row(input, target) { rows.append(row) }
      }
    case .text(let corpus):
      for index in 0..<corpus.count - (context == .drawn ? 1 : 0) {
        let (input, target) = (corpus.line(index), context == .drawn ? corpus.line(index + 1) : [])
        guard lengths.contains(input.count), context != .drawn || lengths.contains(target.count) else {
          continue
        }
        if let row = row(Array(input), Array(target)) { rows.append(row) }
      }
    }
    return rows
  }

  public func published(using generator: inout some RandomNumberGenerator) -> Dataset {
    publishedInTwoParts(using: &generator)
  }

  /// The target of a row that puts `word` at `position`, EOS included.
  func target(sentence: [Int32], word: Int32, position: Int, filler: Int32) -> [Int32] {
    var target = context == .fillers ? [Int32](repeating: filler, count: sentence.count) : sentence
    ensure(
      target.indices.contains(position - 1), "position \(position) of \(target.count) words was asked for")
    target[position - 1] = word
    return target + [Vocabulary.eos]
  }
}

extension TaskGenerator {
  /// The rows in the authors' order, the first five sevenths for training, the rest for validation and test.
  func publishedInTwoParts(using generator: inout some RandomNumberGenerator) -> Dataset {
    let all = Rows(rows(using: &generator))
    let end = all.count * 5 / 7
    let (training, test) = (all.rows(0..<end), all.rows(end..<all.count))
    return Dataset(
      task: name, form: .published, vocabulary: vocabulary, training: training, validation: test, test: test,
      scoring: scoring)
  }
}
