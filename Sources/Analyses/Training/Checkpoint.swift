import Networks
import Tasks

/// A model as it was at some time of its training.
public struct Checkpoint: Codable, Sendable, Equatable {
  /// Epochs gone through: 0 for the model as training found it.
  public let epoch: Int
  /// Updates made.
  public let step: Int
  /// The mean loss of the epoch before, as training reports it; nil before the first.
  public let loss: Double?
  /// A copy of the model with the parameters it had then.
  public let model: Seq2Seq

  /// A model at one time, from any training.
  public init(epoch: Int, step: Int, loss: Double?, model: Seq2Seq) {
    (self.epoch, self.step, self.loss, self.model) = (epoch, step, loss, model)
  }

  /// Trains a model, and keeps it as it was before the first epoch, after every `every` epochs, and at the end.
  ///
  /// The training is the same, to the bits, as one without checkpoints. `options.stepsPerEpoch` makes epochs, and the steps
  /// between checkpoints, as short as is wished.
  ///
  /// - Throws: `AnalysisError.invalidOption`, and what training throws.
  public static func training(
    _ model: Seq2Seq, on data: Dataset, _ options: TrainingOptions = TrainingOptions(), every: Int = 1,
    onProgress: (TrainingProgress) throws -> Void = { _ in }
  ) throws -> [Checkpoint] {
    guard every >= 1 else {
      throw AnalysisError.invalidOption(name: "every", value: "\(every)", expected: "at least 1")
    }
    var checkpoints = [Checkpoint(epoch: 0, step: 0, loss: nil, model: model)]
    var (trained, last) = (model, nil as Checkpoint?)
    try trained.train(on: data, options, onProgress: onProgress) { epoch, model in
      let checkpoint = Checkpoint(
        epoch: epoch.epoch, step: epoch.step, loss: Double(epoch.loss), model: model)
      if epoch.epoch % every == 0 { checkpoints.append(checkpoint) }
      last = checkpoint
    }
    if let last, checkpoints.last != last { checkpoints.append(last) }
    return checkpoints
  }
}
