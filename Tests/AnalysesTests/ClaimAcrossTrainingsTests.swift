import Analyses
import Testing

/// Claims over several trainings, on findings made by hand.
@Suite struct ClaimAcrossTrainingsTests {
  private func cell(
    _ condition: String, _ estimate: Double, halfWidth: Double = 0, quantity: String = "kept", isMet: Bool?
  ) -> ClaimFinding.Cell {
    .init(
      condition, quantity,
      Effect(
        estimate: estimate, interval: Interval(low: estimate - halfWidth, high: estimate + halfWidth),
        null: [0.1, 0.2, 0.3], ofDraws: "sets", sentences: 4), isMet: isMet)
  }
  private func finding(_ cells: [ClaimFinding.Cell], name: String = "R3") -> ClaimFinding {
    ClaimFinding(name, "a statement", criterion: "a criterion", cells)
  }

  /// Each training counts the same, whatever the number of its conditions.
  @Test func theMeansAreThoseOfTrainings() throws {
    let missing = ClaimFinding.Cell("c", "kept", .notDetermined(.oneSentenceOnly), isMet: false)
    let untold = ClaimFinding.Cell("d", "kept", .notDetermined(.oneSentenceOnly), isMet: nil)
    let claim = try ClaimAcrossTrainings([
      finding([cell("a", 1, isMet: true), cell("b", 0.5, isMet: false), missing, untold]),
      finding([cell("a", 0.25, quantity: "kept", isMet: true), cell("a", 7, quantity: "other", isMet: true)]),
    ])
    #expect(claim.trainings == 2 && claim.met == 1 && claim.verdict == .notMet)
    #expect(abs((claim.share?.value ?? 0) - (1.0 / 3 + 1) / 2) < 1e-12)
    #expect(claim.withoutSet == 0.2)
    #expect(
      claim.quantities.map(\.name) == ["kept", "other"] && claim.quantities.map(\.conditions) == [3, 1])
    #expect(abs(claim.quantities[0].mean.value - (0.75 + 0.25) / 2) < 1e-12)
    #expect(abs(claim.quantities[0].null - 0.2) < 1e-12 && claim.quantities[0].ofDraws == "sets")
    #expect(claim.quantities[0].distinctInputs == 4)
  }

  /// Trainings that differ give the interval of a mean over trainings, whatever the number of conditions.
  @Test func trainingsThatDifferWidenTheInterval() throws {
    let values = (0..<10).map { Double($0) / 10 }
    let claim = try ClaimAcrossTrainings(
      values.map { value in finding((0..<50).map { cell("\($0)", value, isMet: value > 0.45) }) })
    let trainings = values.map { MeanOverTrainings.Training([$0], standardError: 0) }
    let expected = try MeanOverTrainings(trainings, within: 0...1).interval
    let interval = claim.quantities[0].mean.interval
    #expect(abs(interval.low - expected.low) < 1e-9 && abs(interval.high - expected.high) < 1e-9)
    #expect(claim.share?.value == 0.5 && (claim.share?.interval.low ?? 0) < 0.2)
  }

  /// Trainings that are equal are as sure as their conditions' sentences; values beyond 0 … 1 are no shares.
  @Test func theSentencesEnterByTheIntervalOfACondition() throws {
    let claim = try ClaimAcrossTrainings(
      (0..<20).map { _ in finding([cell("a", 2, halfWidth: 0.2, isMet: true)]) })
    let interval = claim.quantities[0].mean.interval
    #expect(abs(interval.low - 1.8) < 1e-9 && abs(interval.high - 2.2) < 1e-9)
  }

  @Test func verdicts() throws {
    let met = finding([cell("a", 1, isMet: true)])
    #expect(try ClaimAcrossTrainings([met, met]).verdict == .met)
    #expect(try ClaimAcrossTrainings([finding([cell("a", 1, isMet: nil)])]).verdict == .notDetermined)
    #expect(throws: AnalysisError.self) { try ClaimAcrossTrainings([]) }
    #expect(throws: AnalysisError.self) { try ClaimAcrossTrainings([met, finding([], name: "R4")]) }
  }

  @Test func scorecardsAreTakenClaimByClaim() throws {
    func card(_ estimate: Double) -> Scorecard {
      Scorecard(
        .corrected,
        ["R0", "R1"].map { finding([cell("a", estimate, isMet: estimate > 0.5)], name: $0) })
    }
    let all = try ClaimAcrossTrainings.all([card(1), card(0.4)])
    #expect(all.map(\.name) == ["R0", "R1"] && all.allSatisfy { $0.met == 1 && $0.trainings == 2 })
    #expect(throws: AnalysisError.self) { try ClaimAcrossTrainings.all([]) }
  }
}

/// The criteria by their names.
@Suite struct CriteriaTests {
  private var values: [String: Double] {
    [
      "tokenAccuracy": 0.99, "pairAccuracy": 0.95, "probeAccuracy": 0.95, "selectivity": 0.3,
      "randomSetsBeaten": 0.99, "tokenKept": 0.9, "oneStepLate": 0.9, "oneStepLateRandom": 0.1,
      "landsByTimeLeft": 0.9, "started": 0.8, "startedRandom": 0.1, "throughUpdateGates": 0.5,
      "logitShare": 0.8, "changeAtPosition": 0.5, "pathShare": 0.5, "behaviourKept": 0.8,
      "chainPValue": 0.05, "exchangeMoves": 0.9,
    ]
  }

  @Test func namesGiveTheCriteriaOfTheSpecification() throws {
    #expect(try Criteria(values) == Criteria())
    var harder = values
    harder["tokenKept"] = 0.95
    #expect(try Criteria(harder).tokenKept == 0.95)
  }

  @Test func aWrongNameOrValueIsRefused() {
    var (missing, unknown, large) = (values, values, values)
    missing["started"] = nil
    unknown["start"] = 0.8
    large["started"] = 80
    for wrong in [missing, unknown, large] {
      #expect(throws: AnalysisError.self) { try Criteria(wrong) }
    }
  }

  @Test func onePercentOfRandomSetsMayBeAsLarge() {
    func effect(_ larger: Int) -> Effect {
      Effect(
        estimate: 0.5, interval: Interval(low: 0, high: 1),
        null: (0..<299).map { $0 < larger ? 1 : 0 }, ofDraws: "sets", sentences: 2)
    }
    #expect(Criteria().necessary.isMet(by: effect(2)) == true)
    #expect(Criteria().necessary.isMet(by: effect(3)) == false)
    #expect(Criteria().isEnough(effect(2), 0.5) == true && Criteria().isEnough(effect(2), 0.6) == false)
    #expect(Criteria().isEnough(.notDetermined(.noNullDraws), 0.5) == nil)
  }
}
