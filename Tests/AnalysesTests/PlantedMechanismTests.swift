import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// On a mechanism that is known, every procedure must find exactly what is there, at p ≤ .01.
@Suite struct PlantedMechanismTests {
  let planted: PlantedPositioning
  let verify: Counterfactuals
  let reference: Counterfactuals
  let few: Counterfactuals

  init() throws {
    planted = try PlantedPositioning()
    verify = try Counterfactuals(planted.model, rows: planted.rows(5...8))
    reference = try Counterfactuals(planted.model, rows: planted.others(5...8).prefix(200))
    few = try Counterfactuals(
      planted.model, rows: reference.rows.rows(stride(from: 0, to: 200, by: 9).map { $0 }))
  }

  func measured(_ effect: Effect) throws -> Effect.Measurement {
    try #require(effect.measurement, "\(effect)")
  }

  @Test func thePlantedModelPutsEveryTokenInItsPlace() throws {
    for rows in [planted.data.training.distinct, planted.data.test.distinct] {
      let evaluation = try planted.model.evaluate(rows)
      #expect(evaluation.whole.share == 1)
    }
  }

  /// Ablation: the storing pair is necessary and the two pairs together suffice, whatever ablated units are given.
  @Test(arguments: Ablation.Substitute.allCases) func theStoringPairIsNecessary(
    _ substitute: Ablation.Substitute
  ) throws {
    let lost = try Ablation(
      verify, reference: substitute == .bestConstant ? few : reference, steps: [0, 2, 4],
      .init(substitute, outcome: .anywhere, randomSets: substitute == .bestConstant ? 300 : 1000),
      choose: { _ in planted.storing })
    #expect(lost.unedited == 1 && lost.distinctInputs == verify.rows.count)
    for step in lost.steps {
      let effect = try measured(step.uniform)
      // The word written then no longer depends on the row, or it is another row's. A set with a counting unit moves the
      // word, and is no null for `.token`.
      #expect((0.3...0.7).contains(effect.estimate), "\(substitute) at \(step.step): \(effect.estimate)")
      #expect(effect.null.pValue <= 0.01, "\(substitute) at \(step.step): \(effect.null)")
      #expect(effect.interval.low > 0.2 && effect.sentences == verify.rows.distinctSentences)
    }
  }

  @Test func oneOfThePairAndABystanderAreNotNecessary() throws {
    for units in [[13], [3], [13, 3], [0, 1]] {
      let lost = try Ablation(
        verify, reference: reference, steps: [3], .init(.meanAtStep, randomSets: 200), choose: { _ in units })
      let effect = try measured(lost.steps[0].uniform)
      #expect(effect.estimate == 0 && effect.null.pValue == 1, "\(units)")
    }
    // The margin tells what the token does not: one of the pair carries half of it.
    let half = try Ablation(
      verify, reference: reference, steps: [3], .init(.zero, outcome: .margin, randomSets: 1000),
      choose: { _ in [13] })
    let effect = try measured(half.steps[0].uniform)
    #expect(abs(effect.estimate - 5 * 0.995) < 0.05)
  }

  @Test(arguments: [Ablation.Substitute.meanAtStep, .resampledRow, .zero])
  func storingAndCountingUnitsSufficeTogetherAndNotAlone(_ substitute: Ablation.Substitute) throws {
    func kept(_ units: [Int]) throws -> Effect.Measurement {
      let ablation = try Ablation(
        verify, reference: reference, steps: [4], .init(substitute, scope: .others, randomSets: 1000),
        choose: { _ in units })
      return try measured(ablation.steps[0].uniform)
    }
    let both = try kept(planted.storing + planted.counting)
    #expect(both.estimate == 1 && both.null.pValue <= 0.01, "\(both)")
    #expect(try kept(planted.storing).estimate < 0.75)
    #expect(try kept(planted.counting).estimate < 0.75)
  }

  /// Best constants can't do worse than the mean, and for the count they find one that says "now".
  @Test func theBestConstantsAreAtLeastAsGoodAsTheMean() throws {
    let runs = try Counterfactuals(planted.model, rows: planted.others(6...6))
    let sets = [planted.counting, planted.storing, [0, 5]]
    let found = try EditValue.bestConstants(runs, sets: sets, at: 2)
    for (set, value) in zip(sets, found) {
      let decoded = try runs.decode([
        [Edit(units: set, at: 2, value)],
        [Edit(units: set, at: 2, .meanAtStep(of: runs.baseline.decoder.states))],
      ])
      let (best, mean) = (decoded.score(.token, of: 0) ?? 0, decoded.score(.token, of: 1) ?? 0)
      #expect(best >= mean, "\(set): \(best) against \(mean)")
    }
    // Rows of one T: a constant count is right for all of them; a constant word is not.
    let counted = try runs.decode([
      [Edit(units: planted.counting, at: 2, found[0])], [Edit(units: planted.storing, at: 2, found[1])],
    ])
    #expect(counted.score(.token, of: 0) == 1)
    #expect(try #require(counted.score(.token, of: 1)) < 0.7)
    #expect(throws: AnalysisError.stepOutOfRange(step: 99, recorded: 0...runs.steps)) {
      try EditValue.bestConstants(runs, sets: [[1]], at: 99)
    }
    #expect(throws: AnalysisError.self) { try EditValue.bestConstants(runs, sets: [[1]], at: 8) }
  }

  /// Three rows of one word for one of the other: the mean says the first with certainty, which costs the others more
  /// than a constant that says it with three to one, ln 3 apart in the logits.
  @Test func theBestConstantsMakeTheTokensLikelierThanTheMean() throws {
    let all = planted.others(6...6)
    let (a, b) = (all.indices { word, _, _ in word == 3 }, all.indices { word, _, _ in word == 4 })
    let runs = try Counterfactuals(planted.model, rows: all.rows(Array(a.prefix(15)) + Array(b.prefix(5))))
    let found = try EditValue.bestConstants(runs, sets: [planted.storing], at: 2, iterations: 100)[0]
    let mean = EditValue.meanAtStep(of: runs.baseline.decoder.states)
    let decoded = try runs.decode([found, mean].map { [Edit(units: planted.storing, at: 2, $0)] })
    func logLikelihood(_ variant: Int) -> Double {
      decoded.values(.probability(), of: variant).reduce(0) { $0 + log($1 ?? 0) } / 20
    }
    // The entropy of three to one.
    let best = 0.75 * log(0.75) + 0.25 * log(0.25)
    #expect(abs(logLikelihood(0) - best) < 0.01, "\(logLikelihood(0)) against \(best)")
    #expect(logLikelihood(1) < best - 0.3)
    // Ablation with that name uses them.
    let named = try Ablation(
      runs, reference: runs, steps: [2], .init(.bestConstant, outcome: .probability(), randomSets: 1),
      choose: { _ in planted.storing }
    ).steps[0].edited
    let constants = try EditValue.bestConstants(runs, sets: [planted.storing], at: 2)[0]
    let edited = try runs.decode([[Edit(units: planted.storing, at: 2, constants)]])
    #expect(abs(try #require(named) - (edited.score(.probability(), of: 0) ?? 0)) < 1e-4)
  }

  @Test func partnersDifferInWhatWasAskedAndInNothingElse() throws {
    for (step, source) in [(0, 0), (3, 3), (2, 5)] {
      for difference in Exchange.Difference.allCases {
        let exchange = try Exchange(of: difference, in: verify, at: step, from: source, seed: 7)
        let (rows, sources) = (exchange.targets.rows, exchange.sources.rows)
        // A source with the same T must have its token after its step, too.
        let possible = verify.rows.positions.count { $0 > (difference == .word ? max(step, source) : step) }
        #expect(exchange.partners.count == possible && rows.count == possible)
        for (row, partner) in exchange.partners.enumerated() {
          #expect((rows.words[row] != sources.words[partner]) == (difference != .position))
          #expect((rows.positions[row] != sources.positions[partner]) == (difference != .word))
          #expect(sources.positions[partner] > source && rows.positions[row] > step)
        }
        #expect(Set(exchange.partners).count > 5)
        #expect(exchange.positionsByTimeGone == rows.positions.map { step + $0 - source })
      }
    }
  }

  /// The value of the step before: exactly one step late, with the token kept.
  @Test func theCountingPairShiftsTheTokenInTime() throws {
    let shift = try StateShift(verify, units: planted.counting, at: 4, randomSets: 1000)
    #expect(shift.points.map(\.shift) == [-3, -2, -1, 0, 1, 2, 3])
    for point in shift.points where point.shift >= 0 {
      let follows = try measured(point.follows)
      #expect(follows.estimate == 1 && point.notEmitted == 0)
      #expect(point.delays == [point.shift: verify.rows.count])
      if point.shift != 0 { #expect(follows.null.pValue <= 0.01 && follows.interval.low > 0.9) }
    }
    // Put ahead by more than is left, the time has passed.
    let ahead = try #require(shift.points.first { $0.shift == -3 })
    #expect(ahead.notEmitted > 0 && (ahead.delays[-3] ?? 0) == verify.rows.positions.count { $0 >= 7 })
    let late = try StateShift(verify, units: planted.counting, at: 4, shifts: 0...3, randomSets: 1000)
    let slope = try measured(late.slope)
    #expect(abs(slope.estimate - 1) < 1e-9 && slope.null.pValue <= 0.01, "\(slope)")
    let storing = try StateShift(verify, units: planted.storing, at: 4, shifts: 0...3, randomSets: 200)
    #expect(try measured(storing.slope).estimate == 0)
    #expect(throws: AnalysisError.self) { try StateShift(verify, units: [1], at: 8) }
  }

  /// The 2 × 2 table of control 3: each set moves its own thing and nothing else.
  @Test func theExchangeOfASetMovesWhatItHolds() throws {
    let (word, position, both) = (
      try Exchange(of: .word, in: verify, at: 3, seed: 1),
      try Exchange(of: .position, in: verify, at: 3, seed: 1),
      try Exchange(of: .both, in: verify, at: 3, seed: 1)
    )
    let stored = try Interchange(word, units: planted.storing)
    #expect(try measured(stored.wordMoves).estimate == 1)
    #expect(try measured(stored.wordMoves).null.pValue <= 0.01)
    #expect(try measured(stored.positionStays).estimate == 1)
    #expect(stored.positionMoves.reason != nil && stored.counts.sourceWord == word.partners.count)
    let counted = try Interchange(position, units: planted.counting)
    #expect(try measured(counted.positionMoves).estimate == 1)
    #expect(try measured(counted.positionMoves).null.pValue <= 0.01)
    #expect(try measured(counted.wordStays).estimate == 1)
    #expect(counted.counts.byTimeLeft == position.partners.count && counted.counts.byTimeGone == 0)
    // The other set does nothing, and a bystander neither.
    #expect(
      try measured(try Interchange(word, units: planted.counting, randomSets: 50).wordMoves).estimate == 0)
    #expect(
      try measured(try Interchange(position, units: planted.storing, randomSets: 50).positionMoves).estimate
        == 0)
    #expect(try measured(try Interchange(word, units: [3], randomSets: 50).wordMoves).estimate == 0)
    // With both different, each set moves its own: no mixed selectivity.
    let mixed = try Interchange(both, units: planted.storing, randomSets: 50)
    #expect(try measured(mixed.wordMoves).estimate == 1)
    #expect(try measured(mixed.positionStays).estimate == 1)
    let together = try Interchange(both, units: planted.storing + planted.counting, randomSets: 50)
    #expect(try measured(together.wordMoves).estimate == 1)
    #expect(try measured(together.positionMoves).estimate == 1)
  }

  /// From a later step: time left lands at t + (T′ − s), time gone would land at t + (T − s).
  @Test func anExchangeAcrossStepsTellsTimeLeftFromTimeGone() throws {
    let exchange = try Exchange(of: .position, in: verify, at: 2, from: 4, seed: 3)
    let counted = try Interchange(exchange, units: planted.counting, randomSets: 100)
    let effect = try measured(counted.positionMoves)
    #expect(effect.estimate == 1, "\(counted.counts)")
    #expect(counted.counts.byTimeGone == 0 && counted.counts.byTimeLeft > 0)
  }

  /// A model that holds T and counts up to it: what is exchanged from another step lands at the source's T, since the
  /// time gone stands in other units.
  @Test func aHeldPositionIsToldFromTimeLeft() throws {
    let up = try PlantedPositioning(elapsed: [10, 25])
    let runs = try Counterfactuals(up.model, rows: up.rows(5...8))
    let evaluation = try up.model.evaluate(up.data.test.distinct)
    #expect(evaluation.whole.share == 1)
    for (step, source) in [(2, 4), (4, 3)] {
      let exchange = try Exchange(of: .position, in: runs, at: step, from: source, seed: 3)
      let held = try Interchange(exchange, units: up.counting, randomSets: 100)
      let told = exchange.partners.indices.filter { row in
        // Nothing is written again at a step that has gone by.
        exchange.sources.rows.positions[exchange.partners[row]] > step
      }
      #expect(held.counts.atSourcePosition == told.count && told.count > 20, "\(held.counts)")
      #expect(try measured(held.positionMoves).estimate == 0)
      #expect(held.counts.byTimeLeft == 0)
      // With the time gone of the source's step as well, it is the time left again.
      let both = try Interchange(exchange, units: up.counting + [10, 25], randomSets: 20)
      #expect(try measured(both.positionMoves).estimate == 1 && both.counts.atSourcePosition == 0)
      // The time gone alone.
      let gone = try Interchange(exchange, units: [10, 25], randomSets: 20)
      #expect(gone.counts.byTimeGone > 20 && gone.counts.byTimeLeft == 0, "\(gone.counts)")
    }
    // From the same step the two are one.
    let same = try Exchange(of: .position, in: runs, at: 3, seed: 1)
    let moved = try Interchange(same, units: up.counting, randomSets: 20)
    #expect(try measured(moved.positionMoves).estimate == 1)
  }

  @Test func theSmallestSetsAreThePlantedOnes() throws {
    let tune = try Counterfactuals(planted.model, rows: planted.others(5...8).prefix(120))
    for (role, units) in [(SufficientSet.Role.word, planted.storing), (.position, planted.counting)] {
      let found = try SufficientSet(
        role, choosing: Exchange(of: role.difference, in: tune, at: 3, seed: 1),
        measuring: Exchange(of: role.difference, in: verify, at: 3, seed: 2))
      #expect(found.units?.sorted() == units, "\(role): \(String(describing: found.units))")
      let measured = try #require(found.measured)
      let moved = try self.measured(role == .word ? measured.wordMoves : measured.positionMoves)
      #expect(moved.estimate == 1 && moved.null.pValue <= 0.01)
      #expect(found.curve[0].moved < 0.9 && found.curve[1].moved == 1 && found.curve[1].stayed == 1)
    }
    let wrong = try Exchange(of: .position, in: verify, at: 3, seed: 1)
    #expect(throws: AnalysisError.self) { try SufficientSet(.word, choosing: wrong, measuring: wrong) }
  }

  @Test func aCurveFallsAtThePlantedUnits() throws {
    let ranking = planted.storing + (0..<32).filter { !planted.storing.contains($0) }
    let reversed = Array(ranking.reversed())
    let value = EditValue.meanAtStep(of: reference.baseline.decoder.states)
    let good = try AblationCurve(verify, ranking: ranking, at: 3, value, outcome: .anywhere)
    let bad = try AblationCurve(verify, ranking: reversed, at: 3, value, outcome: .anywhere)
    #expect(good.outcomes[0] == 1 && good.outcomes[1] == 1 && good.outcomes[2] < 0.75)
    #expect(bad.outcomes[30] == 1 && bad.outcomes[32] < 0.75)
    let (better, worse) = (try measured(good.areaAbove), try measured(bad.areaAbove))
    #expect((0...1).contains(better.estimate) && (0...1).contains(worse.estimate))
    #expect(better.estimate > worse.estimate && better.null.pValue <= 0.02 && worse.null.pValue > 0.9)
    #expect(throws: AnalysisError.self) { try AblationCurve(verify, ranking: [1, 2], at: 3, value) }
    #expect(throws: AnalysisError.self) {
      try AblationCurve(verify, ranking: ranking, at: 3, value, outcome: .delay, orders: 5)
    }
  }
}
