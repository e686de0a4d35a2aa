import Foundation
import LinearAlgebra
import Networks
import Tasks

/// The rate at which toy models are trained to the end, the currency of sweeps: one training a core, beside all cores on one after
/// another.
struct ManyTrainings {
  let seeds = 8

  var name: String { "toy trainings, one a core" }

  private func train(_ seed: Int) throws {
    let data = LastTokenAutoencoder().published(seed: UInt64(seed))
    var model = Seq2Seq(Configuration(units: 32, vocabulary: data.vocabulary), seed: UInt64(seed))
    guard try model.train(on: data, TrainingOptions(epochs: 100)).reachedGoal else {
      throw CocoaError(.featureUnsupported)
    }
  }

  /// Milliseconds for each training.
  private func time(_ trainAll: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try trainAll()
    return (ContinuousClock.now - start) / .milliseconds(1) / Double(seeds)
  }

  func measure() throws -> Result {
    let together = try time {
      _ = try parallelMap(seeds) { seed in try Threads.$count.withValue(1) { try train(seed + 1) } }
    }
    let inTurn = try time { for seed in 1...seeds { try train(seed) } }
    let rates = [together, inTurn].map { Int(3.6e6 / $0) }
    return Result(
      name: name, oursMs: together, peer: "one after another; \(rates[0]) against \(rates[1]) an hour",
      peerMs: inTurn, ratio: inTurn / together, goal: 1)
  }
}
