/// A task that can ask for every word at every position of every sentence, and so has a balanced form.
///
/// Networks adds `balanced(seed:)`.
public protocol BalancedTask: TaskGenerator {
  /// Where the sentences come from.
  var sentences: SentenceSource { get }
  /// The numbers of words that a sentence may have.
  var lengths: ClosedRange<Int> { get }
  /// The words that a row may ask for.
  var askedWords: [Int32] { get }
  /// The positions T that a sentence of `length` words can be asked for.
  func positions(length: Int) -> ClosedRange<Int>
  /// Whether the input names w and T beside the sentence, so that one sentence serves every (w, T).
  var namesWordAndPosition: Bool { get }
  /// The row that asks for `word` at `position`, made from `sentence`.
  func row(sentence: [Int32], word: Int32, position: Int) -> Row
}

/// How many rows each cell (w, T, length of the sentence) has in each split of a balanced dataset.
public struct RowsPerCell: Codable, Sendable, Hashable {
  /// Rows of each cell from which parameters are learnt.
  public var training: Int
  /// Rows of each cell on which units are picked.
  public var select: Int
  /// Rows of each cell on which anything else is chosen.
  public var tune: Int
  /// Rows of each cell on which results are measured.
  public var verify: Int

  /// Eight times as many rows for training as for each other split, unless said otherwise.
  public init(training: Int = 64, select: Int = 8, tune: Int = 8, verify: Int = 8) {
    self.training = training
    self.select = select
    self.tune = tune
    self.verify = verify
  }

  func validate() throws {
    let splits = [("training", training), ("select", select), ("tune", tune), ("verify", verify)]
    for (name, rows) in splits where !(1...1_000_000).contains(rows) {
      throw TaskError.invalidOption(
        name: name, value: "\(rows) rows in a cell", expected: rows < 1 ? "at least 1" : "at most 1000000")
    }
  }
}

extension BalancedTask {
  /// The row that asks for `word` at `position` of `sentence`, all as people write them: `row("a b c", word: "b",
  /// position: 1)`.
  ///
  /// Throws `TaskError`: `.wordOutsideVocabulary`, `.lengthOutsideTask`, `.positionBeyondLength`.
  public func row(_ sentence: String, word: String, position: Int) throws -> Row {
    let tokens = try vocabulary.tokens(sentence)
    guard lengths.contains(tokens.count) else {
      throw TaskError.lengthOutsideTask(length: tokens.count, allowed: lengths)
    }
    let allowed = positions(length: tokens.count)
    guard allowed.contains(position) else {
      throw TaskError.positionBeyondLength(position: position, length: tokens.count, allowed: allowed)
    }
    let asked = try vocabulary.requiredToken(named: word)
    guard askedWords.contains(asked) else {
      throw TaskError.wordOutsideVocabulary(
        word: word, words: askedWords.count, examples: askedWords.prefix(5).map(vocabulary.name(of:)))
    }
    return row(sentence: tokens, word: asked, position: position)
  }

  /// The task in balanced form: every cell (w, T, length of the sentence) has the same number of rows, inputs are
  /// distinct, and no input occurs in two splits (control 1 of the protocol).
  ///
  /// Select, Tune and Verify are factorial in w × T × prefix: where the input names w and T, the same sentences
  /// serve every pair, and occur nowhere else; where it does not, the same surroundings serve every word.
  /// Training sentences are drawn for each cell, and shuffled. The other splits are sorted by length, then
  /// position, then word.
  ///
  /// - Parameters:
  ///   - rowsPerCell: The size of the cells.
  ///   - unseen: Pairs (w, T) to hold out: no target of Training has w at T. They are left out of Select, Tune and
  ///     Verify too; `Dataset.unseen` asks for them, of the sentences of Verify.
  /// - Throws: `TaskError.tooFewDistinctInputs` with the length that has too few sentences, `.invalidOption`.
  public func balanced(
    rowsPerCell: RowsPerCell = RowsPerCell(), unseen: [WordAtPosition] = [],
    using generator: inout some RandomNumberGenerator
  ) throws -> Dataset {
    try rowsPerCell.validate()
    guard scoring == .whole else {
      throw TaskError.invalidOption(
        name: "context", value: "drawn",
        expected: "fillers or copied in the balanced form, whose targets are fixed")
    }
    let known = Set(pairs)
    if let pair = unseen.first(where: { !known.contains($0) }) {
      throw TaskError.invalidOption(
        name: "unseen", value: "\(vocabulary.name(of: pair.word)) at position \(pair.position)",
        expected: "a word and a position that the task asks for")
    }
    var rows = BalancedRows(task: self, counts: rowsPerCell, unseen: unseen)
    var draws = Draws(seed: generator.next())
    for length in lengths {
      if namesWordAndPosition {
        try rows.addSharedSentences(length: length, using: &draws)
      } else {
        try rows.addSharedSurroundings(length: length, using: &draws)
      }
    }
    let splits = [rows.training, rows.select, rows.tune, rows.verify, rows.unseen]
    let inputSteps = splits.map { $0.reduce(0) { max($0, $1.input.count) } }.max()
    let targetSteps = splits.map { $0.reduce(0) { max($0, $1.target.count) } }.max()
    func pad(_ rows: [Row]) -> Rows { Rows(rows, inputSteps: inputSteps, targetSteps: targetSteps) }
    let order = rows.training.indices.shuffled(using: &draws)
    return Dataset(
      task: name, form: .balanced, vocabulary: vocabulary,
      training: pad(rows.training).rows(order), validation: pad(rows.tune),
      test: pad(rows.verify), select: pad(rows.select), unseen: pad(rows.unseen), scoring: scoring)
  }
}
