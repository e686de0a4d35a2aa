import Analyses
import LinearAlgebra
import Testing

/// Claims over several trainings, on findings made by hand.
@Suite struct ClaimAcrossTrainingsTests {
  private let criterion = Criterion(atLeast: 0.9)

  private func cell(
    _ condition: String, _ estimate: Double, halfWidth: Double = 0, quantity: String = "kept",
    null: [Double] = [0.1, 0.2, 0.3], _ criterion: Criterion? = nil, untold: String? = nil
  ) -> ClaimFinding.Cell {
    .init(
      Measured(
        condition, quantity,
        Effect(
          estimate: estimate, interval: Interval(low: estimate - halfWidth, high: estimate + halfWidth),
          null: null, ofDraws: "sets", sentences: 4), untold: untold), criterion ?? self.criterion)
  }
  private func finding(_ cells: [ClaimFinding.Cell], name: String = "R3") -> ClaimFinding {
    ClaimFinding(name, "a statement", criterion: "a criterion", cells)
  }
  private func verdict(_ values: [[Double]], null: Double = 0.2, _ criterion: Criterion? = nil) throws
    -> Verdict
  {
    try ClaimAcrossTrainings(
      values.map { ofTraining in
        finding(
          ofTraining.enumerated().map { number, value in
            cell(
              "\(number)", value, null: [Double](repeating: null, count: 199), criterion ?? self.criterion)
          })
      }
    ).verdict
  }

  /// Each training counts the same, whatever the number of its conditions.
  @Test func theMeansAreThoseOfTrainings() throws {
    let missing = ClaimFinding.Cell(Measured("c", "kept", .notDetermined(.noSet("keeps it"))), criterion)
    let untold = ClaimFinding.Cell(Measured("d", "kept", .notDetermined(.oneSentenceOnly)), criterion)
    let other = cell("a", 7, quantity: "other")
    let claim = try ClaimAcrossTrainings([
      finding([cell("a", 1), cell("b", 0.5), missing, untold]),
      finding([cell("a", 0.25), other]),
    ])
    // Two trainings, at .55 and .05 above their null.
    #expect(claim.trainings == 2 && claim.met == 0 && claim.verdict == .no && claim.told == 5)
    #expect(abs((claim.share?.value ?? 0) - (1.0 / 3 + 0.5) / 2) < 1e-12)
    #expect(claim.withoutSet == 0.2)
    #expect(
      claim.quantities.map(\.name) == ["kept", "other"] && claim.quantities.map(\.conditions) == [3, 1])
    #expect(claim.quantities.map(\.withoutSet) == [1, 0])
    #expect(abs(claim.quantities[0].mean.value - (0.75 + 0.25) / 2) < 1e-12)
    #expect(abs(claim.quantities[0].null - 0.2) < 1e-12 && claim.quantities[0].ofDraws == "sets")
    #expect(abs(claim.quantities[0].aboveNull.value - 0.3) < 1e-12)
    #expect(claim.quantities[0].sentences == 4)
  }

  /// Trainings that differ give the interval of a mean over trainings, whatever the number of conditions.
  @Test func trainingsThatDifferWidenTheInterval() throws {
    let values = (0..<10).map { Double($0) / 10 }
    let claim = try ClaimAcrossTrainings(
      values.map { value in finding((0..<50).map { cell("\($0)", value, Criterion(atLeast: 0.45)) }) })
    let trainings = values.map { MeanOverTrainings.Training([$0], standardError: 0) }
    let expected = try MeanOverTrainings(trainings, within: 0...1).interval
    let interval = claim.quantities[0].mean.interval
    #expect(abs(interval.low - expected.low) < 1e-9 && abs(interval.high - expected.high) < 1e-9)
    #expect(claim.share?.value == 0.5 && (claim.share?.interval.low ?? 0) < 0.2)
  }

  /// Trainings that are equal are as sure as their conditions' sentences; values beyond 0 … 1 are no shares.
  @Test func theSentencesEnterByTheIntervalOfACondition() throws {
    let claim = try ClaimAcrossTrainings(
      (0..<20).map { _ in finding([cell("a", 2, halfWidth: 0.2)]) })
    let interval = claim.quantities[0].mean.interval
    #expect(abs(interval.low - 1.8) < 1e-9 && abs(interval.high - 2.2) < 1e-9)
  }

  @Test func fiveVerdicts() throws {
    // Every condition of every training.
    #expect(try verdict([[0.9, 1], [1, 0.95]]) == .everywhere)
    // One condition fails, but the mean of twenty trainings is surely above.
    let mostly = (0..<20).map { $0 == 0 ? [0.89, 0.99] : [0.99, 0.99] }
    #expect(try verdict(mostly) == .onAverage)
    // The same of three trainings shows less: ten perfect ones show .85, three .34.
    #expect(try verdict(Array(mostly.prefix(3))) == .inPart)
    #expect(try verdict([[0.5, 0.6], [0.55, 0.5], [0.6, 0.5]], null: 0.1) == .inPart)
    // At its null, or so far apart that another training may be at it.
    #expect(try verdict([[0.2, 0.21], [0.19, 0.2]]) == .no)
    #expect(try verdict([[0.2], [0.9], [0.2]]) == .no)
    // Three trainings that are surely above the null, though three show little near 1.
    #expect(try verdict([[0.35], [0.3], [0.33]]) == .inPart)
    // A null that does too much by itself.
    let specific = Criterion(atLeast: 0.9, nullMean: 0.1)
    #expect(try verdict([[1], [1]], null: 0.05, specific) == .everywhere)
    #expect(try verdict((0..<20).map { _ in [1] }, null: 0.15, specific) == .inPart)
    // The weakest quantity decides.
    let claim = try ClaimAcrossTrainings([finding([cell("a", 1), cell("a", 0.2, quantity: "other")])])
    #expect(claim.verdict == .no && claim.quantities.map(\.verdict) == [.everywhere, .no])
    // What an interval must be above.
    let above = Criterion(isAboveZero: true)
    #expect(
      try ClaimAcrossTrainings([finding([cell("a", 0.1, halfWidth: 0.05, above)])]).verdict == .everywhere)
    #expect(try ClaimAcrossTrainings([finding([cell("a", 0.1, halfWidth: 0.2, above)])]).verdict == .no)
  }

  /// A quantity of which no condition can be told leaves the claim untold, unless another can be and fails.
  @Test func whatNoConditionCanTellCannotBeTold() throws {
    let floor = "an untrained model is read without a mistake"
    for (estimate, verdict) in [(0.1, Verdict.no), (0.5, .cannotBeTold), (1, .cannotBeTold)] {
      let claim = try ClaimAcrossTrainings([
        finding([cell("a", estimate), cell("a", 1, quantity: "above the floor", untold: floor)])
      ])
      #expect(claim.verdict == verdict, "\(estimate): \(claim.verdict)")
      #expect(claim.reason == (verdict == .no ? nil : "above the floor: \(floor)"))
    }
    // One condition of several that can't be told is left out.
    let some = try ClaimAcrossTrainings([finding([cell("a", 1), cell("b", 0, untold: floor)])])
    #expect(some.verdict == .everywhere && some.told == 1 && some.reason == nil)
    #expect(try ClaimAcrossTrainings([finding([])]).verdict == .cannotBeTold)
    // Where no set has the role there is nothing to be above a null.
    let missing = ClaimFinding.Cell(Measured("c", "kept", .notDetermined(.noSet("keeps it"))), criterion)
    #expect(try ClaimAcrossTrainings([finding([missing])]).verdict == .no)
    #expect(try ClaimAcrossTrainings([finding([missing, cell("a", 1, quantity: "other")])]).verdict == .no)
  }

  /// Sets that are draws of their null are rarely taken for more: with one, three and ten trainings, of one condition or
  /// of six, for nulls that do all or nothing and others.
  @Test(arguments: [
    // How often a draw does all.
    0.8, 0.5, 0.1, 0.02, 0,
  ]) func drawsOfTheNullAreNotTakenForMore(_ share: Double) throws {
    var generator = SeededGenerator(seed: 9, label: "draws of a null \(share)")
    func draw() -> Double { generator.unit() < share ? 1 : 0.05 * generator.unit() }
    let studies = 500
    for (trainings, conditions) in [(1, 1), (1, 6), (3, 1), (3, 6), (10, 1), (10, 6)] {
      var taken = 0
      for _ in 0..<studies {
        let claim = try ClaimAcrossTrainings(
          (0..<trainings).map { _ in
            // One set for all conditions of a training, which random sets are drawn for anew.
            let own = draw()
            return finding((0..<conditions).map { cell("\($0)", own, null: (0..<100).map { _ in draw() }) })
          })
        let found = claim.quantities[0]
        if found.aboveNull.interval.low > 0, found.pValue <= 0.05 { taken += 1 }
      }
      // 5 %, and two standard errors of so many studies, for the hundred draws that stand for the null.
      #expect(Double(taken) / Double(studies) <= 0.05 + 2 * 0.01, "\(trainings) × \(conditions): \(taken)")
    }
  }

  @Test func badInputIsATypedError() throws {
    #expect(throws: AnalysisError.self) { try ClaimAcrossTrainings([]) }
    #expect(throws: AnalysisError.self) {
      try ClaimAcrossTrainings([finding([cell("a", 1)]), finding([], name: "R4")])
    }
  }

  @Test func scorecardsAreTakenClaimByClaim() throws {
    func card(_ estimate: Double) -> Scorecard {
      Scorecard(.corrected, ["R0", "R1"].map { finding([cell("a", estimate)], name: $0) })
    }
    let all = try ClaimAcrossTrainings.all([card(1), card(0.4)])
    #expect(all.map(\.name) == ["R0", "R1"] && all.allSatisfy { $0.met == 1 && $0.trainings == 2 })
    #expect(throws: AnalysisError.self) { try ClaimAcrossTrainings.all([]) }
  }
}
