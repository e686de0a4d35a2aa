import Dispatch
import Networks
import Synchronization
import Tasks

/// Models that differ in their seed alone, trained side by side; each is trained once and kept.
///
/// The seed fixes a model's initial values and, in the place of `options.seed`, its batches and coin.
///
/// - Returns: A model for each seed, in their order.
/// - Throws: The first error of any of the trainings.
public func train(
  _ configuration: Configuration, on data: Dataset, _ options: TrainingOptions = TrainingOptions(),
  seeds: [UInt64]
) throws -> [TrainedModel] {
  let results = Mutex([Result<TrainedModel, any Error>?](repeating: nil, count: seeds.count))
  DispatchQueue.concurrentPerform(iterations: seeds.count) { index in
    let result = Result {
      var options = options
      options.seed = seeds[index]
      return try train(configuration, on: data, options, seed: seeds[index])
    }
    results.withLock { $0[index] = result }
  }
  return try results.withLock { $0 }.compactMap { try $0?.get() }
}
