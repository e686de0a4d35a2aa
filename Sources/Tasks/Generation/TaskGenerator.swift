/// A task: a vocabulary, and a way to draw its rows. A kind of task is a file that conforms to this.
///
/// Networks adds `published(seed:)`, `heldOut(seed:)` and, for a `BalancedTask`, `balanced(seed:)`, which draw from the
/// package's seeded generator.
public protocol TaskGenerator: Codable, Sendable, Hashable {
  /// The name of the task, as the authors' code spells it.
  var name: String { get }
  /// The tokens of inputs and targets, PAD, SOS and EOS first.
  var vocabulary: Vocabulary { get }
  /// Whether the input decides every token of the target, which is so unless the task says otherwise.
  var scoring: Dataset.Scoring { get }

  /// All rows, in the authors' order, duplicates included.
  func rows(using generator: inout some RandomNumberGenerator) -> [Row]

  /// The task as the authors trained and tested on it; by default, validation and test are copies of training.
  func published(using generator: inout some RandomNumberGenerator) -> Dataset
}

extension TaskGenerator {
  public var scoring: Dataset.Scoring { .whole }

  public func published(using generator: inout some RandomNumberGenerator) -> Dataset {
    let rows = Rows(rows(using: &generator))
    return Dataset(
      task: name, form: .published, vocabulary: vocabulary, training: rows, validation: rows, test: rows,
      scoring: scoring)
  }

  /// The same rows, with a tenth of each cell's distinct inputs kept for validation and another for the test.
  ///
  /// A cell is all rows of one (word, position, length). One with fewer than `minimum` distinct inputs stays
  /// wholly in training, since nothing could be learnt about it otherwise. All copies of an input go to the same
  /// split, and Select is Validation. Training rows are shuffled; validation and test rows keep the authors' order.
  public func heldOut(
    minimum: Int = 16, using generator: inout some RandomNumberGenerator
  ) -> Dataset {
    let all = rows(using: &generator)
    var cells = [Cell: [[Int32]]]()
    var order = [Cell]()
    var seen = Set<[Int32]>()
    for row in all where seen.insert(row.input).inserted {
      let cell = Cell(word: row.word, position: row.position, length: row.length)
      if cells[cell] == nil { order.append(cell) }
      cells[cell, default: []].append(row.input)
    }
    var (validation, test) = (Set<[Int32]>(), Set<[Int32]>())
    for cell in order {
      guard let inputs = cells[cell], inputs.count >= max(minimum, 3) else { continue }
      let share = max(1, inputs.count / 10)
      let drawn = inputs.shuffled(using: &generator)
      validation.formUnion(drawn[0..<share])
      test.formUnion(drawn[share..<2 * share])
    }
    let training = all.filter { !validation.contains($0.input) && !test.contains($0.input) }
    let (inputSteps, targetSteps) = (all.map(\.input.count).max(), all.map(\.target.count).max())
    func pad(_ rows: [Row]) -> Rows { Rows(rows, inputSteps: inputSteps, targetSteps: targetSteps) }
    return Dataset(
      task: name, form: .heldOut, vocabulary: vocabulary,
      training: pad(training.shuffled(using: &generator)),
      validation: pad(all.filter { validation.contains($0.input) }),
      test: pad(all.filter { test.contains($0.input) }), scoring: scoring)
  }
}

private struct Cell: Hashable {
  let word: Int32
  let position: Int
  let length: Int
}
