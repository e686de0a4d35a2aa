import Analyses
import Foundation
import Testing

/// The criteria of the book, and what each of them governs.
@Suite struct CriteriaTests {
  /// What `criteria:` of the book's `book.yml` says.
  private var book: [String: Double] {
    get throws {
      let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "chapters/book.yml")
      let text = try String(contentsOf: file, encoding: .utf8)
      let part = text.components(separatedBy: "\ncriteria:\n").last?.components(separatedBy: "\nchapters:")
        .first
      return Dictionary(
        uniqueKeysWithValues: (part ?? "").matches(of: /(?m)^  (\w+): ([\d.]+)/).compactMap { line in
          Double(line.2).map { (String(line.1), $0) }
        })
    }
  }

  @Test func theBookHasTheCriteriaOfTheSpecification() throws {
    var expected = Criteria.specifiedValues
    expected["sentences"] = 30
    #expect(try book == expected)
    #expect(try Set(book.keys) == Set(Criteria.names))
  }

  @Test func aWrongNameOrValueIsRefused() {
    let values = Criteria.specifiedValues
    var (missing, unknown, large, none) = (values, values, values, values)
    missing["started"] = nil
    unknown["start"] = 0.8
    large["started"] = 80
    none["sentences"] = 0
    for wrong in [missing, unknown, large, none] {
      #expect(throws: AnalysisError.self) { try Criteria(wrong) }
    }
  }

  /// An effect that meets a criterion by less than a thousandth.
  private func justEnough(_ criterion: Criterion) -> Effect {
    let estimate = (criterion.least ?? 0.5) + 0.0004
    let larger = criterion.pValue.map { Int(($0 * 1000 + 1e-6).rounded(.down)) - 1 } ?? 10
    let mean = (criterion.nullMean ?? 0.1) - 0.0004
    // The draws that are as large, and the others so that the mean is as wanted.
    let rest = (mean * 999 - Double(larger) * estimate) / Double(999 - larger)
    return Effect(
      estimate: estimate, interval: Interval(low: 0.0001, high: 1),
      null: (0..<999).map { $0 < larger ? estimate : rest }, ofDraws: "sets",
      sentences: criterion.sentences ?? 2)
  }

  /// A key made a little harder changes the verdicts that it governs, and no other.
  @Test func eachKeyGovernsItsClaimsAndNoOther() throws {
    let governed: [String: Set<String>] = [
      "tokenAccuracy": ["R0"], "pairAccuracy": ["R0"], "probeAccuracy": ["R1"], "selectivity": ["R1"],
      "randomSetsBeaten": ["R2", "R3", "R5"], "tokenKept": ["R3"], "oneStepLate": ["R4"],
      "oneStepLateRandom": ["R4"], "landsByTimeLeft": ["R5"], "started": ["R6"], "startedRandom": ["R6"],
      "throughUpdateGates": ["R6"], "logitShare": ["R7"], "changeAtPosition": ["R7"], "pathShare": ["R8"],
      "behaviourKept": ["R8"], "chainPValue": ["R8"], "chancePValue": ["R9"],
      // These find and judge sets, before there is a claim.
      "exchangeMoves": [], "exchangeMovesOnTune": [],
      "sentences": ["R0", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9"],
    ]
    #expect(Set(governed.keys) == Set(Criteria.names))
    let base = Criteria.specified
    let measured = Claims.all.map { claim in
      claim.quantities(base).map { Measured("a condition", $0.name, justEnough($0.criterion)) }
    }
    func verdicts(_ criteria: Criteria) throws -> [String: Verdict] {
      var found: [String: Verdict] = [:]
      for (claim, measured) in zip(Claims.all, measured) {
        found[claim.name] = try ClaimAcrossTrainings([claim.finding(measured, criteria)]).verdict
      }
      return found
    }
    let before = try verdicts(base)
    #expect(before.values.allSatisfy { $0 == .everywhere }, "\(before)")
    for (key, claims) in governed {
      var values = Criteria.specifiedValues
      let isUpperBound = key.hasSuffix("PValue") || key.hasSuffix("Random")
      values[key, default: 0] += key == "sentences" ? 1 : isUpperBound ? -0.001 : 0.001
      let after = try verdicts(Criteria(values))
      #expect(Set(after.keys.filter { after[$0] != before[$0] }) == claims, "\(key)")
      if key == "sentences" { #expect(after.values.allSatisfy { $0 == .cannotBeTold }) }
    }
    var values = Criteria.specifiedValues
    values["exchangeMoves"] = 0.95
    #expect(try Criteria(values).moves != base.moves && Criteria(values).stays != base.stays)
  }

  @Test func aCriterionSaysWhatItAsks() {
    let criteria = Criteria.specified
    #expect(criteria.sufficient.text == "≥ 0.9, more than with 99 % of the null")
    #expect(criteria.late.text == "≥ 0.9, the null ≤ 0.1 on average")
    #expect(criteria.differ.text == "more than with 95 % of the null, interval above 0")
  }

  @Test func onePercentOfRandomSetsMayBeAsLarge() {
    func effect(_ larger: Int, sentences: Int = 2) -> Effect {
      Effect(
        estimate: 0.5, interval: Interval(low: 0, high: 1),
        null: (0..<299).map { $0 < larger ? 1 : 0 }, ofDraws: "sets", sentences: sentences)
    }
    let criterion = Criteria.specified.necessary
    #expect(criterion.judge(effect(2)) == .met && criterion.judge(effect(3)) == .notMet)
    #expect(criterion.isMet(by: .notDetermined(.noNullDraws)) == nil)
    #expect(criterion.judge(.notDetermined(.noSet("does it"))) == .notMet)
  }

  /// What no outcome could have met can't be told, whatever the estimate is.
  @Test(arguments: [0.2, 0.9, 1]) func whatNoOutcomeCouldMeetCannotBeTold(_ estimate: Double) {
    func effect(atCeiling: Int, of draws: Int = 200, sentences: Int = 40) -> Effect {
      Effect(
        estimate: estimate, interval: Interval(low: 0, high: 1),
        null: (0..<draws).map { $0 < atCeiling ? 1 : 0.1 }, ofDraws: "sets", sentences: sentences)
    }
    func isTold(_ criterion: Criterion, _ effect: Effect, best: Double? = 1) -> Bool {
      if case .cannotBeTold = criterion.judge(effect, best: best) { false } else { true }
    }
    let criterion = Criterion(pValue: 0.01, sentences: 30)
    // Two of 200 do all that there is to do: p is .0149 at best. One: .00995.
    #expect(!isTold(criterion, effect(atCeiling: 2)) && isTold(criterion, effect(atCeiling: 1)))
    // Where more can be done than they do, it can be told.
    #expect(isTold(criterion, effect(atCeiling: 2), best: 1.5))
    #expect(isTold(criterion, effect(atCeiling: 2), best: nil))
    // Too few draws, too few sentences.
    #expect(
      !isTold(criterion, effect(atCeiling: 0, of: 98)) && isTold(criterion, effect(atCeiling: 0, of: 99)))
    #expect(!isTold(criterion, effect(atCeiling: 0, sentences: 29)))
    // A bound without a null asks for no draws.
    #expect(isTold(Criterion(atLeast: 0.9, sentences: 30), effect(atCeiling: 150, of: 200)))
  }
}
