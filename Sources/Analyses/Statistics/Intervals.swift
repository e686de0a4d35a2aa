import Base
import Foundation

/// A range that holds a quantity with a stated confidence.
public struct Interval: Codable, Sendable, Hashable {
  /// The lower end, at most `high`.
  public var low: Double
  /// The upper end.
  public var high: Double

  /// A range of two ends, taken as they are.
  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// The Wilson score interval of a proportion (Wilson 1927), at 95 %.
  ///
  /// - Parameters:
  ///   - correct: How many trials came out.
  ///   - count: How many there were; with none, the interval is 0 to 1.
  public static func wilson(_ correct: Int, of count: Int) -> Interval {
    ensure(correct >= 0 && correct <= max(0, count), "\(correct) of \(count) trials can't have come out")
    guard count > 0 else { return Interval(low: 0, high: 1) }
    let interval = wilson(share: Double(correct) / Double(count), trials: Double(count))
    // The ends that the formula gives exactly, without its rounding.
    return Interval(low: correct == 0 ? 0 : interval.low, high: correct == count ? 1 : interval.high)
  }

  /// The same of a share of so many trials, which need not be a whole number where trials depend on each other.
  static func wilson(share p: Double, trials n: Double) -> Interval {
    let z = 1.959963984540054
    let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    return Interval(low: max(0, centre - half), high: min(1, centre + half))
  }
}

/// The value below which a share of the values lies, between neighbours linearly (Hyndman & Fan 1996, type 7).
///
/// - Parameters:
///   - share: 0 for the smallest value, 1 for the largest.
///   - values: At least one.
public func quantile(_ share: Double, of values: [Double]) -> Double {
  ensure(!values.isEmpty && !share.isNaN, "the quantile \(share) of \(values.count) values was asked for")
  let sorted = values.sorted()
  let place = min(max(share, 0), 1) * Double(sorted.count - 1)
  let below = Int(place.rounded(.down))
  let above = min(below + 1, sorted.count - 1)
  return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
}
