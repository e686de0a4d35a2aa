import Analyses
import Foundation
import LinearAlgebra
import Testing

@Suite struct EffectTests {
  /// Each bound of a criterion is one: the number itself meets it, a worse one does not.
  @Test func aCriterionHoldsUpToItsBounds() {
    func effect(_ estimate: Double, null: [Double]) -> Effect {
      Effect(
        estimate: estimate, interval: Interval(low: 0, high: 1), null: null, ofDraws: "draws",
        sentences: 2)
    }
    // p = 1/20 below all of 19 draws, 2/20 with one as large.
    let low = [Double](repeating: 0, count: 19)
    let one = Array(low.dropLast()) + [0.95]
    let found = effect(0.9, null: low)
    #expect(
      Criterion(atLeast: 0.9).isMet(by: found) == true && Criterion(atLeast: 0.91).isMet(by: found) == false)
    #expect(Criterion(pValue: 0.05).isMet(by: found) == true)
    #expect(Criterion(atLeast: 0.9, pValue: 0.05).isMet(by: effect(0.9, null: one)) == false)
    #expect(Criterion(atLeast: 0.9, nullMean: 0.05).isMet(by: effect(0.9, null: one)) == true)
    #expect(Criterion(atLeast: 0.9, nullMean: 0.049).isMet(by: effect(0.9, null: one)) == false)
    #expect(Criterion().isMet(by: .notDetermined(.oneSentenceOnly)) == nil)
  }

  private let interval = Interval(low: 0.2, high: 0.6)

  @Test func anEffectCarriesIntervalNullAndInputs() throws {
    let effect = Effect(
      estimate: 0.4, interval: interval, null: [0.1, 0.2, 0.5], ofDraws: "random sets", sentences: 12)
    let measurement = try #require(effect.measurement)
    #expect(
      measurement.estimate == 0.4 && measurement.interval == interval && measurement.sentences == 12)
    #expect(measurement.null.draws == 3 && measurement.null.pValue == 0.5)
    #expect(effect.reason == nil)
    let again = try JSONDecoder().decode(Effect.self, from: JSONEncoder().encode(effect))
    #expect(again == effect)
  }

  @Test func whatCannotBeToldIsNoNumber() {
    func reason(
      _ estimate: Double = 0.4, interval: Interval? = nil, null: [Double] = [0.1, 0.2], inputs: Int = 5
    ) -> Effect.Reason? {
      Effect(
        estimate: estimate, interval: interval ?? self.interval, null: null, ofDraws: "sets",
        sentences: inputs
      ).reason
    }
    #expect(reason() == nil)
    #expect(reason(inputs: 0) == .noRows(condition: "an outcome"))
    #expect(reason(inputs: 1) == .oneSentenceOnly)
    #expect(reason(null: []) == .noNullDraws)
    #expect(reason(.nan) == .notFinite("the estimate"))
    #expect(reason(null: [0.1, .infinity]) == .notFinite("a draw of the null"))
    #expect(reason(interval: Interval(low: .nan, high: 1)) == .notFinite("the interval"))
  }

  @Test func drawsThatAreAllEqualHaveNoZScore() {
    let null = NullDistribution([1, 1, 1], against: 0.5, description: "sets")
    #expect(null?.zScore == nil && null?.pValue == 1 && null?.percentile == 0)
  }

  @Test func matchedSetsAreLikeTheChosenOne() throws {
    var generator = SeededGenerator(seed: 3)
    // Units vary more and more; the chosen ones vary most.
    var states = Matrix.normal(rows: 200, columns: 40, using: &generator)
    for row in 0..<200 {
      for unit in 0..<40 {
        states[row, unit] = states[row, unit] * (0.1 + 0.05 * Float(unit)) + Float(unit % 4)
      }
    }
    let chosen = [39, 35, 31, 27, 36]
    let matched = try MatchedSets(to: chosen, states: states, count: 500, seed: 1)
    #expect(matched.sets.count == 500)
    #expect(
      matched.sets.allSatisfy { Set($0).count == 5 && $0 == $0.sorted() && $0.allSatisfy((0..<40).contains) })
    #expect(matched.overlap > 0.05 && matched.overlap < 0.6, "\(matched.overlap)")
    // Free draws are uniform ones, and these are not alike.
    let free = try MatchedSets(to: chosen, states: states, count: 500, neighbours: 40, seed: 1)
    #expect(free.varianceImbalance < -0.8)
    let matches =
      abs(matched.varianceImbalance) < abs(free.varianceImbalance) / 3
      && abs(matched.magnitudeImbalance) < abs(free.magnitudeImbalance) / 2
    #expect(matches, "\(matched.varianceImbalance), \(matched.magnitudeImbalance)")
    #expect(abs(free.overlap - 5.0 / 40) < 0.03)
    #expect(matched == (try MatchedSets(to: chosen, states: states, count: 500, seed: 1)))
  }

  @Test func setsThatCannotBeMatchedAreErrors() throws {
    let states = Matrix([[1, 2], [3, 4]])
    #expect(throws: AnalysisError.setLargerThanModel(size: 3, units: 2)) {
      try MatchedSets(to: [0, 1, 2], states: states, seed: 1)
    }
    #expect(throws: AnalysisError.unitOutOfRange(unit: 2, units: 2)) {
      try MatchedSets(to: [2], states: states, seed: 1)
    }
    #expect(throws: AnalysisError.self) { try MatchedSets(to: [0], states: Matrix([[1, 2]]), seed: 1) }
    #expect(throws: AnalysisError.self) {
      try MatchedSets(to: [0], states: Matrix([[1, .nan], [1, 2]]), seed: 1)
    }
    // All units of a model can only be matched by themselves.
    #expect(try MatchedSets(to: [0, 1], states: states, count: 3, seed: 1).overlap == 1)
  }
}
