import Lab
import Testing

@Suite struct ScorecardClaimsTests {
  private func shown(_ estimates: [Double], sentences: Int = 12) throws -> [ShownClaim] {
    let cells = estimates.map { estimate in
      ClaimFinding.Cell(
        Measured(
          "T = 5", "own overlap",
          Effect(
            estimate: estimate, interval: Interval(low: estimate - 0.1, high: estimate + 0.1),
            null: [0, 0.1, 0.2], ofDraws: "12 sets dealt out", sentences: sentences)),
        Criterion(atLeast: 0.4, sentences: 12))
    }
    let finding = ClaimFinding("R9", "They differ", criterion: "above 0", cells)
    return [ShownClaim](
      claims: try ClaimAcrossTrainings.all([Scorecard(.corrected, [finding])]), named: "toy")
  }

  @Test func aClaimShowsItsQuantitiesAndItsVerdict() throws {
    let claim = try shown([0.5, 0.1])[0]
    #expect(claim.name == "R9 (toy)" && claim.verdict == .no)
    #expect(
      claim.evidence.map(\.value) == [
        "0.30 (0.00 to 1.00; null 0.10, as many sets dealt out): no",
        "0 of 1 trainings, 1 of 2 conditions", "at least 12 at each condition",
      ])
    #expect(abs((claim.numbers.estimate ?? 0) - 0.3) < 1e-12 && claim.numbers.criterion == 0.4)
    #expect(claim.numbers.trainings == 1 && claim.numbers.conditions == 2 && claim.numbers.sentences == 12)
    #expect(claim.reason == nil)
  }

  @Test func whatCannotBeToldSaysWhy() throws {
    let claim = try shown([0.5], sentences: 11)[0]
    #expect(claim.verdict == .cannotBeTold && claim.verdict.words == "can’t be told")
    #expect(claim.reason == "own overlap: 11 sentences are too few, of at least 12")
  }
}
