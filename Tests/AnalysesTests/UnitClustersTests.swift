import Analyses
import LinearAlgebra
import Testing

/// Clusters against SciPy, the ranking by class means against NumPy, and stability where it is known.
@Suite struct UnitClustersTests {
  @Test func clustersAreThoseOfSciPy() throws {
    for fixture in try ProbingFixture.load().clusters {
      let found = try UnitClusters(matrix(fixture.states, columns: fixture.units), cut: fixture.cut)
      #expect(found.merges.count == fixture.units - 1)
      for (ours, theirs) in zip(found.merges, fixture.merges) {
        #expect(
          Double(ours.first) == theirs[0] && Double(ours.second) == theirs[1]
            && Double(ours.size) == theirs[3])
        #expect(abs(ours.distance - theirs[2]) < 1e-6)
      }
      for unit in 0..<fixture.units {
        for other in 0..<unit {
          #expect(
            (found.clusterOfUnit[unit] == found.clusterOfUnit[other])
              == (fixture.labels[unit] == fixture.labels[other]))
        }
      }
      #expect(found.clusters.flatMap { $0 }.sorted() == Array(0..<fixture.units))
    }
  }

  @Test func rankingsByClassMeansAreThoseOfNumPy() throws {
    for fixture in try ProbingFixture.load().classMeans {
      let examples = try LabelledStates(
        states: matrix(fixture.states, columns: fixture.units), labels: fixture.labels,
        inputs: Array(fixture.labels.indices))
      let found = try ClassMeanRanking(examples)
      for (ours, theirs) in zip(found.scores, fixture.scores) { #expect(abs(ours - theirs) < 1e-5) }
      #expect(found.ranking == fixture.scores.indices.sorted { fixture.scores[$0] > fixture.scores[$1] })
    }
  }

  @Test func theRankingOverlapsWithAnEliminationOfPlantedUnits() throws {
    let examples = try noisyStates(rows: 300, units: 24, strengths: [2: 1.5, 9: 1.5, 17: 1.5], seed: 5)
    let round = try RecursiveFeatureElimination(training: examples, heldOut: examples, .init(roundSize: 3))
      .rounds[0]
    let overlap = try ClassMeanRanking(examples).overlap(with: round.units)
    #expect(overlap.common == 3 && overlap.pValue < 0.001)
    #expect(throws: AnalysisError.setLargerThanModel(size: 25, units: 24)) {
      try ClassMeanRanking(examples).overlap(with: Array(0..<25))
    }
    #expect(throws: AnalysisError.self) { try ClassMeanRanking(examples.rows([0, 2, 4])) }
    #expect(throws: AnalysisError.self) { try ClassMeanRanking(examples.rows([0, 1])) }
  }

  /// Three units in each of five groups that do the same.
  func clusters() throws -> UnitClusters {
    var generator = SeededGenerator(seed: 1)
    let sources = Matrix.normal(rows: 50, columns: 5, using: &generator)
    var states = Matrix.normal(rows: 50, columns: 16, using: &generator)
    for row in 0..<50 {
      for unit in 0..<15 {
        states[row, unit] = 0.1 * states[row, unit] + (unit % 2 == 0 ? 1 : -1) * sources[row, unit % 5]
      }
      states[row, 15] = 0.5
    }
    return try UnitClusters(states)
  }

  @Test func aSelectionAmongCopiesIsStableByClusterAlone() throws {
    let clusters = try clusters()
    #expect(clusters.clusters == (0..<5).map { [$0, $0 + 5, $0 + 10] } + [[15]])
    // Always groups 0 and 1, never the same units.
    let found = try ClusterStability([[0, 1], [5, 6], [10, 11]], clusters: clusters)
    #expect(found.index == 1 && found.unitIndex < 0 && found.share == 1)
    #expect(found.frequencies == [1, 1, 0, 0, 0, 0])
    #expect(try ClusterStability([[0, 1], [2, 3]], clusters: clusters).index < 0)
    #expect(throws: AnalysisError.self) { try ClusterStability([[0, 1]], clusters: clusters) }
    #expect(throws: AnalysisError.self) { try ClusterStability([[0, 1], [2]], clusters: clusters) }
    // Sets so large that they have units of every cluster can't be told from chance.
    var two = Matrix(rows: 9, columns: 4)
    for row in 0..<9 { for unit in 0..<4 { two[row, unit] = Float(unit < 2 ? row % 3 : row / 3) } }
    let pairs = try UnitClusters(two)
    #expect(pairs.clusters == [[0, 1], [2, 3]])
    #expect(throws: AnalysisError.self) { try ClusterStability([[0, 1, 2], [1, 2, 3]], clusters: pairs) }
  }

  @Test func byChanceClustersAreAsStableAsNothing() throws {
    let clusters = try clusters()
    let random = try ClusterStability(
      RandomSets.uniform(count: 400, size: 4, of: 16, seed: 3), clusters: clusters)
    #expect(abs(random.index) < 0.02 && abs(random.share - random.expected) < 0.02, "\(random)")
    // With each unit alone it is Kuncheva's index.
    var generator = SeededGenerator(seed: 2)
    let alone = try UnitClusters(Matrix.normal(rows: 200, columns: 12, using: &generator), cut: 0.1)
    let sets = RandomSets.uniform(count: 9, size: 5, of: 12, seed: 4)
    let found = try ClusterStability(sets, clusters: alone)
    #expect(alone.clusters.count == 12 && abs(found.index - found.unitIndex) < 1e-12)
    #expect(throws: AnalysisError.self) { try UnitClusters(Matrix(rows: 2, columns: 3)) }
    #expect(throws: AnalysisError.self) { try UnitClusters(Matrix(rows: 9, columns: 3), cut: 1.5) }
  }
}
