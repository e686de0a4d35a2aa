import Analyses
import Foundation
import LinearAlgebra
import Testing

/// R9's number, by hand and at chance; and what becomes of a claim's cells.
@Suite struct SetDifferenceTests {
  /// Of 6 units, sets of 2: Kuncheva's index is (6 r − 4) / 8, so 1, ¼ or −½ for an overlap r of 2, 1 or 0.
  private let byHand = [[[0, 1], [1, 0]], [[2, 3], [2, 4]], [[0, 5], [0, 5]]]

  @Test func aSmallExampleIsAsByHand() throws {
    let found = try SetDifference(byHand, of: 6, sentences: 12, permutations: 3000, seed: 1)
    // Within: 1, ¼, 1. Between, four pairs each: −½, ¼, −½.
    #expect(found.conditions == 3 && found.within == 0.75 && found.between == -0.25)
    let effect = try #require(found.effect.measurement)
    #expect(effect.estimate == 1 && effect.sentences == 12)
    // Of three conditions drawn, not thrice the same one: AAC and ACC give ¾, ABC, ABB and BBC 1, AAB and BCC 1¼.
    #expect(effect.interval == Interval(low: 0.75, high: 1.25))
    // One of the 15 ways to deal six sets out in pairs has as much in common within.
    #expect(abs(effect.null.pValue - 1.0 / 15) < 0.015)
    // All differences of the 15 ways, weighed by how many pairs are within and between, add up to nothing.
    #expect(abs(effect.null.mean) < 0.03)
  }

  private func drawn(_ conditions: Int, own: Bool, _ generator: inout SeededGenerator) -> [[[Int]]] {
    (0..<conditions).map { condition in
      (0..<4).map { _ in
        own
          ? generator.sample(3, of: condition * 4..<condition * 4 + 4)
          : generator.sample(3, of: 0..<16)
      }
    }
  }

  @Test func setsOfOneDistributionDifferAtTheNominalRate() throws {
    var generator = SeededGenerator(seed: 5, label: "sets of one distribution")
    let draws = 300
    let pValues = try (0..<draws).map { draw in
      try #require(
        SetDifference(
          drawn(4, own: false, &generator), of: 16, sentences: 9, permutations: 99, seed: UInt64(draw)
        ).effect.measurement
      ).null.pValue
    }
    for level in [0.05, 0.2, 0.5] {
      let share = Double(pValues.count { $0 <= level }) / Double(draws)
      // Three standard deviations of a share at that level.
      #expect(
        abs(share - level) < 3 * (level * (1 - level) / Double(draws)).squareRoot(), "\(level): \(share)")
    }
  }

  @Test func conditionsWithSetsOfTheirOwnDiffer() throws {
    var generator = SeededGenerator(seed: 6, label: "sets of their own")
    for seed in 1...20 as ClosedRange<UInt64> {
      let found = try SetDifference(drawn(4, own: true, &generator), of: 16, sentences: 9, seed: seed)
      let effect = try #require(found.effect.measurement)
      #expect(found.between < -0.2 && found.within > 0.4)
      #expect(effect.null.pValue <= 0.01 && effect.interval.low > 0)
    }
  }

  /// If all conditions have the same sets, nothing differs, and no draw is below that.
  @Test func equalSetsDoNotDiffer() throws {
    let effect = try #require(
      try SetDifference(
        [[[Int]]](repeating: [[1, 2], [2, 1]], count: 3), of: 8, sentences: 4, seed: 1
      ).effect.measurement)
    #expect(effect.estimate == 0 && effect.interval == Interval(low: 0, high: 0) && effect.null.pValue == 1)
  }

  @Test func badInputIsATypedError() throws {
    func differ(_ sets: [[[Int]]]) throws -> SetDifference {
      try SetDifference(sets, of: 6, sentences: 3, seed: 1)
    }
    // Two conditions can't be resampled: every draw of both is the same.
    for few in [[], [byHand[0]], Array(byHand.prefix(2))] {
      #expect(
        throws: AnalysisError.tooFewRows(
          condition: "two sets of a condition to compare", found: few.count, needed: 3)
      ) { try differ(few) }
    }
    #expect(
      throws: AnalysisError.tooFewRows(condition: "two sets of a condition to compare", found: 2, needed: 3)
    ) { try differ([byHand[0], byHand[1], [[1, 2]]]) }
    #expect(throws: AnalysisError.countMismatch(what: "units in the second set", expected: 2, found: 1)) {
      try differ([byHand[0], byHand[1], [[1, 2], [1]]])
    }
    #expect(throws: AnalysisError.unitOutOfRange(unit: 6, units: 6)) {
      try differ([byHand[0], byHand[1], [[1, 2], [1, 6]]])
    }
    #expect(throws: AnalysisError.repeatedUnit(unit: 1)) {
      try differ([byHand[0], byHand[1], [[1, 2], [1, 1]]])
    }
    #expect(throws: AnalysisError.self) { try differ([[[], []], [[], []], [[], []]]) }
  }
}

/// What becomes of a claim, on cells made by hand.
@Suite struct VerdictTests {
  private let nothing = Effect.notDetermined(.noRows(condition: "an outcome"))

  private func effect(_ estimate: Double) -> Effect {
    Effect(
      estimate: estimate, interval: Interval(low: 0, high: 1), null: [0, 0.1], ofDraws: "sets",
      sentences: 4)
  }

  private func claim(_ cells: [(Effect, Bool?)]) -> ClaimFinding {
    ClaimFinding(
      "R0", "a statement", criterion: "a criterion",
      cells.enumerated().map { number, cell in
        // A criterion that gives what the case says.
        let criterion = Criterion(atLeast: cell.1 == true ? -1 : 2)
        let untold = cell.1 == nil ? "nothing to tell" : nil
        let effect = cell.0.measurement == nil ? Effect.notDetermined(.noSet("does it")) : cell.0
        return .init(Measured("cell \(number)", "share", effect, untold: untold), criterion)
      })
  }

  @Test func aClaimIsMetIfEveryConditionThatCanBeToldMeetsIt() {
    for (cells, isMet, met, told) in [
      ([], false, 0, 0),
      ([(nothing, nil), (effect(1), nil)], false, 0, 0),
      ([(effect(1), true), (nothing, nil)], true, 1, 1),
      ([(effect(1), true), (effect(0.9), true)], true, 2, 2),
      ([(effect(1), true), (effect(0.2), false)], false, 1, 2),
      ([(nothing, false), (nothing, nil)], false, 0, 1),
    ] as [([(Effect, Bool?)], Bool, Int, Int)] {
      let claim = claim(cells)
      #expect(claim.isMetEverywhere == isMet && claim.met == met && claim.told == told)
    }
  }

  @Test func theWorstConditionFailsIfAnyDoes() {
    #expect(claim([]).worst == nil)
    #expect(claim([(nothing, nil), (effect(0), nil)]).worst == nil)
    // Without a failure, the smallest of those that can be told.
    #expect(
      claim([(effect(0), nil), (effect(0.95), true), (effect(0.92), true)]).worst?.condition == "cell 2")
    // A failure before a smaller number that meets its criterion; the smallest of several.
    #expect(
      claim([(effect(0.3), true), (effect(0.7), false), (effect(0.5), false)]).worst?.condition == "cell 2")
    // One with a number before one without.
    #expect(claim([(nothing, false), (effect(0.7), false)]).worst?.condition == "cell 1")
    #expect(claim([(effect(0.7), true), (nothing, false)]).worst?.condition == "cell 1")
    #expect(claim([(effect(0.7), false), (nothing, false)]).worst?.condition == "cell 0")
  }

  @Test func aScorecardHasItsClaimsByName() {
    let card = Scorecard(.corrected, [claim([(effect(1), true)])])
    #expect(card["R0"] == card.claims[0] && card["R1"] == nil && card.arm == .corrected)
  }
}
