import Analyses
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Tests of whether a set suffices, and whether each of its units is needed: by hand and on planted sets.
@Suite struct CircuitTestsTests {
  private let planted: PlantedPositioning
  private let verify: Counterfactuals
  private let mean: EditValue

  init() throws {
    planted = try PlantedPositioning()
    verify = try Counterfactuals(planted.model, rows: planted.rows(5...8))
    let reference = try Counterfactuals(planted.model, rows: planted.others(5...8).prefix(200))
    mean = .meanAtStep(of: reference.baseline.decoder.states)
  }

  /// By SciPy 1.17: `binom.sf(b − 1, n, q)`.
  @Test(arguments: [(8, 10, 0.6, 0.16728975359999992), (95, 100, 0.9, 0.05757688648703389), (0, 10, 0.9, 1)])
  func pValuesAreExactTailsOfABinomialDistribution(_ beaten: Int, _ draws: Int, _ share: Double, _ p: Double)
    throws
  {
    let random = (0..<draws).map { $0 < beaten ? 0.1 : 0.9 }
    let found = try SufficiencyTest(faithfulness: 0.5, random: random, quantile: share)
    #expect(found.beaten == beaten && found.ties == 0 && abs(found.pValue - p) < 1e-12)
    // A change that is larger than b of n: at most b, where q* would give more.
    let member = try MinimalityTest(units: [7], changes: [0.5], random: random, quantile: 1 - share).members[
      0]
    let smaller = draws - beaten
    let mirrored = try MinimalityTest(
      units: [7], changes: [0.5], random: random.map { 1 - $0 }, quantile: 1 - share
    ).members[0]
    #expect(abs(mirrored.pValue - p) < 1e-12 && mirrored.share == Double(smaller) / Double(draws))
    #expect(member.share == Double(beaten) / Double(draws) && member.adjustedPValue == member.pValue)
  }

  /// Where nothing works, all sets are equal, and none passes.
  @Test func tiesCountAgainstTheSet() throws {
    let floor = try SufficiencyTest(faithfulness: 0, random: [Double](repeating: 0, count: 1000))
    #expect(floor.ties == 1000 && floor.pValue == 1)
    // .9²⁰ = .12: twenty draws can't reject, whatever the set does.
    let few = try SufficiencyTest(faithfulness: 1, random: [Double](repeating: 0, count: 20))
    #expect(abs(few.leastPValue - 0.12157665459056935) < 1e-12 && few.pValue == few.leastPValue)
  }

  @Test func thePlantedPairsSufficeAndUnitsWithoutARoleDoNot() throws {
    let both = try SufficiencyTest(
      verify, units: planted.storing + planted.counting, at: 4, othersGiven: mean, randomSets: 500)
    #expect(both.faithfulness == 1 && both.pValue < 1e-6 && both.draws == 500, "\(both)")
    #expect(both.sentences == verify.rows.distinctSentences)
    let none = try SufficiencyTest(verify, units: [0, 1, 2, 5], at: 4, othersGiven: mean, randomSets: 500)
    #expect(none.pValue > 0.5, "\(none)")
  }

  /// One unit too many is found, and no other.
  @Test func aSuperfluousUnitIsFound() throws {
    let set = planted.storing + planted.counting
    let found = try MinimalityTest(
      verify, units: set + [3], at: 4, othersGiven: mean, outcome: .margin, draws: 200, resolution: 1e-2)
    #expect(found.superfluous() == [3] && !found.isBlind(), "\(found.members)")
    let minimal = try MinimalityTest(
      verify, units: set, at: 4, othersGiven: mean, outcome: .margin, draws: 200, resolution: 1e-2)
    #expect(minimal.superfluous().isEmpty, "\(minimal.members)")
    #expect(minimal.members.allSatisfy { $0.share > 0.9 }, "\(minimal.members)")
  }

  @Test func fewDrawsAreBlind() throws {
    // .1¹ for each of four units is above .05; two draws are enough.
    #expect(try MinimalityTest(units: [0, 1, 2, 3], changes: [0, 0, 0, 0], random: [1]).isBlind())
    #expect(try !MinimalityTest(units: [0, 1, 2, 3], changes: [0, 0, 0, 0], random: [1, 1]).isBlind())
  }

  @Test func whatCannotBeTestedIsAnError() throws {
    #expect(throws: AnalysisError.self) { try SufficiencyTest(faithfulness: 1, random: []) }
    #expect(throws: AnalysisError.self) { try SufficiencyTest(faithfulness: 1, random: [0], quantile: 1) }
    #expect(throws: AnalysisError.self) { try SufficiencyTest(faithfulness: .nan, random: [0]) }
    #expect(throws: AnalysisError.countMismatch(what: "changes", expected: 1, found: 0)) {
      try MinimalityTest(units: [1], changes: [], random: [0])
    }
    #expect(throws: AnalysisError.self) {
      try MinimalityTest(verify, units: [], at: 4, othersGiven: mean)
    }
    #expect(throws: AnalysisError.self) {
      try MinimalityTest(verify, units: Array(0..<32), at: 4, othersGiven: mean)
    }
    #expect(throws: AnalysisError.unitOutOfRange(unit: 32, units: 32)) {
      try SufficiencyTest(verify, units: [32], at: 4, othersGiven: mean)
    }
  }
}
