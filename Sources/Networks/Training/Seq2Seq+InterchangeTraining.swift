import Foundation
import LinearAlgebra
import Tasks

/// How an interchange training went.
public struct InterchangeTrainingHistory: Codable, Sendable, Hashable {
  /// What was measured on Tune after some updates.
  public struct Checkpoint: Codable, Sendable, Hashable {
    /// Updates made.
    public let update: Int
    /// The most updates that there would be.
    public let updates: Int
    /// The mean cross-entropy of the updates since the last one, in nats a token.
    public let loss: Double
    /// How often exchanges do what the roles say, on Tune.
    public let evaluation: InterchangeEvaluation
    /// Seconds since training began.
    public let elapsed: Double
  }

  /// In their order, one every `evaluateEvery` updates.
  public internal(set) var checkpoints: [Checkpoint] = []
  /// Whether the goal was reached, and training stopped for it.
  public internal(set) var reachedGoal = false

  /// Seconds that training took, evaluations included.
  public var seconds: Double { checkpoints.last?.elapsed ?? 0 }
}

extension Seq2Seq {
  /// Trains on `data.training` so that given units have given roles: interchange intervention training (Geiger et al. 2022,
  /// arXiv 2112.00826; as a source of models whose mechanism is known, Gupta et al. 2024, arXiv 2407.14494).
  ///
  /// In a batch the units of a role are exchanged between rows at a step t, and the targets with them: where the word's
  /// units come from a row that asks for (w′, T′), the row must write w′ at its own T; where the place's units do, its own
  /// w at T′; where the start's do, its own w at t + 1 if T′ = t + 1, and not then otherwise; where the token's do, what that row
  /// writes at t. The gradient flows through both rows. Other units may come to hold word or place too; the exchange asks only
  /// that nothing reads them for these. A large set may be used in part: whether every unit of it is needed is seen by leaving
  /// each out.
  ///
  ///     let data = try TokenPositioning(words: 8).balanced(seed: 1)
  ///     var model = Seq2Seq(Configuration(units: 32, vocabulary: data.vocabulary), seed: 1)
  ///     let roles = [
  ///       InterchangeRole(units: Array(0..<8), moves: .word), InterchangeRole(units: Array(8..<16), moves: .place),
  ///     ]
  ///     try model.train(on: data, withRoles: roles)
  ///     try model.interchangeEvaluation(of: roles, on: data.verify).lowest
  ///
  /// The same data, roles, options and first parameters give the same bits again.
  ///
  /// - Parameter onProgress: Sees what is measured on Tune every `options.evaluateEvery` updates, and at the end.
  /// - Throws: `NetworkError`: `.emptyRows`, `.tokenOutsideVocabulary`; `.invalidOption` for options without sense, units that
  ///   the model has not or that have two roles, steps after the last word, more than one layer in the decoder, and tasks whose
  ///   targets are not one filler around the word; `.lossNotFinite`, after which the model is as it was last evaluated.
  @discardableResult
  public mutating func train(
    on data: Dataset, withRoles roles: [InterchangeRole],
    _ options: InterchangeTrainingOptions = InterchangeTrainingOptions(),
    onProgress: (InterchangeTrainingHistory.Checkpoint) throws -> Void = { _ in }
  ) throws -> InterchangeTrainingHistory {
    try options.validate()
    try check(roles)
    for (name, rows) in [("training", data.training), ("validation", data.validation)] {
      if rows.isEmpty { throw NetworkError.emptyRows("the \(name) split of \(data.task)") }
      try check(rows.inputs)
      try check(rows.targets)
    }
    let training = try CounterfactualRows(data.training, of: "the training targets of \(data.task)")
    let tune = try CounterfactualRows(data.validation, of: "the validation targets of \(data.task)")
    let steps = try training.steps(options.steps)
    let evaluator = InterchangeEvaluator(
      Network(configuration), tune, roles, steps: try tune.steps(steps), delay: 0, pairs: 200,
      seed: options.seed)
    var trainer = InterchangeTrainer(
      self, InterchangeSampler(training, roles, options, steps: steps), evaluator, options)
    defer { parameters = trainer.keptParameters }
    return try trainer.run(onProgress)
  }
}

/// One interchange training: its memory, its draws and its record.
private struct InterchangeTrainer {
  let options: InterchangeTrainingOptions
  private(set) var keptParameters: [Float]
  private var keptUpdate = 0
  private var sampler: InterchangeSampler
  private let evaluator: InterchangeEvaluator
  private let pass: GradientPass
  private let parameters: Scratch<Float>
  private var adam: Adam

  init(
    _ model: Seq2Seq, _ sampler: InterchangeSampler, _ evaluator: InterchangeEvaluator,
    _ options: InterchangeTrainingOptions
  ) {
    let (network, rows) = (evaluator.network, sampler.rows.rows)
    (self.options, self.sampler, self.evaluator) = (options, sampler, evaluator)
    keptParameters = model.parameters
    parameters = network.pack(model.parameters)
    pass = GradientPass(
      network, rows: options.batchSize, encoderSteps: rows.inputs.steps, decoderSteps: rows.targets.steps,
      inOneShard: true)
    adam = Adam(
      count: parameters.count, learningRate: options.learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-7)
  }

  mutating func run(
    _ onProgress: (InterchangeTrainingHistory.Checkpoint) throws -> Void
  ) throws -> InterchangeTrainingHistory {
    let clock = ContinuousClock()
    let start = clock.now
    var history = InterchangeTrainingHistory()
    var (sum, count) = (0.0, 0)
    for update in 0..<options.updates {
      sum += try step(update)
      count += 1
      if (update + 1) % options.evaluateEvery != 0 && update + 1 < options.updates { continue }
      keptParameters = pass.network.unpack(parameters.base)
      keptUpdate = update + 1
      let checkpoint = InterchangeTrainingHistory.Checkpoint(
        update: keptUpdate, updates: options.updates, loss: sum / Double(count),
        evaluation: try evaluator.evaluate(parameters.base), elapsed: (clock.now - start) / .seconds(1))
      (sum, count) = (0, 0)
      history.checkpoints.append(checkpoint)
      history.reachedGoal = checkpoint.evaluation.lowest >= options.goal
      try onProgress(checkpoint)
      if history.reachedGoal { break }
    }
    return history
  }

  /// The mean cross-entropy of one batch, before its update.
  private mutating func step(_ update: Int) throws -> Double {
    let draw = sampler.next(update)
    pass.load(
      inputs: draw.inputs, targets: draw.targets, count: options.batchSize, exchanging: draw.exchanges
    ) { $0 }
    let sum = pass.run(parameters.base, teacherForced: draw.teacherForced)
    let loss = pass.perplexity(sum)
    guard loss.isFinite else {
      throw NetworkError.lossNotFinite(step: update + 1, loss: loss, keptStep: keptUpdate)
    }
    let share = Float(update) / Float(options.updates)
    adam.learningRate = options.learningRate * (1 - share * (1 - options.finalRate))
    adam.update(
      parameters.base, gradients: pass.gradients.base, scale: pass.scale(sum, .crossEntropy))
    return Foundation.log(Double(loss))
  }
}
