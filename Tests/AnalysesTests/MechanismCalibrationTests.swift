import Analyses
import LinearAlgebra
import Networks
import Tasks
import Testing

/// In untrained models any sets pass for a mechanism at the nominal rate only.
@Suite struct MechanismCalibrationTests {
  typealias Base = InterventionCalibrationTests

  /// Within four binomial deviations of what chance gives.
  func expectNominal(_ pValues: [Double], _ what: String) {
    let count = Double(pValues.count)
    let (small, half) = (
      Double(pValues.count { $0 <= 0.05 }) / count, Double(pValues.count { $0 <= 0.5 }) / count
    )
    #expect(abs(small - 0.05) < 4 * (0.05 * 0.95 / count).squareRoot(), "\(what): \(small) at .05")
    #expect(abs(half - 0.5) < 4 * (0.25 / count).squareRoot(), "\(what): \(half) at .5")
  }

  @Test func randomSetsAreFoundAtTheNominalRate() throws {
    var (contributions, paths, edges, scrubbed) = ([Double](), [Double](), [Double](), [Double]())
    var met = 0
    for seed in UInt64(0)..<150 {
      let model = try Base.untrained(seed)
      let rows = Base.data.test.distinct.filter { _, position, _ in position == 6 }.prefix(8)
      let runs = try Counterfactuals(model, rows: rows)
      var generator = SeededGenerator(seed: seed, label: "any sets")
      let units = generator.sample(6, of: 0..<16)
      let (a, b) = (Array(units.prefix(3)), Array(units.suffix(3)))
      let added = try SetContributions(
        model, runs.baseline, from: a, to: b, .update, .lowers, randomSets: 59, seed: seed)
      contributions.append(
        try #require(added.points.first { $0.timeLeft == 1 }?.change.measurement).null.pValue)
      let partners = (0..<rows.count).map { ($0 + 3) % rows.count }
      let value = EditValue.exchanged(with: runs.baseline.decoder.states, rows: partners)
      let path = try PathPatching(
        runs, Path(from: a, [Path.Hop(.candidate, of: b)], to: .everything), steps: 0...5, value,
        randomSets: 59, seed: seed)
      paths.append(try #require(path.through.measurement).null.pValue)
      let graph = try MechanismGraph(
        runs, sets: [.init("a", units: a), .init("b", units: b)], value, gates: [.update], randomSets: 59,
        seed: seed)
      edges.append(try #require(graph.edges[1].effect.measurement).null.pValue)
      let hypothesis = try Hypothesis([
        .init("a", a, dependsOn: .word), .init("b", b, dependsOn: .timeLeft),
      ])
      let mixed = try Counterfactuals(model, rows: Base.rows)
      let kept = try CausalScrubbing(
        mixed, hypothesis, at: 1, outcome: .probability(), draws: 1, randomSets: 59, seed: seed)
      scrubbed.append(try #require(kept.kept.measurement).null.pValue)
      if seed < 40 {
        met += try Transplant(runs, units: a, randomSets: 19, seed: seed).cells.count { $0.meets == true }
      }
    }
    expectNominal(contributions, "contributions")
    expectNominal(paths, "paths")
    expectNominal(edges, "edges")
    expectNominal(scrubbed, "scrubbing")
    #expect(met == 0)
  }
}
