/// How to train units into roles.
///
/// Batches of all kinds are mixed from the start: of rows as they are, with one role exchanged, and with two that go together, word
/// and place or word and start, each from a partner of its own. One batch exchanges at one step t.
public struct InterchangeTrainingOptions: Codable, Sendable, Hashable {
  /// Rows in a batch.
  public var batchSize: Int
  /// The most updates.
  public var updates: Int
  /// Adam's step size at first.
  public var learningRate: Float
  /// The learning rate falls to this part of itself, in a straight line over all updates.
  public var finalRate: Float
  /// Fixes the batches and what is exchanged in them.
  public var seed: UInt64
  /// Training stops where every accuracy of `InterchangeEvaluation` is at least this on Tune; above 1 it never does.
  public var goal: Double
  /// Updates from one evaluation to the next.
  public var evaluateEvery: Int
  /// The share of batches in which something is exchanged.
  public var exchanged: Double
  /// Of these, the share that exchanges at t = 0, where the decoder starts from the encoder's last state; the others draw
  /// any t.
  public var atStart: Double
  /// The steps t at which units are exchanged; nil for all that some row can be exchanged at. What is written is exchanged at
  /// t + 1, where it is decided by what the others are at t.
  public var steps: ClosedRange<Int>?
  /// The share of updates, at the end, in which half of the exchanges come from an earlier step s < t of the partner: what
  /// moves the place is then the time left, since the place itself would land elsewhere. 1, from the start on, with a
  /// `finalRate` of 0.3, is learnt; a second phase under a falling learning rate is hardly.
  public var fromEarlierSteps: Double
  /// The share of the exchanges of one role in which one of its units, drawn anew, stays with its row. What the row should
  /// write is then drawn too, so that parts of a set are kept from doing what the whole does. It makes more units needed, not
  /// always all of them, and learning slower: `leavingEachOut` tells what came of it.
  public var leftOut: Double
  /// The probability that a batch is wholly teacher-forced; otherwise it is wholly fed its own choices.
  public var teacherForcing: Double

  /// By default batches of 128 and 20,000 updates at most; `validate()` looks at the numbers.
  public init(
    batchSize: Int = 128, updates: Int = 20_000, learningRate: Float = 0.003, finalRate: Float = 0.1,
    seed: UInt64 = 1, goal: Double = 0.98, evaluateEvery: Int = 250, exchanged: Double = 0.75,
    atStart: Double = 0.25, steps: ClosedRange<Int>? = nil, fromEarlierSteps: Double = 0,
    teacherForcing: Double = 1, leftOut: Double = 0
  ) {
    self.batchSize = batchSize
    self.updates = updates
    self.learningRate = learningRate
    self.finalRate = finalRate
    self.seed = seed
    self.goal = goal
    self.evaluateEvery = evaluateEvery
    self.exchanged = exchanged
    self.atStart = atStart
    self.steps = steps
    self.fromEarlierSteps = fromEarlierSteps
    self.teacherForcing = teacherForcing
    self.leftOut = leftOut
  }

  /// Throws `NetworkError.invalidOption` for the first option whose value makes no sense.
  public func validate() throws {
    func require(_ holds: Bool, _ name: String, _ value: Any, _ expected: String) throws {
      if !holds { throw NetworkError.invalidOption(name: name, value: "\(value)", expected: expected) }
    }
    for (name, count) in [
      ("batchSize", batchSize), ("updates", updates), ("evaluateEvery", evaluateEvery),
    ] {
      try require((1...1_000_000_000).contains(count), name, count, "1 to 1000000000")
    }
    try require(learningRate > 0 && learningRate.isFinite, "learningRate", learningRate, "above 0 and finite")
    try require(finalRate > 0 && finalRate <= 1, "finalRate", finalRate, "above 0 and at most 1")
    try require(goal >= 0 && goal.isFinite, "goal", goal, "a share, or a number above 1 for none")
    for (name, share) in [
      ("exchanged", exchanged), ("atStart", atStart), ("fromEarlierSteps", fromEarlierSteps),
      ("teacherForcing", teacherForcing), ("leftOut", leftOut),
    ] {
      try require((0...1).contains(share), name, share, "a share from 0 to 1")
    }
  }
}
