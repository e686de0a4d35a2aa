/// R4: counting units given their value of the step before make the token come exactly one step late.
struct R4CountingKeepsTheTime: ClaimTest {
  let name = "R4"
  let statement = "Counting units keep the time"

  func quantities(_ criteria: Criteria) -> [ClaimQuantity] { [.init("one step late", criteria.late)] }

  func measure(on bench: ClaimBench) throws -> [Measured] {
    // At t = 0 there is no step before.
    try bench.counting.filter { $0.step > 0 }.map { set in
      let effect: Effect
      do {
        effect = try StateShift(
          bench.verify, units: set.units ?? [], at: set.step, shifts: 1...1,
          randomSets: bench.options.randomSets, seed: bench.options.seed
        ).points[0].follows
      } catch AnalysisError.tooFewRows {
        effect = .notDetermined(.noRows(condition: "a token after the step"))
      }
      return Measured("t = \(set.step)", "one step late", effect, best: 1)
    }
  }

  func measureAsPublished(on bench: PublishedBench) throws -> [Measured] {
    try bench.counting.map {
      Measured($0.condition, "one step late", try bench.verify(.previous, $0), best: 1)
    }
  }

  var notJudgedAsPublished: String? { nil }
}
