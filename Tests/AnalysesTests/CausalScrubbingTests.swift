import Analyses
import Networks
import Tasks
import Testing

@Suite struct CausalScrubbingTests {
  let planted: PlantedRoles
  let runs: Counterfactuals

  init() throws {
    planted = try PlantedRoles()
    let rows = planted.rows(4...8)
    runs = try Counterfactuals(
      planted.model, rows: rows.rows(stride(from: 0, to: rows.count, by: 3).prefix(50).map { $0 }))
  }

  func chain(
    storing: Hypothesis.Dependence = .word, counting: Hypothesis.Dependence = .timeLeft,
    triggering: Hypothesis.Dependence = .timeLeft, without left: String? = nil
  ) throws -> Hypothesis {
    try Hypothesis(
      [
        .init("storing", planted.storing, dependsOn: storing),
        .init("counting", planted.counting, dependsOn: counting),
        .init("triggering", planted.triggering, dependsOn: triggering),
        .init("outputting", planted.outputting, dependsOn: .wordAndTimeLeft),
      ].filter { $0.role != left })
  }

  @Test func theTrueHypothesisKeepsTheBehaviour() throws {
    for (step, everyStep) in [(0, false), (2, false), (0, true)] {
      let found = try CausalScrubbing(runs, try chain(), at: step, everyStep: everyStep, randomSets: 200)
      let kept = try #require(found.kept.measurement)
      #expect(kept.estimate >= 0.99 && found.unedited == 1 && found.meets == true)
      #expect(kept.null.pValue <= 0.01 && kept.null.mean < 0.5, "\(kept.null)")
      #expect(found.ownShare < 0.3)
    }
    // Nothing else is needed for the whole sentence either: the ending unit reads the token that is fed.
    let whole = try CausalScrubbing(runs, try chain(), outcome: .whole, draws: 3, randomSets: 20)
    #expect(try #require(whole.kept.measurement).estimate >= 0.99)
  }

  @Test func aWrongHypothesisFails() throws {
    let wrong = [
      try chain(storing: .timeLeft), try chain(storing: .nothing), try chain(counting: .word),
      try chain(counting: .nothing), try chain(without: "storing"), try chain(without: "counting"),
      try chain(without: "triggering"),
    ]
    for hypothesis in wrong {
      let found = try CausalScrubbing(runs, hypothesis, at: 1, draws: 4, randomSets: 20)
      #expect(
        found.meets == false && found.unedited == 1,
        "\(hypothesis.parts.map { "\($0.role) \($0.dependence)" })")
    }
    // Alone, a row has none to agree with, and keeps its own.
    let alone = try Counterfactuals(planted.model, rows: runs.rows.prefix(1))
    #expect(try CausalScrubbing(alone, chain(), randomSets: 2).ownShare == 1)
    // Where every step is tested by itself, it is enough that the triggering units know the time.
    let steps = try CausalScrubbing(
      runs, try chain(without: "counting"), at: 1, everyStep: true, randomSets: 20)
    #expect(steps.meets == true)
    let untimed = try CausalScrubbing(
      runs, try chain(triggering: .word), at: 1, everyStep: true, randomSets: 20)
    #expect(untimed.meets == false)
  }

  /// One part that depends on both is the whole of the mixed code; neither alone is enough.
  @Test func aMixedCodeDependsOnBoth() throws {
    let mixed = try PlantedRoles(.mixed)
    let rows = mixed.rows(4...8)
    let runs = try Counterfactuals(
      mixed.model, rows: rows.rows(stride(from: 0, to: rows.count, by: 3).prefix(50).map { $0 }))
    for dependence in Hypothesis.Dependence.allCases {
      let hypothesis = try Hypothesis([
        .init("mixed", mixed.storing, dependsOn: dependence),
        .init("triggering", mixed.triggering, dependsOn: .timeLeft),
        .init("outputting", mixed.outputting, dependsOn: .wordAndTimeLeft),
      ])
      let found = try CausalScrubbing(runs, hypothesis, at: 1, draws: 4, randomSets: 20)
      #expect(found.meets == (dependence == .wordAndTimeLeft), "\(dependence)")
    }
  }

  @Test func hypothesesThatNameAUnitTwiceOrNoneAreRefused() throws {
    #expect(throws: AnalysisError.repeatedUnit(unit: 4)) {
      try Hypothesis([.init("a", [4], dependsOn: .word), .init("b", [5, 4], dependsOn: .timeLeft)])
    }
    #expect(throws: AnalysisError.repeatedUnit(unit: 4)) {
      try Hypothesis([.init("a", [4, 4], dependsOn: .word)])
    }
    #expect(throws: AnalysisError.self) { try Hypothesis([]) }
    #expect(throws: AnalysisError.self) { try Hypothesis([.init("a", [], dependsOn: .word)]) }
    let outside = try Hypothesis([.init("a", [32], dependsOn: .word)])
    #expect(throws: AnalysisError.unitOutOfRange(unit: 32, units: 32)) { try CausalScrubbing(runs, outside) }
    let one = try Hypothesis([.init("a", [3], dependsOn: .word)])
    #expect(throws: AnalysisError.self) { try CausalScrubbing(runs, one, outcome: .margin) }
    #expect(throws: AnalysisError.self) { try CausalScrubbing(runs, one, draws: 0) }
    #expect(throws: AnalysisError.self) { try CausalScrubbing(runs, one, at: 9) }
    #expect(throws: AnalysisError.stepOutOfRange(step: 50, recorded: 0...runs.steps - 1)) {
      try CausalScrubbing(runs, one, at: 50)
    }
  }
}
