import Analyses
import Testing

@Suite struct StatisticsTests {
  /// SciPy 1.17: `binomtest(k, n).proportion_ci(method="wilson")`.
  @Test(arguments: [
    (9, 10, 0.5958499732047615, 0.9821237869049271), (0, 10, 0, 0.27753279986288926),
    (50, 50, 0.9286524008666412, 1), (1, 3, 0.06149194472039626, 0.7923403991979523),
  ])
  func wilsonIntervalsAreThoseOfSciPy(_ correct: Int, _ count: Int, _ low: Double, _ high: Double) {
    let interval = Interval.wilson(correct, of: count)
    #expect(abs(interval.low - low) < 1e-9)
    #expect(abs(interval.high - high) < 1e-9)
  }

  /// NumPy 2.4: `numpy.quantile`.
  @Test func quantilesAreThoseOfNumPy() {
    let values = [3.0, 1, 2, 10, 4.5]
    for (share, expected) in [(0.0, 1.0), (0.025, 1.1), (0.3, 2.2), (0.5, 3), (0.975, 9.45), (1, 10)] {
      #expect(abs(quantile(share, of: values) - expected) < 1e-12)
    }
  }

  @Test func randomSetsHaveTheSizeAndReachEveryUnitEquallyOften() {
    let sets = RandomSets.uniform(count: 4000, size: 3, of: 12, seed: 5)
    var counts = [Int](repeating: 0, count: 12)
    for set in sets {
      #expect(Set(set).count == 3)
      for unit in set { counts[unit] += 1 }
    }
    // 1000 expected; the standard deviation of a binomial count is 27.
    #expect(counts.allSatisfy { abs($0 - 1000) < 140 }, "\(counts)")
    #expect(sets == RandomSets.uniform(count: 4000, size: 3, of: 12, seed: 5))
    #expect(sets != RandomSets.uniform(count: 4000, size: 3, of: 12, seed: 6))
  }

  @Test func pValuesCountTheChosenSetAmongTheDraws() {
    #expect(RandomSets.pValue(effect: 5, null: [1, 2, 3]) == 0.25)
    #expect(RandomSets.pValue(effect: 2, null: [1, 2, 3]) == 0.75)
    #expect(RandomSets.pValue(effect: 0, null: [1, 2, 3]) == 1)
  }
}
