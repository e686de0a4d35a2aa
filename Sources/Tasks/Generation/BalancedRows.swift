/// The rows of a balanced dataset while they are made.
struct BalancedRows<Task: BalancedTask> {
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
