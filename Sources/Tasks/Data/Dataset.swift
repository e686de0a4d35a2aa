/// The rows of a task, split for training, for choosing, and for the final measurement.
///
/// There are four splits, each with one purpose:
///
/// | split | what is done with it |
/// |---|---|
/// | `training` | parameters are learnt |
/// | `select` | units are picked, probes fitted, scores computed |
/// | `tune`, which training calls `validation` | anything is chosen: when to stop, how many units, which penalty |
/// | `verify`, which evaluation calls `test` | results are measured, and nothing is chosen |
///
/// In the balanced form they are disjoint by input. `unseen` has rows that ask for pairs (w, T) that training never
/// asked for; it is empty unless pairs were held out.
public struct Dataset: Codable, Sendable, Hashable {
  /// How the splits were made.
  public enum Form: String, Codable, Sendable, CaseIterable {
    /// As the authors made them, order and duplicates included. In the toy tasks, validation and test are copies
    /// of training.
    case published
    /// The same rows, split by distinct input: no validation or test input occurs in training; Select is Tune.
    case heldOut
    /// Factorial in w × T × prefix, deduplicated, all splits disjoint by input.
    case balanced
  }

  /// Which accuracy says whether the task is solved.
  public enum Scoring: String, Codable, Sendable, CaseIterable {
    /// The input decides every token of the target: whole-sequence accuracy is meaningful.
    case whole
    /// The input decides only w at T, the other words are draws: judge the token at its position.
    case token
  }

  /// The name of the task, as the authors' code spells it.
  public let task: String
  /// Published, held out or balanced.
  public let form: Form
  /// Whether whole sequences or the token at its position are judged.
  public let scoring: Scoring
  /// The words of the tokens, PAD, SOS and EOS among them.
  public let vocabulary: Vocabulary
  /// What parameters are learnt from.
  public let training: Rows
  /// What units are picked, probes fitted and scores computed on.
  public let select: Rows
  /// What anything else is chosen on: `validation`, to training.
  public let tune: Rows
  /// What results are measured on, and nothing is chosen: `test`, to evaluation.
  public let verify: Rows
  /// Rows whose pair (w, T) was held out of training.
  public let unseen: Rows

  /// A dataset; Select is Validation unless given.
  public init(
    task: String, form: Form, vocabulary: Vocabulary, training: Rows, validation: Rows, test: Rows,
    select: Rows? = nil, unseen: Rows? = nil, scoring: Scoring = .whole
  ) {
    self.task = task
    self.form = form
    self.scoring = scoring
    self.vocabulary = vocabulary
    self.training = training
    self.select = select ?? validation
    tune = validation
    verify = test
    self.unseen = unseen ?? training.rows(0..<0)
  }

  /// The rows by which training stops: Tune.
  public var validation: Rows { tune }
  /// The rows on which results are measured: Verify.
  public var test: Rows { verify }

  /// The lengths that the test rows cover and training rows do not share inputs with. In the held-out form, shorter
  /// ones have too few distinct inputs to spare any, and are tested nowhere; the published form has none.
  public var heldOutLengths: [Int] {
    form == .published ? [] : Set(test.lengths).sorted()
  }

  /// A row as people read it: `SOS b a EOS → · a EOS`.
  public func render(_ row: Row) -> String {
    "\(vocabulary.render(row.input)) → \(vocabulary.render(row.target))"
  }

  /// Some rows as people read them, one a line.
  public func render(_ rows: Rows, limit: Int = 10) -> String {
    (0..<min(max(0, limit), rows.count)).map { render(rows[$0]) }.joined(separator: "\n")
  }
}
