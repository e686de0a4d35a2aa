/// How a training went, step by step and epoch by epoch.
public struct TrainingHistory: Codable, Sendable, Hashable {
  /// One batch.
  public struct Step: Codable, Sendable, Hashable {
    /// exp(mean cross-entropy) over the target tokens of the batch, before its update.
    public let loss: Float
    /// Whether the decoder was fed the targets rather than its own choices.
    public let teacherForced: Bool
  }

  /// What was measured when an epoch ended.
  public struct Epoch: Codable, Sendable, Hashable {
    /// Counted from 1.
    public let epoch: Int
    /// Steps from the start of training.
    public let step: Int
    /// The mean of its steps' losses.
    public let loss: Float
    /// Share of validation rows decoded wholly right.
    public let whole: Double
    /// Share of validation tokens decoded right.
    public let each: Double
    /// Seconds since training began.
    public let elapsed: Double
  }

  /// One for each update, in their order.
  public internal(set) var steps: [Step] = []
  /// One for each epoch that ended.
  public internal(set) var epochs: [Epoch] = []
  /// Whether the goal was reached, and training stopped for it.
  public internal(set) var reachedGoal = false
  /// Whether training stopped because validation got no better for as many epochs as `patience` allows.
  public internal(set) var ranOutOfPatience: Bool?
  /// Seconds that training took, validation included.
  public internal(set) var seconds = 0.0
}

/// What training tells while it goes on.
public struct TrainingProgress: Sendable, Hashable {
  /// The epoch at work or just ended, counted from 1.
  public let epoch: Int
  /// The most epochs there will be.
  public let epochs: Int
  /// Steps made so far, in all epochs.
  public let step: Int
  /// The most steps there will be.
  public let steps: Int
  /// The mean loss of the epoch so far.
  public let loss: Float
  /// Share of validation rows decoded wholly right; nil within an epoch.
  public let accuracy: Double?
  /// Seconds since training began.
  public let elapsed: Double
  /// Seconds until the last epoch would end, at the pace so far: less if the goal is reached before.
  public let remaining: Double
}
