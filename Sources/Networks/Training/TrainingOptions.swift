import Tasks

/// How to train; by default as the authors did.
public struct TrainingOptions: Codable, Sendable, Hashable {
  /// What is minimised. The loss that is *reported* is exp(mean cross-entropy) for both.
  public enum Objective: String, Codable, Sendable, CaseIterable {
    /// exp(mean cross-entropy over the target tokens of a batch), as published.
    case perplexity
    /// The mean cross-entropy itself.
    case crossEntropy
  }

  /// Which rows make a batch.
  public enum Batching: String, Codable, Sendable, CaseIterable {
    /// Rows i × batchSize ..< (i + 1) × batchSize for a random i, as published: rows stay in their order.
    case contiguousBlocks
    /// Any rows, drawn without replacement until all have been seen.
    case shuffled
  }

  /// Rows in a batch.
  public var batchSize: Int
  /// The most epochs to train for.
  public var epochs: Int
  /// Batches in an epoch; nil for as many as the training rows fill.
  public var stepsPerEpoch: Int?
  /// Training stops after an epoch that ends with at least this share of validation rows wholly right.
  public var goal: Double
  /// Fixes the batches and the coin.
  public var seed: UInt64
  /// What is minimised.
  public var objective: Objective
  /// Which rows make a batch.
  public var batching: Batching
  /// The probability that a batch is wholly teacher-forced; otherwise it is wholly fed its own choices.
  public var teacherForcing: Double
  /// Adam's step size.
  public var learningRate: Float
  /// How much of the mean of the gradients Adam keeps at each step (Kingma & Ba 2015, algorithm 1).
  public var beta1: Float
  /// How much of the mean of their squares it keeps.
  public var beta2: Float
  /// What Adam adds to the root of that mean: 1e-7, as Keras does; PyTorch's default is 1e-8.
  public var epsilon: Float
  /// The longest that the gradient of the objective may be, as a Euclidean norm over all parameters; a longer one is
  /// scaled down to it (Pascanu, Mikolov & Bengio 2013). nil for no limit.
  public var gradientNorm: Float?
  /// Training stops when validation has not got better for this many epochs; nil to train for all of them.
  public var patience: Int?
  /// Steps from one report of progress to the next within an epoch; nil to report only when epochs end.
  public var reportEvery: Int?

  /// The authors' numbers, unless said otherwise; `validate()` looks at them.
  public init(
    batchSize: Int = 64, epochs: Int = 100, stepsPerEpoch: Int? = nil, goal: Double = 1, seed: UInt64 = 1,
    objective: Objective = .perplexity, batching: Batching = .contiguousBlocks,
    teacherForcing: Double = 0.5, learningRate: Float = 0.001, beta1: Float = 0.9, beta2: Float = 0.999,
    epsilon: Float = 1e-7, reportEvery: Int? = nil, gradientNorm: Float? = nil, patience: Int? = nil
  ) {
    self.batchSize = batchSize
    self.epochs = epochs
    self.stepsPerEpoch = stepsPerEpoch
    self.goal = goal
    self.seed = seed
    self.objective = objective
    self.batching = batching
    self.teacherForcing = teacherForcing
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.reportEvery = reportEvery
    self.gradientNorm = gradientNorm
    self.patience = patience
  }

  /// Batches in an epoch over these rows.
  func stepsPerEpoch(of rows: Rows) -> Int { stepsPerEpoch ?? rows.count / batchSize }

  /// Throws `NetworkError.invalidOption` for the first option whose value makes no sense.
  public func validate() throws {
    func require(_ holds: Bool, _ name: String, _ value: Any, _ expected: String) throws {
      if !holds { throw NetworkError.invalidOption(name: name, value: "\(value)", expected: expected) }
    }
    func requireCount(_ value: Int?, _ name: String) throws {
      try require((value ?? 1) >= 1, name, value ?? 1, "at least 1")
      try require((value ?? 1) <= Self.most, name, value ?? 1, "at most \(Self.most)")
    }
    func requireSize(_ value: Float?, _ name: String) throws {
      let value = value ?? 1
      try require(
        value > 0 && value.isFinite, name, value, value == .infinity ? "a finite number" : "above 0")
    }
    try requireCount(batchSize, "batchSize")
    try requireCount(epochs, "epochs")
    try requireCount(stepsPerEpoch, "stepsPerEpoch")
    try requireCount(reportEvery, "reportEvery")
    try requireCount(patience, "patience")
    // Above 1 it is never reached, which is what a training to its last epoch asks for.
    try require(goal >= 0 && goal.isFinite, "goal", goal, "a share, or a number above 1 for none")
    try requireSize(gradientNorm, "gradientNorm")
    try require((0...1).contains(teacherForcing), "teacherForcing", teacherForcing, "a probability")
    try requireSize(learningRate, "learningRate")
    try require((0..<1).contains(beta1), "beta1", beta1, "at least 0 and below 1")
    try require((0..<1).contains(beta2), "beta2", beta2, "at least 0 and below 1")
    try requireSize(epsilon, "epsilon")
  }

  /// The most that may be counted of anything: the products of two such numbers are numbers too.
  private static let most = 1_000_000_000
}
