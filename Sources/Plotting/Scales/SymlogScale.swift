import Foundation

/// Equal distances for equal ratios far from zero, for equal differences near it, on both sides of zero: for
/// effects of either sign over several sizes.
///
/// A value v stands at asinh(v / t), t being the threshold below which the scale is about linear: a thousandth
/// of the largest power of ten in the domain.
public struct SymlogScale: ContinuousScale {
  /// "symlog".
  public static let name = "symlog"
  public static let accepted = -1e300...1e300
  public let domain: ClosedRange<Double>
  private let threshold: Double

  /// From one number to a larger one, which decide where the scale is about linear.
  public init(domain: ClosedRange<Double>) {
    self.domain = domain
    threshold = Self.threshold(domain)
  }

  private static func threshold(_ domain: ClosedRange<Double>) -> Double {
    let greatest = max(abs(domain.lowerBound), abs(domain.upperBound), 1e-290)
    return pow(10, floor(log10(greatest) + 1e-9) - 3)
  }

  public static func domain(
    covering range: ClosedRange<Double>, margins: (lower: Double, upper: Double)
  ) -> ClosedRange<Double> {
    guard range.upperBound - range.lowerBound > 1e-290 else {
      return LinearScale.domain(covering: range, margins: margins)
    }
    let t = threshold(range)
    let (low, high) = (asinh(range.lowerBound / t), asinh(range.upperBound / t))
    let lower = t * sinh(low - (high - low) * margins.lower)
    let upper = t * sinh(high + (high - low) * margins.upper)
    guard lower < upper, lower > -1e300, upper < 1e300 else { return range }
    return lower...upper
  }

  public func position(_ value: Double) -> Double {
    guard Self.accepts(value) else { return .nan }
    let (low, high) = (asinh(domain.lowerBound / threshold), asinh(domain.upperBound / threshold))
    return (asinh(value / threshold) - low) / (high - low)
  }

  /// Zero and the powers of ten on either side; unlabelled where they would be too many.
  public func ticks(target: Int, whole: Bool) -> [Tick] {
    let greatest = max(abs(domain.lowerBound), abs(domain.upperBound))
    let first = Int(log10(threshold).rounded())
    let last = Int(floor(log10(max(greatest, threshold)) + 1e-9))
    guard last >= first else { return LinearScale(domain: domain).ticks(target: target, whole: whole) }
    let sides = domain.lowerBound < 0 && domain.upperBound > 0 ? 2 : 1
    let candidates = Double((last - first + 1) * sides + 1)
    let stride = max(1, Int((candidates / Double(max(target, 1))).rounded(.up)))
    var ticks: [Tick] = []
    if domain.contains(0) { ticks.append(Tick(0, label: "0")) }
    for power in first...last {
      for sign in [-1.0, 1] {
        let value = sign * pow(10, Double(power))
        guard domain.contains(value) else { continue }
        let isLabelled = (last - power) % stride == 0
        ticks.append(Tick(value, label: isLabelled ? Self.label(sign: sign, power: power) : nil))
      }
    }
    return ticks.sorted { $0.value < $1.value }
  }

  private static func label(sign: Double, power: Int) -> String {
    if power >= -3, power <= 4 {
      let value = pow(10, Double(power))
      return NumberFormat.tick(sign * value, step: value, largest: max(value, 1))
    }
    return (sign < 0 ? "−" : "") + "$10^{\(power)}$"
  }
}

extension AxisScale {
  /// Like a logarithm on both sides of zero, linear around it.
  public static let symlog = AxisScale(SymlogScale.self)
}
