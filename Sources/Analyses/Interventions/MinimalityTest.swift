import LinearAlgebra

/// Whether every unit of a set is needed, as tests of hypotheses (Shi and others 2024, arXiv 2410.13032, "minimality").
///
/// A unit is superfluous if taking it out of the set changes what the set keeps no more than taking a random unit out of a
/// randomly inflated set does. Such a set is this one with some units added; one of the added ones is taken out
/// again, so that its effect is that of a unit without a role. The null hypothesis of a unit is that its change is
/// larger than at least a share q* of these; of n draws b are smaller, and p = P(B ≤ b) for B binomial with n trials of q*. A
/// small p rejects that the unit is needed. The authors leave the correction for many units open; here it is Holm's.
///
/// Redundant units, each of which stands in for another, are superfluous one by one though they are not together.
public struct MinimalityTest: Codable, Sendable, Hashable {
  /// One unit of the set, and whether it is needed.
  public struct Member: Codable, Sendable, Hashable {
    /// Counted from 0.
    public let unit: Int
    /// By how much taking it out changes what the set keeps: |difference|.
    public let change: Double
    /// The share of random changes that are smaller.
    public let share: Double
    /// P(B ≤ b): small where the unit is needed.
    public let pValue: Double
    /// By Holm's method, over the units of the set.
    public let adjustedPValue: Double
  }

  /// q*.
  public let quantile: Double
  /// In the order of the set.
  public let members: [Member]
  /// The changes of taking a random unit out of a randomly inflated set.
  public let random: [Double]
  /// How many different sentences the outcomes rest on; nil where none are known.
  public let sentences: Int?

  /// The units that are shown to be superfluous at a level, after correction.
  public func superfluous(at level: Double = 0.05) -> [Int] {
    members.filter { $0.adjustedPValue <= level }.map(\.unit)
  }

  /// Whether so few draws leave no unit that could be shown to be superfluous at a level.
  public func isBlind(at level: Double = 0.05) -> Bool {
    let least = Distribution.binomialTail(atLeast: random.count, of: random.count, probability: 1 - quantile)
    return least * Double(members.count) > level
  }

  /// Tests numbers.
  ///
  /// - Parameters:
  ///   - changes: Of each unit of the set.
  ///   - random: Of random units of randomly inflated sets.
  ///   - quantile: The quantile q*, 0.9 as in the paper.
  ///   - resolution: A change is larger than another if it is so by more than this: rounding is no effect.
  /// - Throws: `AnalysisError.tooFewRows` without a draw, `.countMismatch`, `.invalidOption`, `.valueNotFinite`.
  public init(
    units: [Int], changes: [Double], random: [Double], quantile: Double = 0.9, resolution: Double = 1e-6,
    sentences: Int? = nil
  ) throws {
    guard units.count == changes.count else {
      throw AnalysisError.countMismatch(what: "changes", expected: units.count, found: changes.count)
    }
    try AnalysisError.require("resolution", resolution, in: 0...(.infinity))
    try SufficiencyTest.check(faithfulness: changes, random: random, quantile: quantile)
    let smaller = changes.map { change in random.count { $0 < change - resolution } }
    // At most b of n with q* each is at least n − b of n with 1 − q*.
    let pValues = smaller.map {
      Distribution.binomialTail(atLeast: random.count - $0, of: random.count, probability: 1 - quantile)
    }
    let adjusted = holmAdjusted(pValues)
    members = units.indices.map { index in
      Member(
        unit: units[index], change: changes[index],
        share: Double(smaller[index]) / Double(random.count), pValue: pValues[index],
        adjustedPValue: adjusted[index])
    }
    (self.quantile, self.random, self.sentences) = (quantile, random, sentences)
  }

  /// Keeps the set, less each unit in turn, with all other units replaced once at a step.
  ///
  /// - Parameters:
  ///   - value: What the other units are given, such as `.meanAtStep(of:matched:)`.
  ///   - added: How many units an inflated set has more, of those outside: with 1, taking it out leaves the set itself.
  ///   - draws: How many inflated sets.
  /// - Throws: As above; `AnalysisError.tooFewRows` for an empty set or one of all units; `.unitOutOfRange`, `.repeatedUnit`,
  ///   `.stepOutOfRange`.
  public init(
    _ runs: Counterfactuals, units: [Int], at step: Int, othersGiven value: EditValue, place: Place = .state,
    outcome: Outcome = .token, quantile: Double = 0.9, added: Int = 4, draws: Int = 500,
    resolution: Double = 1e-6, seed: UInt64 = 1
  ) throws {
    let all = 0..<runs.model.configuration.units
    let members = try unitSet(units, of: all.count)
    let outside = all.filter { !members.contains($0) }
    guard !units.isEmpty, !outside.isEmpty else {
      throw AnalysisError.tooFewRows(
        condition: units.isEmpty ? "a unit of the set to take out" : "a unit outside of the set to add",
        found: 0,
        needed: 1)
    }
    try AnalysisError.require("added", added, atLeast: 1)
    try AnalysisError.require("draws", draws, atLeast: 1)
    var generator = SeededGenerator(seed: seed, label: "inflated sets")
    // The sample is in random order, so that its last unit is a random one.
    let additions = (0..<draws).map { _ in generator.sample(min(added, outside.count), of: outside) }
    let less = units.map { unit in units.filter { $0 != unit } }
    let inflated = additions.flatMap { [units + $0, units + $0.dropLast()] }
    let kept = try runs.kept(
      [units] + less + inflated, at: step, othersGiven: value, place: place, outcome: outcome)
    let first = 1 + units.count
    try self.init(
      units: units, changes: units.indices.map { abs(kept[0] - kept[1 + $0]) },
      random: (0..<draws).map { abs(kept[first + 2 * $0] - kept[first + 2 * $0 + 1]) }, quantile: quantile,
      resolution: resolution, sentences: runs.rows.distinctSentences)
  }
}
