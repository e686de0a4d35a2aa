/// The rows of a task, split for training, for choosing, and for the final measurement.
public struct Dataset: Codable, Sendable, Hashable {
  /// How the splits were made.
  public enum Form: String, Codable, Sendable, CaseIterable {
    /// As the authors made them, order and duplicates included; validation and test are copies of training.
    case published
    /// The same rows, split by distinct input: no validation or test input occurs in training.
    case heldOut
  }

  /// The name of the task, as the authors' code spells it.
  public let task: String
  public let form: Form
  public let vocabulary: Vocabulary
  public let training: Rows
  public let validation: Rows
  public let test: Rows

  public init(
    task: String, form: Form, vocabulary: Vocabulary, training: Rows, validation: Rows, test: Rows
  ) {
    self.task = task
    self.form = form
    self.vocabulary = vocabulary
    self.training = training
    self.validation = validation
    self.test = test
  }

  /// The lengths that the test rows cover. In the held-out form, shorter ones have too few distinct inputs to
  /// spare any, and are tested nowhere.
  public var heldOutLengths: [Int] {
    form == .heldOut ? Set(test.lengths).sorted() : []
  }

  /// A row as people read it: `SOS b a EOS → · a EOS`.
  public func render(_ row: Row) -> String {
    "\(vocabulary.render(row.input)) → \(vocabulary.render(row.target))"
  }
}
