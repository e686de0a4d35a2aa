import Foundation
import LinearAlgebra

/// Groups of units that do the same, up to sign: of such units a selection may as well take one as another.
///
/// Agglomerative clustering with average linkage on the distance 1 − |correlation| (Sokal & Michener 1958), as SciPy's
/// `linkage(…, "average")` and `fcluster(…, criterion="distance")`. A unit that does not vary is at distance 1 from all.
public struct UnitClusters: Codable, Sendable, Equatable {
  /// Two clusters that were joined. Those of single units have the units' numbers; the n-th merge makes the cluster of
  /// number units + n.
  public struct Merge: Codable, Sendable, Equatable {
    /// The number of one cluster.
    public let first: Int
    /// The number of the other.
    public let second: Int
    /// The mean distance of the units of one from those of the other.
    public let distance: Double
    /// How many units there are in both.
    public let size: Int
  }

  /// `[units − 1]`, in order of their distance.
  public let merges: [Merge]
  /// Units are in one cluster if they were joined at most at this distance.
  public let cut: Double
  /// The units of each cluster, ascending; clusters in the order of their first units.
  public let clusters: [[Int]]
  /// The number of each unit's cluster, `[units]`.
  public let clusterOfUnit: [Int]

  /// Clusters the units of some states.
  ///
  /// - Parameters:
  ///   - states: `[rows, units]`, such as one step of a recording, or all.
  ///   - cut: 0.5: units of a cluster correlate by ±0.5 or more on average.
  /// - Throws: `AnalysisError.tooFewRows`, `.valueNotFinite`, `.invalidOption` if the cut is not from 0 to 1.
  public init(_ states: Matrix, cut: Double = 0.5) throws {
    guard states.rows >= 3, states.columns >= 1 else {
      throw AnalysisError.tooFewRows(condition: "a state to correlate", found: states.rows, needed: 3)
    }
    guard (0...1).contains(cut) else {
      throw AnalysisError.invalidOption(name: "cut", value: "\(cut)", expected: "from 0 to 1")
    }
    if let place = states.storage.firstIndex(where: { !$0.isFinite }) {
      throw AnalysisError.valueNotFinite(
        what: "the state", row: place / states.columns, unit: place % states.columns)
    }
    let units = states.columns
    // Standardised, so that what rounding leaves of a constant unit is no variation.
    let standardized = Standardization(states)(states)
    let columns = (0..<units).map { standardized.column($0).map(Double.init) }
    var distances = [[Double]](repeating: [Double](repeating: 0, count: units), count: units)
    for unit in 0..<units {
      for other in 0..<unit {
        let distance = 1 - abs(pearsonCorrelation(columns[unit], columns[other]) ?? 0)
        (distances[unit][other], distances[other][unit]) = (distance, distance)
      }
    }
    let merges = Self.merges(distances)
    self.merges = merges
    self.cut = cut
    var members = (0..<units).map { [$0] }
    var isOpen = [Bool](repeating: true, count: units)
    for merge in merges {
      // With average linkage a merge is never below those that it joins, so that the cut separates them all.
      members.append(members[merge.first] + members[merge.second])
      isOpen.append(merge.distance <= cut)
      if merge.distance <= cut { (isOpen[merge.first], isOpen[merge.second]) = (false, false) }
    }
    clusters = members.indices.filter { isOpen[$0] }.map { members[$0].sorted() }.sorted { $0[0] < $1[0] }
    var numbers = [Int](repeating: 0, count: units)
    for (number, cluster) in clusters.enumerated() { for unit in cluster { numbers[unit] = number } }
    clusterOfUnit = numbers
  }

  /// Joins the two nearest clusters until one is left; of equal distances the lower numbers go first.
  private static func merges(_ unitDistances: [[Double]]) -> [Merge] {
    let units = unitDistances.count
    var distances = unitDistances
    var open = (0..<units).map { (place: $0, number: $0, size: 1) }
    var merges: [Merge] = []
    while open.count > 1 {
      var (best, pair) = (Double.infinity, (0, 1))
      for i in open.indices {
        for j in open.indices where j > i && distances[open[i].place][open[j].place] < best {
          (best, pair) = (distances[open[i].place][open[j].place], (i, j))
        }
      }
      let (a, b) = (open[pair.0], open[pair.1])
      let size = a.size + b.size
      for other in open where other.place != a.place && other.place != b.place {
        let mean =
          (Double(a.size) * distances[a.place][other.place] + Double(b.size) * distances[b.place][other.place])
          / Double(size)
        (distances[a.place][other.place], distances[other.place][a.place]) = (mean, mean)
      }
      merges.append(
        Merge(first: min(a.number, b.number), second: max(a.number, b.number), distance: best, size: size))
      open.remove(at: pair.1)
      open[pair.0] = (a.place, units + merges.count - 1, size)
    }
    return merges
  }
}

/// Whether a selection takes units of the same clusters on other inputs, if not the same units.
///
/// Of two sets, the share of the units in one that have a unit of their cluster in the other, less what random sets of the
/// same size have, as a share of what could be more: the normalised percentage of overlapping related features (Zhang and
/// others 2009, Bioinformatics 25, 1662), with units of one cluster as related ones. With every unit alone in its cluster
/// it is Kuncheva's index.
public struct ClusterStability: Codable, Sendable, Equatable {
  /// The mean over pairs of sets: 1 if each unit always has a relative in the other set, 0 on average by chance.
  public let index: Double
  /// Kuncheva's index of the units themselves.
  public let unitIndex: Double
  /// The mean share of units with a relative in the other set, uncorrected.
  public let share: Double
  /// What that share is for random sets of the size.
  public let expected: Double
  /// In what share of the sets each cluster has a unit, `[clusters]`.
  public let frequencies: [Double]

  /// Compares sets of one size, such as those of `SelectionStability`.
  ///
  /// - Throws: `AnalysisError.tooFewRows` for fewer than two sets; `.countMismatch` if their sizes differ;
  ///   `.invalidOption` if chance gives every unit a relative; `.unitOutOfRange`, `.repeatedUnit`.
  public init(_ sets: [[Int]], clusters: UnitClusters) throws {
    let units = clusters.clusterOfUnit.count
    unitIndex = try kunchevaStability(sets, of: units)
    let size = sets[0].count
    // A unit of a random set has itself or another of its c relatives in another random set unless all of its k are
    // among the other n − c (hypergeometric).
    let expected =
      clusters.clusters.reduce(0.0) { sum, cluster in
        sum + Double(cluster.count)
          * (1 - exp(logChoose(units - cluster.count, size) - logChoose(units, size)))
      } / Double(units)
    guard expected < 1 - 1e-9 else {
      throw AnalysisError.invalidOption(
        name: "the clusters", value: "\(clusters.clusters.count), so large that any set has units of all",
        expected: "a lower cut")
    }
    let hit = sets.map { Set($0.map { clusters.clusterOfUnit[$0] }) }
    var sum = 0.0
    for first in sets.indices {
      for second in sets.indices where second != first {
        sum += Double(sets[first].count { hit[second].contains(clusters.clusterOfUnit[$0]) }) / Double(size)
      }
    }
    share = sum / Double(sets.count * (sets.count - 1))
    self.expected = expected
    index = (share - expected) / (1 - expected)
    frequencies = clusters.clusters.indices.map { cluster in
      Double(hit.count { $0.contains(cluster) }) / Double(sets.count)
    }
  }
}
