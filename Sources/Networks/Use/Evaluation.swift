import LinearAlgebra
import Tasks

/// How many of a number of trials came out right.
public struct Accuracy: Codable, Sendable, Hashable {
  /// How many came out right.
  public var correct: Int
  /// How many there were.
  public var count: Int

  /// Counts that were made elsewhere; without arguments, of no trial.
  public init(correct: Int = 0, count: Int = 0) {
    self.correct = correct
    self.count = count
  }

  /// correct / count; undefined (NaN) when nothing was counted.
  public var share: Double { count == 0 ? .nan : Double(correct) / Double(count) }

  mutating func add(_ right: Bool) {
    count += 1
    if right { correct += 1 }
  }
}

/// How well a model decodes rows greedily, from its own choices.
public struct Evaluation: Codable, Sendable, Hashable {
  /// The rows that ask for one word at one position of one length.
  public struct Cell: Codable, Sendable, Hashable {
    /// w, as a token.
    public let word: Int32
    /// T, counted from 1.
    public let position: Int
    /// How many tokens the target has before EOS.
    public let length: Int
    /// Rows of this cell whose tokens are all right, EOS included.
    public var whole = Accuracy()
    /// Rows with w at T, whatever the rest.
    public var token = Accuracy()
  }

  /// Rows whose tokens are all right, EOS included.
  public internal(set) var whole = Accuracy()
  /// Tokens that are right, EOS included and PAD not.
  public internal(set) var each = Accuracy()
  /// Rows whose last token before EOS is right.
  public internal(set) var last = Accuracy()
  /// Rows with the word they ask for at the position they ask for.
  public internal(set) var token = Accuracy()
  /// Tokens at each position: index 0 is position 1.
  public internal(set) var byPosition: [Accuracy] = []
  /// Rows by what they ask for, sorted by word, position and length.
  public internal(set) var byCell: [Cell] = []

  /// The rows that ask for this word at this position, of any length.
  public func cell(word: Int32, position: Int) -> Cell? {
    byCell.filter { $0.word == word && $0.position == position }.reduce(nil) { (sum: Cell?, cell) in
      guard var sum else { return cell }
      sum.whole = Accuracy(
        correct: sum.whole.correct + cell.whole.correct, count: sum.whole.count + cell.whole.count)
      sum.token = Accuracy(
        correct: sum.token.correct + cell.token.correct, count: sum.token.count + cell.token.count)
      return sum
    }
  }
}

extension Seq2Seq {
  /// Decodes every row greedily and counts what is right.
  ///
  /// Throws `NetworkError.emptyRows`, `.tokenOutsideVocabulary` and `.paddingAlone`.
  public func evaluate(_ rows: Rows) throws -> Evaluation {
    if rows.isEmpty { throw NetworkError.emptyRows("what should be evaluated") }
    try check(rows.inputs)
    try check(rows.targets)
    try checkTargets(of: rows, "what should be evaluated")
    let evaluator = Evaluator(Network(configuration), rows: rows)
    return try withParameters(of: evaluator.network) { try evaluator.evaluate(rows, $0) }
  }
}

/// Decodes rows in batches and compares them with their targets.
final class Evaluator {
  var network: Network { pass.network }
  private let pass: ForwardPass

  init(_ network: Network, rows: Rows) {
    let capacity = min(rows.count, 512)
    pass = ForwardPass(
      network, rows: capacity, encoderSteps: rows.inputs.steps, decoderSteps: rows.targets.steps)
  }

  func evaluate(_ rows: Rows, _ parameters: UnsafeMutablePointer<Float>) throws -> Evaluation {
    var evaluation = Evaluation()
    var cells = [[Int]: Evaluation.Cell]()
    let steps = rows.targets.steps
    evaluation.byPosition = [Accuracy](repeating: Accuracy(), count: steps)
    pass.prepare(parameters)
    let batch = pass.batch
    for first in stride(from: 0, to: rows.count, by: batch.capacity) {
      let count = min(batch.capacity, rows.count - first)
      batch.load(inputs: rows.inputs, targets: rows.targets, count: count, trimming: true) { first + $0 }
      try pass.encode(parameters)
      try pass.decode(parameters, steps: batch.decoderSteps, choosing: true)
      for i in 0..<count {
        let row = first + i
        var (whole, last, token) = (true, false, false)
        for step in 0..<batch.decoderSteps {
          let target = batch.targets[step * count + i]
          if target == Vocabulary.pad { continue }
          let right = batch.fed[(step + 1) * count + i] == target
          evaluation.each.add(right)
          evaluation.byPosition[step].add(right)
          whole = whole && right
          if target != Vocabulary.eos { last = right }
          if step + 1 == rows.positions[row] { token = right }
        }
        evaluation.whole.add(whole)
        evaluation.last.add(last)
        evaluation.token.add(token)
        let key = [Int(rows.words[row]), rows.positions[row], rows.lengths[row]]
        cells[
          key, default: Evaluation.Cell(word: rows.words[row], position: key[1], length: key[2])
        ].whole.add(whole)
        cells[key]?.token.add(token)
      }
    }
    evaluation.byCell = cells.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    return evaluation
  }
}
