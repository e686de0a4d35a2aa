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

  @Test func theBootstrapsMeanWeighsSeedsAndCellsEqually() throws {
    typealias Observation = HierarchicalBootstrap.Observation
    let observations = [
      // Seed 0: cell 0 has inputs of mean 1 and 3 (one of them seen twice), cell 1 has 6. Seed 1: 10.
      Observation(seed: 0, cell: 0, input: 0, value: 0), Observation(seed: 0, cell: 0, input: 0, value: 2),
      Observation(seed: 0, cell: 0, input: 1, value: 3), Observation(seed: 0, cell: 1, input: 2, value: 6),
      Observation(seed: 1, cell: 0, input: 0, value: 10),
    ]
    let bootstrap = try HierarchicalBootstrap(observations, seed: 1)
    #expect(bootstrap.estimate == (4.0 + 10) / 2)
    #expect(bootstrap.seeds == 2 && bootstrap.cells == 2 && bootstrap.distinctInputs == 3)
    #expect(bootstrap.interval.low < 7 && bootstrap.interval.high == 10)
    #expect(bootstrap == (try HierarchicalBootstrap(observations, seed: 1)))
    #expect(throws: AnalysisError.self) { try HierarchicalBootstrap([], seed: 1) }
    #expect(throws: AnalysisError.self) {
      try HierarchicalBootstrap([Observation(seed: 0, cell: 0, input: 0, value: .nan)], seed: 1)
    }
  }

  /// Variation between seeds must widen the interval: 95 % intervals must hold the true mean about as often.
  @Test func intervalsOverSeedsHoldTheTrueMean() throws {
    var generator = SeededGenerator(seed: 9)
    var (held, naive) = (0, 0)
    for trial in 0..<200 {
      var observations: [HierarchicalBootstrap.Observation] = []
      for seed in 0..<12 {
        let ofSeed = generator.normal()
        for cell in 0..<3 {
          let ofCell = 0.3 * generator.normal()
          for input in 0..<6 {
            let value = ofSeed + ofCell + generator.normal()
            observations.append(.init(seed: seed, cell: cell, input: input, value: value))
          }
        }
      }
      let bootstrap = try HierarchicalBootstrap(observations, draws: 300, seed: UInt64(trial))
      if bootstrap.interval.low <= 0 && 0 <= bootstrap.interval.high { held += 1 }
      let pooled = observations.enumerated().map {
        HierarchicalBootstrap.Observation(seed: 0, cell: 0, input: $0, value: $1.value)
      }
      let flat = try HierarchicalBootstrap(pooled, draws: 300, seed: UInt64(trial))
      if flat.interval.low <= 0 && 0 <= flat.interval.high { naive += 1 }
    }
    // Percentile intervals of 12 seeds fall somewhat short of 95 %; treating rows as independent falls far short.
    #expect((178...200).contains(held), "\(held) of 200")
    #expect(naive < 130, "\(naive) of 200")
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
