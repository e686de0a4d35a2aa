/// R5: counting units follow the time left rather than the time gone, and an exchange from another step lands by the time left.
///
/// Units that hold T, with a count of steps elsewhere, land at the source's T instead; units that count up, by the time gone.
struct R5CountsDown: ClaimTest {
  let name = "R5"
  let statement = "Counting units count down"

  func quantities(_ criteria: Criteria) -> [ClaimQuantity] {
    [
      .init("R²(T − t) − R²(t)", Criterion(isAboveZero: true)),
      .init("lands by the time left", criteria.landing),
    ]
  }

  func measure(on bench: ClaimBench) throws -> [Measured] {
    let (options, verify) = (bench.options, bench.verify)
    let regression = try TimeRegression(
      training: ProbeStates(bench.select.baseline), unseenInputs: ProbeStates(verify.baseline), draws: 500,
      seed: options.seed)
    return try bench.counting.flatMap { set -> [Measured] in
      let units = set.units ?? []
      var found = units.sorted().map { unit in
        Measured(
          "t = \(set.step), unit \(unit)", "R²(T − t) − R²(t)", regression.units[unit].difference)
      }
      guard set.step >= 1 else { return found }
      do {
        let exchange = try Exchange(
          of: .position, in: verify, at: set.step, from: set.step - 1, seed: options.seed)
        let landing = try Interchange(
          exchange, units: units, randomSets: options.randomSets, seed: options.seed)
        found.append(
          Measured(
            "exchange from t = \(set.step - 1) into \(set.step)", "lands by the time left",
            landing.positionMoves, best: 1))
      } catch AnalysisError.tooFewRows {
        // No row has its token after both steps.
      }
      return found
    }
  }

  var notJudgedAsPublished: String? { "at one T the time left and the time gone are one label" }
}
