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

/// A word to be put at a position.
public struct WordAtPosition: Codable, Sendable, Hashable {
  public var word: Int32
  /// T, counted from 1.
  public var position: Int

  public init(word: Int32, position: Int) {
    self.word = word
    self.position = position
  }
}

/// How many rows each cell (w, T, length of the sentence) has in each split of a balanced dataset.
public struct RowsPerCell: Codable, Sendable, Hashable {
  public var training: Int
  public var select: Int
  public var tune: Int
  public var verify: Int

  public init(training: Int = 64, select: Int = 8, tune: Int = 8, verify: Int = 8) {
    self.training = training
    self.select = select
    self.tune = tune
    self.verify = verify
  }

  func validate() throws {
    let splits = [("training", training), ("select", select), ("tune", tune), ("verify", verify)]
    for (name, rows) in splits where rows < 1 {
      throw TaskError.invalidOption(name: name, value: "\(rows) rows in a cell", expected: "at least 1")
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

  /// The words and positions of the task, each pair once.
  public var pairs: [WordAtPosition] {
    let all = lengths.flatMap { Array(positions(length: $0)) }
    return Set(all).sorted().flatMap { position in
      askedWords.map { WordAtPosition(word: $0, position: position) }
    }
  }

  /// `count` pairs to hold out of training, spread so that words and positions take turns: with at most as many
  /// pairs as words, no word and hardly a position is missed more than once.
  ///
  /// Throws `TaskError.invalidOption` unless every word and position also remains in training.
  public func pairsToHoldOut(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) throws -> [WordAtPosition] {
    let positions = Set(pairs.map(\.position)).sorted().shuffled(using: &generator)
    let words = askedWords.shuffled(using: &generator)
    let most = (min(words.count, positions.count) - 1) * max(words.count, positions.count)
    guard (0...max(0, most)).contains(count) else {
      throw TaskError.invalidOption(
        name: "pairs to hold out", value: "\(count)",
        expected: "0 to \(max(0, most)), so that each word and position remains in training")
    }
    // Diagonals of the table of words and positions, one after the other: each has every row or column once.
    let longer = max(words.count, positions.count)
    return (0..<count).map { index in
      let (turn, diagonal) = (index % longer, index / longer)
      return words.count >= positions.count
        ? WordAtPosition(word: words[turn], position: positions[(turn + diagonal) % positions.count])
        : WordAtPosition(word: words[(turn + diagonal) % words.count], position: positions[turn])
    }
  }

  /// The task in balanced form: every cell (w, T, length of the sentence) has the same number of rows, inputs are
  /// distinct, and no input occurs in two splits (control 1 of REPLICATION.md).
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
    let inputSteps = splits.joined().map(\.input.count).max()
    let targetSteps = splits.joined().map(\.target.count).max()
    func pad(_ rows: [Row]) -> Rows { Rows(rows, inputSteps: inputSteps, targetSteps: targetSteps) }
    return Dataset(
      task: name, form: .balanced, vocabulary: vocabulary,
      training: pad(rows.training.shuffled(using: &draws)), validation: pad(rows.tune),
      test: pad(rows.verify), select: pad(rows.select), unseen: pad(rows.unseen), scoring: scoring)
  }
}

/// The rows of a balanced dataset while they are made.
private struct BalancedRows<Task: BalancedTask> {
  let task: Task
  let counts: RowsPerCell
  let heldOut: [WordAtPosition]
  let isHeldOut: Set<WordAtPosition>
  let drawer: SentenceDrawer
  var training: [Row] = []
  var select: [Row] = []
  var tune: [Row] = []
  var verify: [Row] = []
  var unseen: [Row] = []

  init(task: Task, counts: RowsPerCell, unseen: [WordAtPosition]) {
    self.task = task
    self.counts = counts
    heldOut = unseen
    isHeldOut = Set(unseen)
    drawer = SentenceDrawer(task.sentences)
  }

  private var evaluated: Int { counts.select + counts.tune + counts.verify }

  /// Whether a training row has nowhere a word at a position where training must not have it.
  private func isAllowed(_ row: Row) -> Bool {
    heldOut.allSatisfy { $0.position > row.target.count || row.target[$0.position - 1] != $0.word }
  }

  /// Adds the rows of one pair to Select, Tune and Verify, or to the unseen ones, from sentences for all of them.
  private mutating func addEvaluated(_ sentences: [[Int32]], _ pair: WordAtPosition) {
    let rows = sentences.map { task.row(sentence: $0, word: pair.word, position: pair.position) }
    let tuneEnd = counts.select + counts.tune
    if isHeldOut.contains(pair) {
      unseen += rows[tuneEnd...]
    } else {
      select += rows[..<counts.select]
      tune += rows[counts.select..<tuneEnd]
      verify += rows[tuneEnd...]
    }
  }

  mutating func addSharedSentences(length: Int, using draws: inout Draws) throws {
    var taken = Set<[Int32]>()
    let shared = try drawer.sentences(
      evaluated, length: length, reserved: counts.training, task: task.name, using: &draws
    ) { taken.insert($0).inserted }
    let reserved = taken
    for position in task.positions(length: length) {
      for word in task.askedWords {
        let pair = WordAtPosition(word: word, position: position)
        addEvaluated(shared, pair)
        if isHeldOut.contains(pair) { continue }
        taken = reserved
        var rows = [Row]()
        _ = try drawer.sentences(
          counts.training, length: length, reserved: evaluated, task: task.name, using: &draws
        ) {
          let row = task.row(sentence: $0, word: word, position: position)
          guard isAllowed(row), taken.insert($0).inserted else { return false }
          rows.append(row)
          return true
        }
        training += rows
      }
    }
  }

  mutating func addSharedSurroundings(length: Int, using draws: inout Draws) throws {
    var taken = Set<[Int32]>()
    for position in task.positions(length: length) {
      /// Whether the inputs are new that put each word into the sentence; if so, they are taken.
      func take(_ sentence: [Int32], _ words: [Int32], accept: (Row) -> Bool) -> Bool {
        let rows = words.map { task.row(sentence: sentence, word: $0, position: position) }
        guard rows.allSatisfy({ !taken.contains($0.input) && accept($0) }) else { return false }
        for row in rows { taken.insert(row.input) }
        return true
      }
      let words = task.askedWords
      let trained = words.filter { !isHeldOut.contains(WordAtPosition(word: $0, position: position)) }
      let shared = try drawer.sentences(evaluated, length: length, task: task.name, using: &draws) {
        take($0, words) { _ in true }
      }
      let seen = try drawer.sentences(
        trained.isEmpty ? 0 : counts.training, length: length, reserved: evaluated, task: task.name,
        using: &draws
      ) { take($0, trained, accept: isAllowed) }
      for word in words { addEvaluated(shared, WordAtPosition(word: word, position: position)) }
      for word in trained {
        training += seen.map { task.row(sentence: $0, word: word, position: position) }
      }
    }
  }
}
