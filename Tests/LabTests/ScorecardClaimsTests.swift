import Lab
import Testing

@Suite struct ScorecardClaimsTests {
  private func cell(_ estimate: Double, isMet: Bool) -> ClaimFinding.Cell {
    let effect = Effect(
      estimate: estimate, interval: Interval(low: estimate - 0.1, high: estimate + 0.1), null: [0, 0.1, 0.2],
      ofDraws: "sets dealt out", sentences: 12)
    return ClaimFinding.Cell("T = 5", "own overlap", effect, isMet: isMet)
  }

  private func evidence(_ cells: [ClaimFinding.Cell]) -> [String] {
    Claim(ClaimFinding("R9", "They differ", criterion: "above 0", cells), named: "toy").shown.evidence.map(
      \.value)
  }

  @Test func ofOneConditionTheClaimShowsWhatWasFound() {
    #expect(
      evidence([cell(0.5, isMet: true)]) == ["0.5", "0.4 to 0.6", "sets dealt out: 0.10 (p = 0.250)", "12"])
  }

  @Test func ofSeveralConditionsTheClaimShowsTheShareThatMeetsIt() {
    let shown = evidence([cell(0.5, isMet: true), cell(0.1, isMet: false)])
    #expect(shown[0] == "0.5")
    #expect(shown[1] == "0.09453 to 0.9055")
    #expect(shown[2] == "sets dealt out")
  }
}
