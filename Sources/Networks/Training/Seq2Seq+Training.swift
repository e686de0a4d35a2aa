import Foundation
import LinearAlgebra
import Tasks

extension Seq2Seq {
  /// Trains on `data.training` until `data.validation` is decoded as well as the goal asks, or epochs run out.
  ///
  /// The same data, options and first parameters give the same bits again. Progress is reported after each epoch,
  /// and within one as `options.reportEvery` says.
  ///
  /// Throws `NetworkError`: `.emptyRows`, `.batchLargerThanData`, `.invalidOption`, `.tokenOutsideVocabulary`
  /// before anything is trained; `.lossNotFinite` with the step, after which the model has the parameters that it
  /// had when the last good epoch ended.
  @discardableResult
  public mutating func train(
    on data: Dataset, _ options: TrainingOptions = TrainingOptions(),
    onProgress: (TrainingProgress) throws -> Void = { _ in }
  ) throws -> TrainingHistory {
    try options.validate()
    if data.training.isEmpty { throw NetworkError.emptyRows("the training split of \(data.task)") }
    if data.validation.isEmpty { throw NetworkError.emptyRows("the validation split of \(data.task)") }
    guard options.batchSize <= data.training.count else {
      throw NetworkError.batchLargerThanData(batchSize: options.batchSize, rows: data.training.count)
    }
    for rows in [data.training, data.validation] {
      try check(rows.inputs)
      try check(rows.targets)
    }
    var trainer = Trainer(self, data: data, options: options)
    defer { parameters = trainer.keptParameters }
    return try trainer.run(onProgress)
  }
}

/// One training run: its memory, its random draws, and its record.
private struct Trainer {
  let data: Dataset
  let options: TrainingOptions
  let stepsPerEpoch: Int
  let pass: GradientPass
  let evaluator: Evaluator
  let parameters: Scratch<Float>
  /// The parameters as the last epoch left them; at first, as they were given.
  private(set) var keptParameters: [Float]
  private var keptStep = 0
  private var adam: Adam
  private var sampler: BatchSampler
  private var coin: SeededGenerator
  private var history = TrainingHistory()

  init(_ model: Seq2Seq, data: Dataset, options: TrainingOptions) {
    self.data = data
    self.options = options
    let (rows, network) = (data.training, Network(model.configuration))
    stepsPerEpoch = options.stepsPerEpoch ?? rows.count / options.batchSize
    pass = GradientPass(
      network, rows: options.batchSize, encoderSteps: rows.inputs.steps, decoderSteps: rows.targets.steps)
    evaluator = Evaluator(network, rows: data.validation)
    keptParameters = model.parameters
    parameters = network.pack(model.parameters)
    adam = Adam(
      count: parameters.count, learningRate: options.learningRate, beta1: options.beta1,
      beta2: options.beta2, epsilon: options.epsilon)
    sampler = BatchSampler(rows: rows.count, options: options)
    coin = SeededGenerator(seed: options.seed, label: "teacher forcing")
  }

  mutating func run(_ onProgress: (TrainingProgress) throws -> Void) throws -> TrainingHistory {
    let clock = ContinuousClock()
    let start = clock.now
    func elapsed() -> Double { (clock.now - start) / .seconds(1) }
    let allSteps = stepsPerEpoch * options.epochs
    history.steps.reserveCapacity(min(allSteps, 1_000_000))
    for epoch in 1...options.epochs {
      var sum = 0.0
      func progress(_ step: Int, _ inEpoch: Int, _ accuracy: Double?) -> TrainingProgress {
        let seconds = elapsed()
        return TrainingProgress(
          epoch: epoch, epochs: options.epochs, step: step, steps: allSteps,
          loss: Float(sum / Double(inEpoch)), accuracy: accuracy, elapsed: seconds,
          remaining: seconds / Double(step) * Double(allSteps - step))
      }
      for inEpoch in 1...stepsPerEpoch {
        let step = try step()
        history.steps.append(step)
        sum += Double(step.loss)
        if let every = options.reportEvery, inEpoch % every == 0, inEpoch < stepsPerEpoch {
          try onProgress(progress(history.steps.count, inEpoch, nil))
        }
      }
      keptParameters = pass.network.unpack(parameters.base)
      keptStep = history.steps.count
      let evaluation = evaluator.evaluate(data.validation, parameters.base)
      let report = progress(keptStep, stepsPerEpoch, evaluation.whole.share)
      history.epochs.append(
        TrainingHistory.Epoch(
          epoch: epoch, step: keptStep, loss: report.loss, whole: evaluation.whole.share,
          each: evaluation.each.share, elapsed: report.elapsed))
      history.seconds = report.elapsed
      try onProgress(report)
      if evaluation.whole.share >= options.goal {
        history.reachedGoal = true
        break
      }
    }
    return history
  }

  private mutating func step() throws -> TrainingHistory.Step {
    let first = sampler.next()
    let order = sampler.order
    pass.load(
      inputs: data.training.inputs, targets: data.training.targets, count: options.batchSize
    ) { order?[first + $0] ?? first + $0 }
    let teacherForced = coin.unit() < options.teacherForcing
    let sum = pass.run(parameters.base, teacherForced: teacherForced)
    let loss = pass.perplexity(sum)
    // An infinite loss still has the gradient of its logarithm, but a training that gets there is lost.
    guard loss.isFinite else {
      throw NetworkError.lossNotFinite(step: history.steps.count + 1, loss: loss, keptStep: keptStep)
    }
    adam.update(
      parameters.base, gradients: pass.gradients.base, scale: pass.scale(sum, options.objective))
    return TrainingHistory.Step(loss: loss, teacherForced: teacherForced)
  }
}

/// Draws the first row of each batch; in shuffled batching, from an order that is drawn anew for each epoch.
private struct BatchSampler {
  let rows: Int
  let batchSize: Int
  let batching: TrainingOptions.Batching
  private(set) var order: [Int]?
  private var generator: SeededGenerator
  private var nextRow: Int

  init(rows: Int, options: TrainingOptions) {
    self.rows = rows
    batchSize = options.batchSize
    batching = options.batching
    generator = SeededGenerator(seed: options.seed, label: "batches")
    nextRow = rows
  }

  mutating func next() -> Int {
    switch batching {
    case .contiguousBlocks:
      return generator.integer(below: rows / batchSize) * batchSize
    case .shuffled:
      if nextRow + batchSize > rows {
        order = generator.shuffled(0..<rows)
        nextRow = 0
      }
      defer { nextRow += batchSize }
      return nextRow
    }
  }
}
