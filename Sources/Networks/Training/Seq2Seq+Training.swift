import Foundation
import LinearAlgebra
import Tasks

extension Seq2Seq {
  /// Trains on `data.training` until `data.validation` is decoded as well as the goal asks, or epochs run out.
  ///
  /// The same data, options and first parameters give the same bits again. Progress is reported after each epoch,
  /// and within one as `options.reportEvery` says. With a `checkpoint`, the state of the training is written there after
  /// each epoch; if the file is there already, training goes on from it, to the same bits as if never interrupted.
  /// `onEpoch` sees the model as each epoch leaves it.
  ///
  /// Throws `NetworkError`: `.emptyRows`, `.batchLargerThanData`, `.invalidOption`, `.tokenOutsideVocabulary`,
  /// `.paddingAlone` before anything is trained; `.lossNotFinite` with the step, after which the model has the parameters that it
  /// had when the last good epoch ended; `.notFinite` for a model that starts with NaN or infinity. For checkpoints:
  /// what reading and writing them throws, and `.checkpointOfOther`.
  @discardableResult
  public mutating func train(
    on data: Dataset, _ options: TrainingOptions = TrainingOptions(), checkpoint: URL? = nil,
    onProgress: (TrainingProgress) throws -> Void = { _ in },
    onEpoch: (TrainingHistory.Epoch, Seq2Seq) throws -> Void = { _, _ in }
  ) throws -> TrainingHistory {
    try options.validate()
    if data.training.isEmpty { throw NetworkError.emptyRows("the training split of \(data.task)") }
    if data.validation.isEmpty { throw NetworkError.emptyRows("the validation split of \(data.task)") }
    guard options.batchSize <= data.training.count else {
      throw NetworkError.batchLargerThanData(batchSize: options.batchSize, rows: data.training.count)
    }
    for (name, rows) in [("training", data.training), ("validation", data.validation)] {
      try check(rows.inputs)
      try check(rows.targets)
      try checkTargets(of: rows, "the \(name) split of \(data.task)")
    }
    for view in layout.views {
      let values = parameters[view.offset..<view.offset + view.count]
      if let index = values.firstIndex(where: { !$0.isFinite }) {
        throw NetworkError.notFinite(
          name: view.name, index: index - view.offset, value: "\(parameters[index])")
      }
    }
    var trainer = try Trainer(self, data: data, options: options, checkpoint: checkpoint)
    defer { parameters = trainer.keptParameters }
    var seen = self
    return try trainer.run(onProgress) { epoch, parameters in
      seen.parameters = parameters
      try onEpoch(epoch, seen)
    }
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
  private let configuration: Configuration
  private let checkpoint: URL?

  init(_ model: Seq2Seq, data: Dataset, options: TrainingOptions, checkpoint: URL?) throws {
    configuration = model.configuration
    self.checkpoint = checkpoint
    self.data = data
    self.options = options
    let (rows, network) = (data.training, Network(model.configuration))
    stepsPerEpoch = options.stepsPerEpoch(of: rows)
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
    if let checkpoint,
      let kept = try TrainingCheckpoint(contentsOf: checkpoint, of: model.configuration, options, rows: rows)
    {
      goOn(from: kept)
    }
  }

  private mutating func goOn(from kept: TrainingCheckpoint) {
    keptParameters = kept.parameters
    let packed = pass.network.pack(kept.parameters)
    parameters.base.update(from: packed.base, count: packed.count)
    adam.goOn(
      from: kept.progress.updates, firstMoment: pass.network.pack(kept.firstMoment),
      secondMoment: pass.network.pack(kept.secondMoment))
    (sampler, coin) = (kept.progress.sampler, kept.progress.coin)
    history = kept.progress.history
    (history.reachedGoal, history.ranOutOfPatience) = (false, nil)
    keptStep = history.steps.count
  }

  private func writeCheckpoint() throws {
    guard let checkpoint else { return }
    let network = pass.network
    try TrainingCheckpoint(
      progress: TrainingCheckpoint.Progress(
        configuration: configuration, options: options, data: data.training.fingerprint,
        updates: adam.updates,
        sampler: sampler, coin: coin, history: history),
      parameters: keptParameters, firstMoment: network.unpack(adam.firstMoment.base),
      secondMoment: network.unpack(adam.secondMoment.base)
    ).write(to: checkpoint)
  }

  /// Whether training is over: the goal is reached, or no epoch of the last `patience` was better than those before.
  private mutating func isDone() -> Bool {
    guard let last = history.epochs.last else { return false }
    history.reachedGoal = last.whole >= options.goal
    guard !history.reachedGoal, let patience = options.patience, history.epochs.count > patience else {
      return history.reachedGoal
    }
    func isBetter(_ a: TrainingHistory.Epoch, _ b: TrainingHistory.Epoch) -> Bool {
      (a.whole, a.each) > (b.whole, b.each)
    }
    let before = history.epochs.dropLast(patience).max { isBetter($1, $0) }
    guard let before, !history.epochs.suffix(patience).contains(where: { isBetter($0, before) }) else {
      return false
    }
    history.ranOutOfPatience = true
    return true
  }

  mutating func run(
    _ onProgress: (TrainingProgress) throws -> Void,
    onEpoch: (TrainingHistory.Epoch, _ parameters: [Float]) throws -> Void
  ) throws -> TrainingHistory {
    let clock = ContinuousClock()
    let start = clock.now
    let secondsBefore = history.seconds
    func elapsed() -> Double { secondsBefore + (clock.now - start) / .seconds(1) }
    let allSteps = stepsPerEpoch * options.epochs
    history.steps.reserveCapacity(min(allSteps, 1_000_000))
    if isDone() { return history }
    for epoch in stride(from: history.epochs.count + 1, through: options.epochs, by: 1) {
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
      let evaluation = try evaluator.evaluate(data.validation, parameters.base)
      let report = progress(keptStep, stepsPerEpoch, evaluation.whole.share)
      let ended = TrainingHistory.Epoch(
        epoch: epoch, step: keptStep, loss: report.loss, whole: evaluation.whole.share,
        each: evaluation.each.share, elapsed: report.elapsed)
      history.epochs.append(ended)
      history.seconds = report.elapsed
      let isDone = isDone()
      try writeCheckpoint()
      try onProgress(report)
      try onEpoch(ended, keptParameters)
      if isDone { break }
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
    var scale = pass.scale(sum, options.objective)
    if let most = options.gradientNorm {
      let norm = Double(scale) * pass.gradientNorm()
      if norm > Double(most) { scale *= Float(Double(most) / norm) }
    }
    adam.update(parameters.base, gradients: pass.gradients.base, scale: scale)
    return TrainingHistory.Step(loss: loss, teacherForced: teacherForced)
  }
}
