import Networks

extension KnownRoles {
  /// How interchange training gives units their roles.
  public struct TrainingOptions: Codable, Sendable, Hashable {
    /// Rows in a batch.
    public var batchSize: Int
    /// The most updates until the given units have their roles.
    public var updates: Int
    /// The least accuracy on Tune, of the token and of each exchange at each step, at which training stops.
    public var goal: Double
    /// Whether half of the exchanges come from an earlier step of the partner, so that what moves the place is the time left.
    public var isFromEarlierSteps: Bool
    /// Whether the model is trained on with `leftOut`, then units that are not needed are dropped from the roles and it is
    /// trained on with the others, until every unit is needed.
    public var isTight: Bool
    /// The most times that units are dropped.
    public var rounds: Int
    /// The most updates before and after each.
    public var roundUpdates: Int
    /// In a tight model, the share of exchanges that leave out one unit: `InterchangeTrainingOptions.leftOut`.
    public var leftOut: Double

    /// A loose model, exchanged within one step, unless said otherwise.
    public init(
      batchSize: Int = 64, updates: Int = 16_000, goal: Double = 0.98, isFromEarlierSteps: Bool = false,
      isTight: Bool = false, rounds: Int = 8, roundUpdates: Int = 8_000, leftOut: Double = 0.3
    ) {
      self.batchSize = batchSize
      self.updates = updates
      self.goal = goal
      self.isFromEarlierSteps = isFromEarlierSteps
      self.isTight = isTight
      self.rounds = rounds
      self.roundUpdates = roundUpdates
      self.leftOut = leftOut
    }
  }

  /// What interchange training made of the given units, measured on Verify.
  public struct Training: Codable, Sendable, Equatable {
    /// What was asked for.
    public let options: TrainingOptions
    /// The units that had the roles at first; those of `KnownRoles.roles` are left of them.
    public let given: [Role: [Int]]
    /// Updates in all.
    public let updates: Int
    /// How often units were dropped.
    public let rounds: Int
    /// Of the roles, at each step.
    public let evaluation: InterchangeEvaluation
    /// The same with partners of the step before, where the place must be that of the time left; nil unless trained so.
    public let fromStepBefore: InterchangeEvaluation?
    /// What is left of each role without one of its units.
    public let withoutUnit: [LeftOutUnit]

    /// The units without which the rest of their role's does what all do in less than `bound` of the pairs.
    public var needed: [Int] { withoutUnit.filter { $0.accuracy.share < Self.bound }.map(\.unit).sorted() }
    /// Whether every unit is needed, over all steps together: then overlap with the roles is a score. At a single step a part
    /// of a set may still do, where a unit matters only at others or close to T; of six models, a search at t = 1 and 3 found the
    /// sets exactly in 18 of 24 cases, and a part of them in the others. In a loose model parts do as well at all steps.
    public var isTight: Bool { needed.count == withoutUnit.count }

    /// Below this share, a set does not do what it should.
    public static let bound = 0.9
  }
}

/// Why a model has not become what it was trained to be.
public enum TrainedRolesError: Error, Equatable, Sendable {
  /// An accuracy on Verify is too low after all updates.
  case notLearnt(what: String, share: Double, needed: Double, updates: Int)
  /// Some units of the roles are not needed after all rounds.
  case notTight(unneeded: [Int], rounds: Int)
}

extension TrainedRolesError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notLearnt(let what, let share, let needed, let updates):
      """
      \(what) is right in \(share) of the pairs after \(updates) updates, at least \(needed) is needed; allow more updates, or \
      take another seed or larger sets
      """
    case .notTight(let unneeded, let rounds):
      """
      without one of the units \(unneeded.map(String.init).joined(separator: ", ")) its role is as good after \(rounds) rounds; \
      allow more rounds, or take another seed or smaller sets
      """
    }
  }
}
