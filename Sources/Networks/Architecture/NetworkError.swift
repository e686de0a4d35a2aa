import Foundation

/// What can be wrong with what a user gives to a network.
public enum NetworkError: Error, Equatable, Sendable {
  /// A token that the model has no embedding for; `position` counts from 1.
  case tokenOutsideVocabulary(token: Int32, row: Int, position: Int, words: Int)
  /// A split, or rows, with nothing in them.
  case emptyRows(String)
  /// Fewer rows to train on than one batch takes.
  case batchLargerThanData(batchSize: Int, rows: Int)
  /// An option whose value makes no sense.
  case invalidOption(name: String, value: String, expected: String)
  /// The loss became infinite or undefined; the model keeps the parameters of `keptStep`.
  case lossNotFinite(step: Int, loss: Float, keptStep: Int)
  /// More steps of fixed tokens are asked for than were given, or for another number of rows.
  case tokensMissing(expected: [Int], found: [Int])
  /// No tensor has this name.
  case unknownParameter(name: String, known: [String])
  /// A tensor of another shape, or a buffer of another length.
  case wrongShape(name: String, expected: [Int], found: [Int])
}

extension NetworkError: CustomStringConvertible, LocalizedError {
  public var errorDescription: String? { description }

  public var description: String {
    switch self {
    case .tokenOutsideVocabulary(let token, let row, let position, let words):
      """
      token \(token) (row \(row), position \(position)) is outside the model's vocabulary of \(words) tokens; \
      make the model with the vocabulary of this dataset
      """
    case .emptyRows(let what):
      "\(what) has no rows"
    case .batchLargerThanData(let batchSize, let rows):
      "a batch of \(batchSize) rows can't be drawn from \(rows); choose a batch size of at most \(rows)"
    case .invalidOption(let name, let value, let expected):
      "\(name) is \(value), expected \(expected)"
    case .lossNotFinite(let step, let loss, let keptStep):
      """
      the loss became \(loss) at step \(step); training stopped, and the model keeps its parameters of step \
      \(keptStep). Try a smaller learning rate
      """
    case .tokensMissing(let expected, let found):
      "expected tokens for \(expected[0]) rows × \(expected[1]) steps, found \(found[0]) × \(found[1])"
    case .unknownParameter(let name, let known):
      "no parameter is named \(name); there are \(known.joined(separator: ", "))"
    case .wrongShape(let name, let expected, let found):
      "\(name) is \(shape(found)), expected \(shape(expected))"
    }
  }

  private func shape(_ sizes: [Int]) -> String { sizes.map(String.init).joined(separator: " × ") }
}
