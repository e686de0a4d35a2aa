import CellRecords
import Foundation
import Networks
import Synchronization
import Tasks

/// A model and how it was trained.
public struct TrainedModel: Codable, Sendable {
  /// The model at the end of its training.
  public var model: Seq2Seq
  /// Its losses, accuracies and time.
  public var history: TrainingHistory
}

/// A model trained on a dataset; trained once for the same configuration, data, options and seed, then kept.
///
/// Of the data, what training sees: the training and the validation split. Datasets that differ in other splits alone share
/// the model.
///
/// - Parameter seed: Fixes the initial values; `options.seed` fixes batches and coin.
/// - Throws: `NetworkError` where the data or the loss are not as they must be.
public func train(
  _ configuration: Configuration, on data: Dataset, _ options: TrainingOptions = TrainingOptions(),
  seed: UInt64
) throws -> TrainedModel {
  struct Key: Encodable {
    var configuration: Configuration
    var options: TrainingOptions
    var seed: UInt64
    var data: String
  }
  var options = options
  options.reportEvery = options.reportEvery ?? 50
  // NaN has no place in a key; said here, it is said of the option.
  try options.validate()
  let key = Key(
    configuration: configuration, options: options, seed: seed,
    data: try digest(data.training, data.validation))
  ChapterProgram.append(.noted(what: "seed of the initial values", value: "\(seed)"))
  ChapterProgram.append(.noted(what: "seed of batches and coin", value: "\(options.seed)"))
  return try kept("model", key: key, isAnalysed: false) {
    var model = Seq2Seq(configuration, seed: seed)
    let history = try model.train(on: data, options) { training in
      let share = Double(training.step) / Double(max(1, training.steps))
      var detail = "epoch \(training.epoch) of at most \(training.epochs), loss \(decimals(training.loss, 3))"
      if let accuracy = training.accuracy { detail += ", whole accuracy \(decimals(accuracy, 3))" }
      progress("training", fraction: share, detail: detail, secondsLeft: training.remaining)
    }
    return TrainedModel(model: model, history: history)
  }
}

/// The digests of the data of the last trainings: models of several seeds are mostly trained on the same, and for a digest all its
/// rows are written.
private let digests = Mutex<[(training: Rows, validation: Rows, digest: String)]>([])

private func digest(_ training: Rows, _ validation: Rows) throws -> String {
  try digests.withLock { known in
    // Arrays that are one and the same are equal without a look at what they hold.
    if let same = known.first(where: { $0.training == training && $0.validation == validation }) {
      return same.digest
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let digest = Digest.sha256(try encoder.encode([training, validation]))
    known = known.suffix(3) + [(training, validation, digest)]
    return digest
  }
}
