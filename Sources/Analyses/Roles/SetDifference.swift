import LinearAlgebra

/// Whether the sets of several conditions differ more than one condition's sets differ from sample to sample (claim R9).
///
/// Each condition has the sets that its procedure finds on bootstrap samples of its rows, all of one size. Overlaps are
/// Kuncheva's index, 0 by chance. The effect is the mean overlap within conditions less that between them: above 0, the
/// conditions have sets of their own. Its interval resamples conditions; its null deals the sets out at random.
public struct SetDifference: Codable, Sendable, Equatable {
  /// The mean Kuncheva index of two sets of one condition.
  public let within: Double
  /// That of two sets of different conditions.
  public let between: Double
  /// `within` less `between`, beside sets that are dealt out at random.
  public let effect: Effect
  /// How many conditions there are; three at least.
  public let conditions: Int

  /// Compares sets within and between conditions.
  ///
  /// - Parameters:
  ///   - sets: For each condition its sets, all of one size below the number of units; two at least of each. Three
  ///     conditions at least: of two, all draws that hold both are the same, and the interval would have no width.
  ///   - sentences: How many different sentences the sets come from.
  /// - Throws: `AnalysisError.tooFewRows`, and as `kunchevaIndex`.
  public init(_ sets: [[[Int]]], of units: Int, sentences: Int, permutations: Int = 199, seed: UInt64)
    throws
  {
    guard sets.count >= 3, sets.allSatisfy({ $0.count >= 2 }) else {
      throw AnalysisError.tooFewRows(
        condition: "two sets of a condition to compare", found: sets.count { $0.count >= 2 },
        needed: max(3, sets.count))
    }
    let all = sets.flatMap { $0 }
    let condition = sets.indices.flatMap { index in sets[index].map { _ in index } }
    var overlaps = [Double](repeating: 0, count: all.count * all.count)
    for first in all.indices {
      for second in all.indices where second > first {
        let index = try kunchevaIndex(all[first], all[second], of: units)
        overlaps[first * all.count + second] = index
        overlaps[second * all.count + first] = index
      }
    }
    /// Mean overlap within and between, of pairs whose conditions are drawn; a condition that is drawn twice counts twice.
    func means(_ condition: [Int], weights: [Int]) -> (within: Double, between: Double)? {
      var (inside, outside, insideCount, outsideCount) = (0.0, 0.0, 0, 0)
      for first in all.indices {
        for second in all.indices where second > first {
          let (a, b) = (condition[first], condition[second])
          let value = overlaps[first * all.count + second]
          if a == b {
            inside += value * Double(weights[a])
            insideCount += weights[a]
          } else {
            outside += value * Double(weights[a] * weights[b])
            outsideCount += weights[a] * weights[b]
          }
        }
      }
      return insideCount == 0 || outsideCount == 0
        ? nil : (inside / Double(insideCount), outside / Double(outsideCount))
    }
    let once = [Int](repeating: 1, count: sets.count)
    guard let found = means(condition, weights: once) else {
      throw AnalysisError.tooFewRows(condition: "two sets to compare", found: 0, needed: 2)
    }
    (within, between, conditions) = (found.within, found.between, sets.count)
    var generator = SeededGenerator(seed: seed, label: "conditions")
    let resampled = (0..<500).compactMap { _ -> Double? in
      var weights = [Int](repeating: 0, count: sets.count)
      for _ in sets { weights[generator.integer(below: sets.count)] += 1 }
      return means(condition, weights: weights).map { $0.within - $0.between }
    }
    let null = (0..<max(0, permutations)).compactMap { _ in
      means(generator.shuffled(condition), weights: once).map { $0.within - $0.between }
    }
    effect = Effect(
      estimate: found.within - found.between,
      interval: Interval(low: quantile(0.025, of: resampled), high: quantile(0.975, of: resampled)),
      null: null,
      ofDraws: "sets dealt out to conditions at random", sentences: sentences)
  }
}
