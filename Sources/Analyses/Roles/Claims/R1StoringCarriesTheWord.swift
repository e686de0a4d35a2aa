import Networks
import Tasks

/// R1: w can be read from the state where T and t are fixed, better than control labels, and better than from a model that
/// was never trained.
///
/// A probe reads w from an untrained model too, often without a mistake: what is far enough apart in the input stays apart
/// in a random state. So the third comparison is made with noise of one size beside the spread of all states, in both
/// models. Where the untrained model is read without a mistake even then, nothing could be better.
struct R1StoringCarriesTheWord: ClaimTest {
  let name = "R1"
  let statement = "Storing units carry the word"
  /// The noise beside the spread of a model's states.
  private let noise: Float = 1

  func quantities(_ criteria: Criteria) -> [ClaimQuantity] {
    [
      .init("w read", criteria.read), .init("w read above control labels", criteria.selective),
      .init("w read above an untrained model, with noise", Criterion(isAboveZero: true)),
    ]
  }

  func measure(on bench: ClaimBench) throws -> [Measured] {
    let wanted = Set(bench.options.positions)
    func probes(_ model: Seq2Seq, noise: Float, permutations: Int) throws -> TokenProbes {
      func record(_ rows: Rows) throws -> Recording {
        try model.record(rows.filter { _, position, _ in wanted.contains(position) })
      }
      return try TokenProbes(
        training: record(bench.data.select), unseenInputs: record(bench.data.verify),
        positions: bench.options.positions, noise: noise,
        .init(permutations: permutations, seed: bench.options.seed)
      ) { bench.steps($0) }
    }
    let clean = try probes(bench.model, noise: 0, permutations: bench.options.randomSets)
    let noisy = try probes(bench.model, noise: noise, permutations: 1)
    let other = Seq2Seq(bench.model.configuration, seed: bench.options.seed &+ 7919)
    let untrained = try probes(other, noise: noise, permutations: 1)
    return zip(clean.cells, zip(noisy.cells, untrained.cells)).flatMap { cell, others -> [Measured] in
      let condition = "T = \(cell.position), t = \(cell.step)"
      return [
        Measured(condition, "w read", cell.probe.unseenInputs, best: 1),
        Measured(condition, "w read above control labels", above(cell.probe)),
        above(condition, others.0.probe, others.1.probe),
      ]
    }
  }

  /// The accuracy less that of control labels.
  private func above(_ probe: LinearProbe) -> Effect {
    guard let found = probe.unseenInputs.measurement, let control = probe.control else {
      return .notDetermined(.noRows(condition: "a type of input that comes again"))
    }
    return Effect(
      estimate: found.estimate - control.accuracy,
      interval: Interval(
        low: found.interval.low - control.accuracy, high: found.interval.high - control.accuracy),
      null: control.accuracies.map { $0 - control.accuracy }, ofDraws: "drawings of control labels",
      sentences: found.sentences)
  }

  /// The accuracy less that of the untrained model, both with noise.
  private func above(_ condition: String, _ own: LinearProbe, _ floor: LinearProbe) -> Measured {
    let quantity = "w read above an untrained model, with noise"
    guard let found = own.unseenInputs.measurement, let least = floor.unseenInputs.measurement else {
      return Measured(condition, quantity, .notDetermined(.noRows(condition: "both models' states")))
    }
    let (a, b) = (found.interval, least.interval)
    let difference = found.estimate - least.estimate
    // Newcombe 1998, method 10: from the intervals of the two shares.
    func half(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
    let effect = Effect(
      estimate: difference,
      interval: Interval(
        low: difference - half(found.estimate - a.low, b.high - least.estimate),
        high: difference + half(a.high - found.estimate, least.estimate - b.low)),
      null: [0], ofDraws: "no difference", sentences: found.sentences)
    return Measured(
      condition, quantity, effect,
      untold: least.estimate >= 1 ? "an untrained model is read without a mistake" : nil)
  }

  func measureAsPublished(on bench: PublishedBench) throws -> [Measured] {
    bench.storing.map { entry in
      let units = entry.units
      return Measured(
        entry.condition, "w read",
        .notDetermined(
          .undefinedOutcome(
            "accuracy \(units.accuracy.share) on copies of \(units.inputsWith) and \(units.inputsWithout) inputs"
          )))
    }
  }
}
