import Foundation
import Tasks
import Testing

/// Small tasks of every kind that has a balanced form.
enum BalancedKind: String, CaseIterable {
  case lastToken, whole, positioning, positioningCopied, lengthControl, text

  static let lines = """
    the dog saw a cat
    a cat saw the dog
    the cat ran to the dog
    a dog ran to a cat
    the dog and a cat ran
    a cat and the dog ran
    dog ran and cat ran
    and cat saw the dog
    the cat saw a dog and
    """

  func task() throws -> any BalancedTask {
    switch self {
    case .lastToken: LastTokenAutoencoder(longest: 6, words: 4, shortest: 4)
    case .whole: try WholeAutoencoder(words: 4, lengths: 5...6)
    case .positioning: try TokenPositioning(words: 4, lengths: 3...5)
    case .positioningCopied: try TokenPositioning(words: 4, lengths: 3...5, context: .copied)
    case .lengthControl: try LengthControl(words: 4, lengths: 3...5)
    case .text: try TokenPositioning(text: TextCorpus(text: Self.lines), asking: 3, lengths: 5...6)
    }
  }

  /// As many rows as the smallest length has distinct inputs for.
  var rowsPerCell: RowsPerCell {
    self == .text
      ? RowsPerCell(training: 1, select: 1, tune: 1, verify: 1)
      : RowsPerCell(training: 8, select: 3, tune: 2, verify: 4)
  }
}

private func inputs(_ rows: Rows) -> Set<[Int32]> { Set((0..<rows.count).map { rows[$0].input }) }

private struct Key: Hashable {
  let word: Int32
  let position: Int
  let inputLength: Int
}

struct BalancedTests {
  /// Rows in each cell (w, T, length of the input).
  private func cells(_ rows: Rows) -> [Key: Int] {
    (0..<rows.count).map { rows[$0] }.reduce(into: [:]) {
      $0[Key(word: $1.word, position: $1.position, inputLength: $1.input.count), default: 0] += 1
    }
  }

  @Test(arguments: BalancedKind.allCases)
  func everyCellHasTheSameNumberOfRows(_ kind: BalancedKind) throws {
    let (task, sizes) = (try kind.task(), kind.rowsPerCell)
    var draws = Draws(seed: 1)
    let data = try task.balanced(rowsPerCell: sizes, using: &draws)
    let expected = task.lengths.reduce(0) { $0 + task.positions(length: $1).count } * task.askedWords.count
    for (rows, count) in [
      (data.training, sizes.training), (data.select, sizes.select), (data.tune, sizes.tune),
      (data.verify, sizes.verify),
    ] {
      let cells = cells(rows)
      #expect(cells.count == expected)
      #expect(cells.values.allSatisfy { $0 == count })
      #expect(rows.count == expected * count)
      #expect(rows.distinctInputs == rows.count)
    }
    #expect(data.form == .balanced && data.validation == data.tune && data.test == data.verify)
    #expect(data.unseen.isEmpty)
  }

  @Test(arguments: BalancedKind.allCases)
  func splitsShareNoInput(_ kind: BalancedKind) throws {
    var draws = Draws(seed: 1)
    let data = try kind.task().balanced(rowsPerCell: kind.rowsPerCell, using: &draws)
    let splits = [data.training, data.select, data.tune, data.verify].map(inputs)
    for first in 0..<4 {
      for second in first + 1..<4 { #expect(splits[first].isDisjoint(with: splits[second])) }
    }
  }

  @Test(arguments: BalancedKind.allCases)
  func theTargetHasTheWordAtItsPosition(_ kind: BalancedKind) throws {
    var draws = Draws(seed: 1)
    let task = try kind.task()
    let data = try task.balanced(rowsPerCell: kind.rowsPerCell, using: &draws)
    for (_, rows) in data.splits {
      for index in 0..<rows.count {
        let row = rows[index]
        #expect(row.target[row.position - 1] == row.word)
        #expect(row.target.last == Vocabulary.eos && row.target.count == row.length + 1)
        try data.vocabulary.check(row.input + row.target)
      }
    }
  }

  @Test(arguments: BalancedKind.allCases)
  func aSeedFixesTheRowsAndAnotherChangesThem(_ kind: BalancedKind) throws {
    func dataset(_ seed: UInt64) throws -> Dataset {
      var draws = Draws(seed: seed)
      return try kind.task().balanced(rowsPerCell: kind.rowsPerCell, using: &draws)
    }
    #expect(try dataset(1) == dataset(1))
    #expect(try dataset(1) != dataset(2))
  }

  @Test func rowsAreTheSameInEveryProcess() throws {
    // A digest of the rows, so that an order that hashing decides, which changes with each process, is seen.
    var draws = Draws(seed: 1)
    let data = try TokenPositioning(words: 4, lengths: 3...5).balanced(
      rowsPerCell: RowsPerCell(training: 8, select: 3, tune: 2, verify: 4), using: &draws)
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    for (_, rows) in data.splits {
      for token in rows.inputs.storage + rows.targets.storage {
        digest = (digest ^ UInt64(token)) &* 0x100_0000_01b3
      }
    }
    #expect(digest == 8_440_842_113_938_426_580)
  }

  @Test func oneSentenceServesEveryWordAndPosition() throws {
    var draws = Draws(seed: 1)
    let data = try TokenPositioning(words: 4, lengths: 3...5).balanced(
      rowsPerCell: RowsPerCell(training: 8, select: 3, tune: 2, verify: 4), using: &draws)
    func sentences(_ rows: Rows, _ length: Int) -> [[Int32]] {
      (0..<rows.count).map { Array(rows[$0].input.prefix(length)) }
    }
    for length in 3...5 {
      let rows = data.verify.filter { _, _, rowLength in rowLength == length }
      let counts = sentences(rows, length).reduce(into: [:]) { $0[$1, default: 0] += 1 }
      #expect(counts.count == 4 && counts.values.allSatisfy { $0 == 4 * length })
      let trained = sentences(data.training.filter { $2 == length }, length)
      #expect(Set(trained).isDisjoint(with: counts.keys))
    }
  }

  @Test func oneSurroundingServesEveryWord() throws {
    var draws = Draws(seed: 1)
    let data = try WholeAutoencoder(words: 4, lengths: 5...6).balanced(
      rowsPerCell: RowsPerCell(training: 8, select: 3, tune: 2, verify: 4), using: &draws)
    let surroundings = (0..<data.verify.count).map { index in
      var row = data.verify[index]
      row.input[row.position] = 0
      return [Int32(row.position)] + row.input
    }.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    #expect(surroundings.values.allSatisfy { $0 == 4 })
  }

  @Test func timePassedAndTimeLeftAreNotCollinear() throws {
    var draws = Draws(seed: 1)
    let data = try TokenPositioning(words: 8, lengths: 3...13).balanced(
      rowsPerCell: RowsPerCell(training: 2, select: 2, tune: 2, verify: 2), using: &draws)
    func correlation(_ pairs: [(Double, Double)]) -> Double {
      let count = Double(pairs.count)
      let x = pairs.reduce(0) { $0 + $1.0 } / count
      let y = pairs.reduce(0) { $0 + $1.1 } / count
      let xy = pairs.reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) }
      let xx = pairs.reduce(0) { $0 + ($1.0 - x) * ($1.0 - x) }
      let yy = pairs.reduce(0) { $0 + ($1.1 - y) * ($1.1 - y) }
      return xy / (xx * yy).squareRoot()
    }
    let rows = data.verify
    let steps = (0..<rows.count).flatMap { index in
      (0..<rows.positions[index]).map { (Double($0), Double(rows.positions[index] - $0)) }
    }
    #expect(abs(correlation(steps)) < 0.6)
    let lengths = (0..<rows.count).map { (Double(rows.positions[$0]), Double(rows.lengths[$0])) }
    #expect(abs(correlation(lengths)) < 0.6)
    let short = (0..<rows.count).count { rows.positions[$0] < rows.lengths[$0] }
    #expect(Double(short) > 0.8 * Double(rows.count) && short < rows.count)
  }

  @Test(arguments: [BalancedKind.whole, .positioning, .positioningCopied])
  func heldOutPairsAreNeverTrained(_ kind: BalancedKind) throws {
    var draws = Draws(seed: 3)
    let task = try kind.task()
    let pairs = try task.pairsToHoldOut(3, using: &draws)
    #expect(Set(pairs).count == 3 && Set(pairs.map(\.word)).count == 3)
    let data = try task.balanced(
      rowsPerCell: RowsPerCell(training: 5, select: 3, tune: 2, verify: 4), unseen: pairs, using: &draws)
    let asked = { (rows: Rows) in
      Set((0..<rows.count).map { WordAtPosition(word: rows.words[$0], position: rows.positions[$0]) })
    }
    #expect(asked(data.unseen) == Set(pairs))
    for rows in [data.training, data.select, data.tune, data.verify] {
      #expect(asked(rows) == Set(task.pairs).subtracting(pairs))
    }
    for index in 0..<data.training.count {
      let target = data.training[index].target
      for pair in pairs where pair.position <= target.count {
        #expect(target[pair.position - 1] != pair.word)
      }
    }
    let splits = [data.training, data.select, data.tune, data.verify]
    #expect(splits.allSatisfy { inputs($0).isDisjoint(with: inputs(data.unseen)) })
    #expect(data.unseen.distinctInputs == data.unseen.count)
  }

  @Test func pairsToHoldOutLeaveEveryWordAndPosition() throws {
    let task = try TokenPositioning(words: 4, lengths: 3...6)
    var draws = Draws(seed: 1)
    let pairs = try task.pairsToHoldOut(18, using: &draws)
    #expect(Set(pairs).count == 18)
    let kept = Set(task.pairs).subtracting(pairs)
    #expect(Set(kept.map(\.word)).count == 4 && Set(kept.map(\.position)).count == 6)
    #expect(
      throws: TaskError.invalidOption(
        name: "pairs to hold out", value: "19",
        expected: "0 to 18, so that each word and position remains in training")
    ) { try task.pairsToHoldOut(19, using: &draws) }
  }
}
