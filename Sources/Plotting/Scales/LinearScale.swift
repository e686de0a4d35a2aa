import Foundation

/// Equal distances for equal differences.
public struct LinearScale: ContinuousScale {
  /// "linear".
  public static let name = "linear"
  public let domain: ClosedRange<Double>

  /// From one number to a larger one.
  public init(domain: ClosedRange<Double>) { self.domain = domain }

  public static let accepted = -1e300...1e300

  public static func domain(
    covering range: ClosedRange<Double>, margins: (lower: Double, upper: Double)
  ) -> ClosedRange<Double> {
    let (low, high) = (range.lowerBound, range.upperBound)
    let size = max(abs(low), abs(high))
    guard high - low > size * 1e-12, high - low > 1e-290 else {
      let half = size < 1e-280 ? 1 : size * 0.1
      return (low - half)...(high + half)
    }
    return (low - (high - low) * margins.lower)...(high + (high - low) * margins.upper)
  }

  public func position(_ value: Double) -> Double {
    guard Self.accepts(value) else { return .nan }
    return (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
  }

  public func ticks(target: Int, whole: Bool) -> [Tick] {
    let values = TickSearch.values(in: domain, target: target, whole: whole)
    let step = values.count > 1 ? values[1] - values[0] : abs(values.first ?? 1)
    return zip(values, NumberFormat.ticks(values, step: step)).map { Tick($0, label: $1) }
  }
}

extension AxisScale {
  /// Equal distances for equal differences.
  public static let linear = AxisScale(LinearScale.self)
}
