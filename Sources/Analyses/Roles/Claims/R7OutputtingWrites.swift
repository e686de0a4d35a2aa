import Networks
import Tasks

/// R7: few units give most of the logit difference at T, and change mainly there.
struct R7OutputtingWrites: ClaimTest {
  let name = "R7"
  let statement = "Outputting units write the word"
  private let share = "share of the logit difference"
  private let change = "share of the change at T"

  func quantities(_ criteria: Criteria) -> [ClaimQuantity] {
    [.init(share, criteria.written), .init(change, criteria.changed)]
  }

  func measure(on bench: ClaimBench) throws -> [Measured] {
    bench.outputting.flatMap { set -> [Measured] in
      let condition = "w = \(set.word.map(bench.name) ?? "any"), T = \(set.position ?? 0)"
      if set.units == nil {
        return [
          Measured(condition, share, .notDetermined(.noSet("gives enough of the logit difference")))
        ]
      }
      return set.evidence.map { Measured("\(condition), \($0.what)", $0.what, $0.effect) }
    }
  }

  /// Of the half of the units with the largest |W_out[:, w]|, as the published code takes them.
  func measureAsPublished(on bench: PublishedBench) throws -> [Measured] {
    let kernel = try bench.model.parameter("output.kernel")
    return try bench.places.flatMap { place in
      let weights = (0..<kernel.rows).map { Double(abs(kernel[$0, Int(place.word)])) }
      let units = Array(ranking(of: weights).prefix(kernel.rows / 2))
      let recording = try bench.model.record(bench.rows(place).prefix(100))
      let direct = try DirectLogitAttribution(bench.model, recording, position: place.position)
      return [
        Measured(
          bench.name(place), share,
          try direct.share(of: units, randomSets: bench.randomSets, resamples: 200, seed: bench.seed)),
        Measured(
          bench.name(place), change,
          try OutputChange(
            bench.model, recording, units: units, position: place.position, randomSets: bench.randomSets,
            seed: bench.seed
          ).share),
      ]
    }
  }

  var notJudgedAsPublished: String? { nil }
}
