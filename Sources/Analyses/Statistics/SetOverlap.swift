import Foundation

/// How much two sets of units have in common, beside what two sets of their sizes have in common by chance.
///
/// Where half of the units are forced into each set, as published, half of each lies in the other by chance: sets of 16
/// of 32 units overlap in 8 ± 1.44 (hypergeometric distribution).
public struct SetOverlap: Codable, Sendable, Hashable {
  /// The units in both.
  public let common: Int
  /// How many units the first set has.
  public let firstSize: Int
  /// How many the second has.
  public let secondSize: Int
  /// How many units there are.
  public let units: Int
  /// The mean overlap of two random sets of these sizes.
  public let expected: Double
  /// Its standard deviation; 0 if only one overlap is possible.
  public let deviation: Double
  /// How often random sets overlap in a number that is no likelier than this one: exact and two-sided (Fisher's rule).
  public let pValue: Double

  /// Compares two sets.
  ///
  /// - Parameter units: How many units the sets were taken from.
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`.
  public init(_ first: [Int], _ second: [Int], of units: Int) throws {
    let (a, b) = (try unitSet(first, of: units), try unitSet(second, of: units))
    common = a.intersection(b).count
    (firstSize, secondSize, self.units) = (a.count, b.count, units)
    let (k, n, all) = (Double(a.count), Double(b.count), Double(max(units, 1)))
    expected = k * n / all
    deviation =
      units > 1 ? (n * k / all * (1 - k / all) * (all - n) / (all - 1)).squareRoot() : 0
    let possible = max(0, a.count + b.count - units)...min(a.count, b.count)
    let weights = possible.map { overlap in
      exp(
        logChoose(a.count, overlap) + logChoose(units - a.count, b.count - overlap)
          - logChoose(units, b.count))
    }
    let own = weights[common - possible.lowerBound]
    // Equal probabilities must count as equal in spite of their last digits.
    pValue = min(1, weights.filter { $0 <= own * (1 + 1e-7) }.reduce(0, +))
  }

  /// How many standard deviations the overlap lies above its mean; 0 if no other overlap is possible.
  public var zScore: Double { deviation > 0 ? (Double(common) - expected) / deviation : 0 }
}

/// Kuncheva's index of two sets of one size: 1 if they are equal, 0 on average by chance (Kuncheva 2007).
///
/// (r n − k²) / (k (n − k)) for an overlap of r between sets of k out of n.
///
/// - Throws: `AnalysisError.countMismatch` if the sizes differ, `.invalidOption` if the sets are empty or hold all
///   units, `.unitOutOfRange`, `.repeatedUnit`.
public func kunchevaIndex(_ first: [Int], _ second: [Int], of units: Int) throws -> Double {
  let (a, b) = (try unitSet(first, of: units), try unitSet(second, of: units))
  guard a.count == b.count else {
    throw AnalysisError.countMismatch(what: "units in the second set", expected: a.count, found: b.count)
  }
  guard a.count > 0, a.count < units else {
    throw AnalysisError.invalidOption(
      name: "the size of the sets", value: "\(a.count)", expected: "from 1 to \(units - 1)")
  }
  let (r, k, n) = (Double(a.intersection(b).count), Double(a.count), Double(units))
  return (r * n - k * k) / (k * (n - k))
}

/// The mean of Kuncheva's index over all pairs of several sets of one size: the stability of a selection.
public func kunchevaStability(_ sets: [[Int]], of units: Int) throws -> Double {
  guard sets.count > 1 else {
    throw AnalysisError.tooFewRows(condition: "a set to compare", found: sets.count, needed: 2)
  }
  var sum = 0.0
  for first in sets.indices {
    for second in sets.indices where second > first {
      sum += try kunchevaIndex(sets[first], sets[second], of: units)
    }
  }
  return sum / Double(sets.count * (sets.count - 1) / 2)
}

/// The units as a set.
///
/// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`.
func unitSet(_ units: [Int], of count: Int) throws -> Set<Int> {
  var result = Set<Int>()
  for unit in units {
    guard (0..<count).contains(unit) else { throw AnalysisError.unitOutOfRange(unit: unit, units: count) }
    guard result.insert(unit).inserted else { throw AnalysisError.repeatedUnit(unit: unit) }
  }
  return result
}

/// The logarithm of the number of ways to choose `k` of `n`.
func logChoose(_ n: Int, _ k: Int) -> Double {
  k < 0 || k > n ? -.infinity : lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
}
