import Analyses
import Foundation
import Networks
import Tasks
import Testing

/// R0 to R9 on the planted chain, and on a model that was never trained.
@Suite struct CorrectedArmTests {
  private func arm(_ code: PlantedRoles.Code) throws -> (PlantedRoles, CorrectedArm) {
    let planted = try PlantedRoles(code)
    return (planted, try arm(planted.model, planted.data))
  }

  private func arm(_ model: Seq2Seq, _ data: Dataset, stride: Int = 2) throws -> CorrectedArm {
    // More rows to choose on than the held-out form spares, and none of the test's.
    let rows = Dataset(
      task: data.task, form: data.form, vocabulary: data.vocabulary, training: data.training,
      validation: data.validation, test: data.test, select: data.training.distinct)
    return try CorrectedArm(model, rows, .init(positions: [7, 8], stride: stride, criteria: .specified))
  }

  private func estimates(_ claim: ClaimFinding?, _ part: String? = nil) -> [Double] {
    let cells = (claim?.cells ?? []).filter { cell in
      part.map { cell.condition.contains($0) || cell.quantity.contains($0) } ?? true
    }
    return cells.compactMap { $0.effect.measurement?.estimate }
  }

  private func verdict(_ card: Scorecard, _ name: String) throws -> Verdict {
    try ClaimAcrossTrainings([try #require(card[name])]).verdict
  }

  /// What holds by construction is met; what does not is not; what no set could show can't be told.
  @Test func thePlantedChain() throws {
    let (planted, arm) = try arm(.separate)
    let card = arm.scorecard
    #expect(card.arm == .corrected && card.claims.map(\.name) == (0...9).map { "R\($0)" })
    #expect(arm.storing.map(\.step) == [0, 2, 4] && arm.counting.map(\.step) == [0, 2, 4])
    #expect(arm.storing.allSatisfy { $0.units == planted.storing.sorted() && $0.meetsCriterion == true })
    #expect(arm.counting.allSatisfy { $0.units == planted.counting.sorted() && $0.meetsCriterion == true })
    #expect(arm.dissociations.map(\.score) == [1, 1, 1] && arm.score == 1)
    #expect(arm.dissociations.allSatisfy { $0.overlap.common == 0 })
    #expect(arm.triggering.map(\.position) == [7, 8])
    #expect(arm.triggering.allSatisfy { $0.units == planted.triggering })
    #expect(arm.outputting.count == 4 && arm.outputting.allSatisfy { $0.units == [4] })
    for name in ["R0", "R5", "R6", "R7"] {
      #expect(try verdict(card, name) == .everywhere, "\(name): \(String(describing: card[name]?.worst))")
    }
    // All of it is lost without them. At some (T, t) so it is without a counting unit, which one random pair of eight has:
    // no set could lose more there.
    let necessary = try #require(card["R2"])
    #expect(necessary.cells.count == 18 && estimates(necessary, "zero") == [Double](repeating: 1, count: 6))
    let zeroed = necessary.cells.filter { $0.quantity.contains("zero") }
    #expect(zeroed.allSatisfy { $0.isMet != false } && zeroed.contains { $0.untold != nil })
    #expect(zeroed.contains { $0.isMet == true })
    // One storing unit of the two tells the word as well, so that no set could beat 99 % of random pairs.
    #expect(estimates(card["R3"]).allSatisfy { $0 == 1 })
    #expect(try verdict(card, "R3") == .cannotBeTold)
    // They keep the time, but one random pair of eight delays w too: more than one of ten, and too many for a single
    // model to show more than chance.
    let times = try #require(card["R4"])
    #expect(estimates(times) == [1, 1] && times.met == 0)
    #expect(try verdict(card, "R4") == .no)
    for cell in times.cells {
      #expect(abs((cell.effect.measurement?.null.mean ?? 0) - 0.123) < 0.07)
    }
    // The chain is all that counts. Of the two outputting units the set has one, through which half passes. The last T
    // has no later one to patch from.
    #expect(estimates(card["R8"], "resampled") == [1, 1])
    #expect(abs((estimates(card["R8"], "trigger →").first ?? 0) - 0.5) < 0.001)
    #expect(card["R8"]?.cells.last?.isMet == nil && card["R8"]?.cells.count == 4)
    #expect(card["R8"]?.met == 3)
    #expect(try verdict(card, "R8") == .everywhere)
    // The same units store at all conditions.
    #expect(try verdict(card, "R9") == .no)
    #expect(estimates(card["R9"]) == [0])
  }

  /// Where one unit of a pair does nothing alone, random sets do nothing: what the chain can't be told from chance by is
  /// met.
  @Test func aPairThatRandomSetsDoNotTouchIsToldFromThem() throws {
    let planted = try PlantedPositioning()
    let card = try arm(planted.model, planted.data).scorecard
    #expect(try verdict(card, "R0") == .everywhere)
    #expect(try verdict(card, "R4") == .everywhere)
    // The mean of the two words is nearly a tie, so that one of them is lost.
    let lost = estimates(card["R2"], "mean of the same T")
    #expect(!lost.isEmpty && lost.allSatisfy { abs($0 - 0.5) < 0.15 }, "\(lost)")
  }

  @Test func aMixedCodeIsNotDissociatedAndDoesNotCountDown() throws {
    let (_, arm) = try arm(.mixed)
    #expect(arm.dissociations.count == 3 && (arm.score ?? 1) < 0.5)
    #expect((arm.storing + arm.counting).allSatisfy { $0.units != nil && $0.meetsCriterion == false })
    #expect(try verdict(arm.scorecard, "R5") == .no)
    #expect(try verdict(arm.scorecard, "R0") == .everywhere)
  }

  /// No claim is better than "no" on a model that was never trained.
  @Test func anUntrainedModelHasNoRoles() throws {
    let data = try TokenPositioning(words: 4, lengths: 5...8).balanced(seed: 1)
    let model = Seq2Seq(Configuration(units: 16, vocabulary: data.vocabulary), seed: 1)
    var shares: [Double] = []
    let arm = try CorrectedArm(model, data, .init(positions: [4, 6], criteria: .specified)) { _, share in
      if share > 0 { shares.append(share) }
    }
    #expect(shares == (1...10).map { Double($0) / 10 })
    for claim in arm.scorecard.claims {
      let found = try ClaimAcrossTrainings([claim])
      #expect(
        [.no, .cannotBeTold].contains(found.verdict), "\(claim.name): \(found.verdict) \(found.quantities)")
    }
    #expect((arm.score ?? 1) < 0.2)
    #expect((arm.triggering + arm.outputting).allSatisfy { $0.meetsCriterion != true })
    // JSON holds no NaN: a finding with one could not be encoded.
    #expect(try JSONDecoder().decode(CorrectedArm.self, from: JSONEncoder().encode(arm)) == arm)
  }

  /// Role tests that were made before are taken over; others than those that would be made are refused.
  @Test func roleTestsCanBeGiven() throws {
    let (data, criteria) = (
      try TokenPositioning(words: 4, lengths: 5...8).balanced(seed: 1), Criteria.specified
    )
    let model = Seq2Seq(Configuration(units: 8, vocabulary: data.vocabulary), seed: 1)
    let options = CorrectedArm.Options(positions: [4, 6], stride: 2, randomSets: 20, criteria: criteria)
    func roles(_ step: Int, seed: UInt64 = 1) throws -> DoubleDissociation.Step {
      let options = RoleTest.Options(
        threshold: criteria.exchangeMoves, tuneThreshold: criteria.exchangeMovesOnTune, randomSets: 20,
        seed: seed)
      return try DoubleDissociation(model, data, steps: [step], options).steps[0]
    }
    var asked: [Int] = []
    let given = try CorrectedArm(model, data, options) { _, _ in
    } roles: {
      asked.append($0)
      return try roles($0)
    }
    #expect(asked == [0, 2, 0, 2])
    #expect(given == (try CorrectedArm(model, data, options)))
    #expect {
      try CorrectedArm(model, data, options, roles: { try roles($0, seed: 2) })
    } throws: { "\($0)".contains("the options of a role test") }
    #expect {
      try CorrectedArm(model, data, options, roles: { try roles($0 + 1) })
    } throws: { "\($0)".contains("the step of a role test") }
  }

  /// A stride as wide as T leaves the last step alone, from which nothing starts earlier: the step at which the set was found
  /// stands for it.
  @Test func aWideStrideLeavesSomethingToStart() throws {
    let planted = try PlantedRoles()
    let card = try arm(planted.model, planted.data, stride: 9).scorecard
    #expect(card["R6"]?.cells.count == 4)
    #expect(try verdict(card, "R6") == .everywhere)
    // One condition or two have nothing to differ from.
    #expect(card["R9"]?.told == 0 && card["R9"]?.cells.count == 1)
  }

  @Test func badInputIsATypedError() throws {
    let planted = try PlantedRoles()
    func arm(_ positions: [Int], rowsPerPair: Int = 6) throws -> CorrectedArm {
      try CorrectedArm(
        planted.model, planted.data,
        .init(positions: positions, rowsPerPair: rowsPerPair, criteria: .specified))
    }
    #expect(throws: AnalysisError.tooFewRows(condition: "position 9", found: 0, needed: 1)) {
      try arm([8, 9])
    }
    #expect(throws: AnalysisError.tooFewRows(condition: "position 0", found: 0, needed: 1)) { try arm([0]) }
    #expect(throws: NetworkError.self) { try arm([]) }
    #expect(throws: NetworkError.self) { try arm([8], rowsPerPair: 0) }
  }
}
