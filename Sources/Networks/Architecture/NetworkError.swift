import Foundation

/// What can be wrong with what a user gives to a network.
public enum NetworkError: Error, Equatable, Sendable {
  /// A token that the model has no embedding for; `position` counts from 1.
  case tokenOutsideVocabulary(token: Int32, row: Int, position: Int, vocabularySize: Int)
  /// A split, or rows, with nothing in them.
  case emptyRows(String)
  /// Rows, counted from 0, whose targets are padding alone.
  case paddingAlone(name: String, rows: [Int])
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
  /// A parameter, state or tensor that holds NaN or infinity, at `index` counted from 0.
  case notFinite(name: String, index: Int, value: String)
  /// A file that can't be opened or read.
  case fileUnreadable(path: String, reason: String)
  /// A file of the right kind that is cut off or contradicts itself: how much of `what` there should be, and is.
  case fileDamaged(path: String, what: String, expected: Int, found: Int)
  /// A file of another kind.
  case fileForeign(path: String, reason: String)
  /// A file that could not be written; the one that was there before is untouched.
  case fileNotWritten(path: String, reason: String)
  /// A tensor that a model needs is not in the file.
  case tensorMissing(name: String, found: [String])
  /// A tensor that a model needs holds numbers of another type than floats of 32 bits, such as `F16`.
  case otherNumbers(name: String, found: String)
  /// A file without the description that says what its tensors are.
  case descriptionMissing(key: String)
  /// Another tool has no cell that computes the same.
  case layoutUnsupported(layout: String, cell: String)
  /// A training can't go on from a checkpoint that was made with something else.
  case checkpointOfOther(what: String, expected: String, found: String)
}

extension NetworkError: CustomStringConvertible, LocalizedError {
  public var errorDescription: String? { description }

  public var description: String {
    switch self {
    case .tokenOutsideVocabulary(let token, let row, let position, let vocabularySize):
      """
      token \(token) (row \(row), position \(position)) is outside the model's vocabulary of \(vocabularySize) tokens; \
      make the model with the vocabulary of this dataset
      """
    case .emptyRows(let what):
      "\(what) has no rows"
    case .paddingAlone(let name, let rows):
      """
      \(rows.count) of the targets of \(name) are padding alone, so that there is nothing to learn or to count: rows \
      \(rows.prefix(10).map(String.init).joined(separator: ", "))\(rows.count > 10 ? ", …" : ""), counted from 0; leave \
      them out, or end their targets with EOS
      """
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
    case .notFinite(let name, let index, let value):
      "\(name) holds \(value) at index \(index); every number must be finite"
    case .fileUnreadable(let path, let reason):
      "can't read \(path): \(reason)"
    case .fileDamaged(let path, let what, let expected, let found):
      "\(path) is damaged or cut off: \(expected) \(what) expected, \(found) found"
    case .fileForeign(let path, let reason):
      "\(path) is not a safetensors file: \(reason)"
    case .fileNotWritten(let path, let reason):
      "can't write \(path): \(reason); what was there before is untouched"
    case .tensorMissing(let name, let found):
      "no tensor is named \(name); there are \(found.joined(separator: ", "))"
    case .otherNumbers(let name, let found):
      "the tensor \(name) holds \(found) numbers, expected F32; convert it where the file is written"
    case .descriptionMissing(let key):
      "the file's metadata has no valid \(key); give the configuration of the model that it holds"
    case .layoutUnsupported(let layout, let cell):
      "the layout \(layout) has no cell that computes \(cell); choose another layout or train another cell"
    case .checkpointOfOther(let what, let expected, let found):
      "the checkpoint is of another \(what): \(found), expected \(expected); remove it to start anew"
    }
  }

  private func shape(_ sizes: [Int]) -> String {
    sizes.isEmpty ? "a number" : sizes.map(String.init).joined(separator: " × ")
  }
}
