import Analyses
import Foundation
import Networks
import Tasks
import Testing

/// R0 to R9 on the planted chain, and on a model that was never trained.
@Suite struct CorrectedArmTests {
  private func arm(_ code: PlantedRoles.Code) throws -> (PlantedRoles, CorrectedArm) {
    let planted = try PlantedRoles(code)
    let data = planted.data
    // More rows to choose on than the held-out form spares, and none of the test's.
    let rows = Dataset(
      task: data.task, form: data.form, vocabulary: data.vocabulary, training: data.training,
      validation: data.validation, test: data.test, select: data.training.distinct)
    return (planted, try CorrectedArm(planted.model, rows, .init(positions: [7, 8], stride: 2)))
  }

  private func estimates(_ claim: ClaimFinding?, _ part: String? = nil) -> [Double] {
    let cells = (claim?.cells ?? []).filter { cell in part.map { cell.condition.contains($0) } ?? true }
    return cells.compactMap { $0.effect.measurement?.estimate }
  }

  /// What holds by construction is met; what does not is not.
  @Test func thePlantedChain() throws {
    let (planted, arm) = try arm(.separate)
    let card = arm.scorecard
    #expect(card.arm == .corrected && card.claims.map(\.name) == (0...9).map { "R\($0)" })
    #expect(arm.storing.map(\.step) == [0, 2, 4, 6, 1, 3, 5, 7])
    #expect(arm.storing.allSatisfy { $0.units?.sorted() == planted.storing })
    #expect(arm.counting.map(\.step) == [1, 3, 5])
    #expect(arm.counting.allSatisfy { $0.units?.sorted() == planted.counting })
    #expect(arm.triggering.map(\.position) == [7, 8])
    #expect(arm.triggering.allSatisfy { $0.units == planted.triggering })
    #expect(arm.outputting.count == 4 && arm.outputting.allSatisfy { $0.units == [4] })
    // Whether R1 is met is a question of what is read from the untrained model of control 8 on these few rows.
    #expect(estimates(card["R1"]).allSatisfy { $0 == 1 } && card["R1"]?.told == 8)
    for name in ["R0", "R5", "R6", "R7"] {
      #expect(card[name]?.verdict == .met, "\(name): \(String(describing: card[name]?.worst))")
    }
    // All of it is lost without them, but so it is without a counting unit, or both triggering ones: one random pair of
    // eight, 1 − 30 · 29 / (32 · 31), has one of two given units.
    #expect(card["R2"]?.verdict == .notMet && estimates(card["R2"]) == [Double](repeating: 1, count: 16))
    // The others' means over T = 7 and 8 do not say when: rows with T = 7 write w too late.
    #expect(
      card["R3"]?.met == 0 && estimates(card["R3"], "T = 7") == [Double](repeating: 0, count: 8))
    // They keep the time, but one random pair of eight delays w too: more than one of ten.
    let times = try #require(card["R4"])
    #expect(estimates(times) == [1, 1, 1] && times.verdict == .notMet)
    for cell in times.cells {
      #expect(abs((cell.effect.measurement?.null.mean ?? 0) - 0.123) < 0.07)
    }
    // The chain is all that counts. Of the two outputting units the set has one, through which half passes. The last T
    // has no later one to patch from.
    #expect(estimates(card["R8"], "resampled") == [1, 1])
    #expect(estimates(card["R8"], "trigger →").count == 1)
    #expect(abs((estimates(card["R8"], "trigger →").first ?? 0) - 0.5) < 0.001)
    #expect(card["R8"]?.cells.last?.isMet == nil && card["R8"]?.cells.count == 4)
    #expect(card["R8"]?.met == 3 && card["R8"]?.verdict == .met)
    // The same units store at all conditions.
    #expect(card["R9"]?.verdict == .notMet && estimates(card["R9"]) == [0])
    #expect(arm.overlaps.map(\.step) == [1, 3, 5])
    #expect(arm.overlaps.allSatisfy { $0.overlap.common == 0 && $0.mixed.measurement?.estimate == 1 })
  }

  /// Where one unit of a pair does nothing alone, random sets do nothing: what the chain can't be told from chance by is
  /// met.
  @Test func aPairThatRandomSetsDoNotTouchIsToldFromThem() throws {
    let planted = try PlantedPositioning()
    let data = planted.data
    let rows = Dataset(
      task: data.task, form: data.form, vocabulary: data.vocabulary, training: data.training,
      validation: data.validation, test: data.test, select: data.training.distinct)
    let card = try CorrectedArm(planted.model, rows, .init(positions: [7, 8], stride: 2)).scorecard
    #expect(card["R0"]?.verdict == .met && card["R4"]?.verdict == .met, "\(String(describing: card["R4"]))")
    let necessary = try #require(card["R2"])
    // The mean of the two words is nearly a tie, which goes to a.
    for cell in necessary.cells {
      #expect(cell.effect.estimate == (cell.condition.contains("w = a") ? 0 : 1), "\(cell)")
    }
  }

  @Test func aMixedCodeShowsInTheOverlapsAndDoesNotCountDown() throws {
    let (planted, arm) = try arm(.mixed)
    #expect((arm.storing + arm.counting).allSatisfy { $0.units?.sorted() == planted.storing })
    #expect(arm.overlaps.count == 3)
    #expect(arm.overlaps.allSatisfy { $0.overlap.common == 2 && $0.overlap.pValue < 0.01 })
    // The size of ±x says the time, not its mean over words.
    let units = arm.scorecard["R5"]?.cells.filter { $0.condition.contains("unit") } ?? []
    #expect(units.count == 6 && units.allSatisfy { $0.isMet == false })
    #expect(arm.scorecard["R5"]?.verdict == .notMet && arm.scorecard["R0"]?.verdict == .met)
    // One part that depends on the word and the time keeps the output.
    #expect(estimates(arm.scorecard["R8"], "resampled").allSatisfy { $0 >= 0.9 })
  }

  /// No set of an untrained model has a role. w can be read from its states, but no better than from those of another
  /// untrained model.
  @Test func anUntrainedModelHasNoRoles() throws {
    let data = try TokenPositioning(words: 4, lengths: 4...6).balanced(seed: 1)
    let model = Seq2Seq(Configuration(units: 16, vocabulary: data.vocabulary), seed: 1)
    var shares: [Double] = []
    let arm = try CorrectedArm(model, data, .init(positions: [3, 5])) { _, share in shares.append(share) }
    #expect(shares == (1...10).map { Double($0) / 10 })
    for claim in arm.scorecard.claims {
      #expect(claim.verdict == .notMet, "\(claim.name)")
      // What was not found has no number.
      #expect(["R0", "R1"].contains(claim.name) || claim.cells.allSatisfy { $0.effect.measurement == nil })
    }
    #expect(arm.storing.count == 8 && arm.triggering.count == 2 && arm.outputting.count == 8)
    #expect((arm.storing + arm.counting + arm.triggering).allSatisfy { $0.units == nil })
    #expect(arm.overlaps.isEmpty)
    // JSON holds no NaN: a finding with one could not be encoded.
    #expect(try JSONDecoder().decode(CorrectedArm.self, from: JSONEncoder().encode(arm)) == arm)
  }

  @Test func badInputIsATypedError() throws {
    let planted = try PlantedRoles()
    func arm(_ positions: [Int], rowsPerPair: Int = 6) throws -> CorrectedArm {
      try CorrectedArm(planted.model, planted.data, .init(positions: positions, rowsPerPair: rowsPerPair))
    }
    #expect(throws: AnalysisError.tooFewRows(condition: "position 9", found: 0, needed: 1)) {
      try arm([8, 9])
    }
    #expect(throws: AnalysisError.tooFewRows(condition: "position 0", found: 0, needed: 1)) { try arm([0]) }
    #expect(throws: NetworkError.self) { try arm([]) }
    #expect(throws: NetworkError.self) { try arm([8], rowsPerPair: 0) }
  }
}
