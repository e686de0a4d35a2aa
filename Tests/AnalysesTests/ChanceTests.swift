import Analyses
import Foundation
import LinearAlgebra
import Testing

/// Overlaps, adjustments and null distributions beside SciPy's and statsmodels' (Scripts/statistics_fixtures.py).
@Suite struct ChanceTests {
  struct Fixture: Decodable {
    struct Overlap: Decodable {
      let common, first, second, units: Int
      let expected, deviation, pValue: Double
    }
    struct Holm: Decodable {
      let pValues, adjusted: [Double]
    }
    struct Null: Decodable {
      let effect: Double
      let draws: [Double]
      let mean, deviation, percentile, low, high: Double
    }
    let overlaps: [Overlap]
    let holm: [Holm]
    let nulls: [Null]

    static func load() throws -> Fixture {
      let url = try #require(Bundle.module.url(forResource: "Fixtures/statistics", withExtension: "json"))
      return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    }
  }

  @Test func overlapsAreThoseOfSciPy() throws {
    for expected in try Fixture.load().overlaps {
      let first = Array(0..<expected.first)
      let second = Array(
        expected.first - expected.common..<expected.first - expected.common + expected.second)
      let overlap = try SetOverlap(first, second, of: expected.units)
      #expect(overlap.common == expected.common)
      #expect(abs(overlap.expected - expected.expected) < 1e-9)
      #expect(abs(overlap.deviation - expected.deviation) < 1e-9)
      #expect(abs(overlap.pValue - expected.pValue) < 1e-9 * expected.pValue + 1e-15)
    }
  }

  @Test func holmsAdjustmentIsThatOfStatsmodels() throws {
    for expected in try Fixture.load().holm {
      for (ours, theirs) in zip(holmAdjusted(expected.pValues), expected.adjusted) {
        #expect(abs(ours - theirs) < 1e-12)
      }
    }
    #expect(holmAdjusted([]).isEmpty)
  }

  @Test func nullDistributionsAreSummarisedAsByNumPyAndSciPy() throws {
    for expected in try Fixture.load().nulls {
      let null = try #require(
        NullDistribution(expected.draws, against: expected.effect, description: "draws"))
      #expect(abs(null.mean - expected.mean) < 1e-12 && abs(null.deviation - expected.deviation) < 1e-12)
      #expect(abs(null.percentile - expected.percentile) < 1e-9)
      #expect(abs(null.range.low - expected.low) < 1e-9 && abs(null.range.high - expected.high) < 1e-9)
      let z = try #require(null.zScore)
      #expect(abs(z - (expected.effect - expected.mean) / expected.deviation) < 1e-9)
      let least = expected.draws.count { $0 >= expected.effect } + 1
      #expect(abs(null.pValue - Double(least) / Double(expected.draws.count + 1)) < 1e-12)
    }
  }

  /// Kuncheva 2007, section 2: 1 for equal sets, 0 on average for random ones, −1 at the least for half the units.
  @Test func kunchevasIndexIsCorrectedForChance() throws {
    #expect(try kunchevaIndex([1, 4, 6], [6, 4, 1], of: 10) == 1)
    #expect(try kunchevaIndex(Array(0..<8), Array(8..<16), of: 16) == -1)
    #expect(abs(try kunchevaIndex([0, 1, 2], [0, 3, 4], of: 10) - (10.0 - 9) / 21) < 1e-12)
    let sets = RandomSets.uniform(count: 120, size: 5, of: 20, seed: 4)
    #expect(abs(try kunchevaStability(sets, of: 20)) < 0.02)
    #expect(throws: AnalysisError.self) { try kunchevaIndex([1], [1, 2], of: 4) }
    #expect(throws: AnalysisError.self) { try kunchevaIndex([0, 1], [0, 1], of: 2) }
    #expect(throws: AnalysisError.self) { try kunchevaStability([[1]], of: 4) }
  }

  @Test func setsThatAreNoneAreErrors() {
    #expect(throws: AnalysisError.unitOutOfRange(unit: 9, units: 4)) { try SetOverlap([1, 9], [2], of: 4) }
    #expect(throws: AnalysisError.repeatedUnit(unit: 1)) { try SetOverlap([1, 1], [2], of: 4) }
  }

  /// Over random sets the exact test must reject at most at its nominal rate.
  @Test func overlapsOfRandomSetsAreSeldomSignificant() throws {
    let sets = RandomSets.uniform(count: 4000, size: 16, of: 32, seed: 11)
    var rejected = 0
    for pair in stride(from: 0, to: 4000, by: 2)
    where try SetOverlap(sets[pair], sets[pair + 1], of: 32).pValue <= 0.05 {
      rejected += 1
    }
    // The attainable level below .05 of this distribution is .0121 (SciPy): 24 of 2000, with a deviation of 5.
    #expect((8...42).contains(rejected), "\(rejected) of 2000")
  }
}
