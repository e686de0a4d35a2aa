/// R6: triggering units, put from T − 1 into an earlier step, start the output, and do so through the update gates.
struct R6TriggeringStarts: ClaimTest {
  let name = "R6"
  let statement = "Triggering units start the writing"

  func quantities(_ criteria: Criteria) -> [ClaimQuantity] {
    [.init("P(w at t₁ + 1)", criteria.start), .init("share through z", criteria.startThroughGates)]
  }

  func measure(on bench: ClaimBench) throws -> [Measured] {
    let options = bench.options
    return try bench.triggering.flatMap { set -> [Measured] in
      let position = set.position ?? 0
      guard let units = set.units else {
        return [
          Measured("T = \(position)", "P(w at t₁ + 1)", .notDetermined(.noSet("starts the output")))
        ]
      }
      let runs = try bench.verify.rows(at: position)
      // The set was found at one step; wide strides may leave no other before T − 1.
      let early = bench.steps(position).filter { $0 < position - 1 }
      let wanted = early.isEmpty ? [set.step] : Set(early)
      let transplant = try Transplant(
        runs, units: units, into: wanted, randomSets: options.randomSets, seed: options.seed)
      let mediation = try GateMediation(
        runs, units: units, into: wanted, randomSets: options.randomSets, seed: options.seed)
      return transplant.cells.map {
        Measured("T = \(position), t₁ = \($0.step)", "P(w at t₁ + 1)", $0.probability, best: 1)
      }
        + mediation.cells.map {
          Measured("T = \(position), t₁ = \($0.step), through z", "share through z", $0.passes)
        }
    }
  }

  var notJudgedAsPublished: String? { "the published code has it commented out" }
}
