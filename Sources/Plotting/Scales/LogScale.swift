import Foundation

/// Equal distances for equal ratios; shows only values above zero.
public struct LogScale: ContinuousScale {
  /// "log".
  public static let name = "log"
  public let domain: ClosedRange<Double>

  /// From one number above zero to a larger one.
  public init(domain: ClosedRange<Double>) { self.domain = domain }

  public static let accepted = 1e-300...1e300

  public static func domain(
    covering range: ClosedRange<Double>, margins: (lower: Double, upper: Double)
  ) -> ClosedRange<Double> {
    let (low, high) = (log10(range.lowerBound), log10(range.upperBound))
    guard high - low > 1e-9 else {
      return max(pow(10, low - 0.5), accepted.lowerBound)...min(pow(10, high + 0.5), accepted.upperBound)
    }
    let (lower, upper) = (low - (high - low) * margins.lower, high + (high - low) * margins.upper)
    return max(pow(10, lower), accepted.lowerBound)...min(pow(10, upper), accepted.upperBound)
  }

  public func position(_ value: Double) -> Double {
    guard Self.accepts(value) else { return .nan }
    let low = log10(domain.lowerBound)
    return (log10(value) - low) / (log10(domain.upperBound) - low)
  }

  /// Decades with unlabelled 2…9 between them; 1, 2, 5 over one or two decades; nice numbers below that.
  public func ticks(target: Int, whole: Bool) -> [Tick] {
    let low = log10(domain.lowerBound) - 1e-9
    let high = log10(domain.upperBound) + 1e-9
    let decades = Int(ceil(low))...max(Int(ceil(low)), Int(floor(high)))
    let count = Int(floor(high)) - Int(ceil(low)) + 1
    if high - low < 0.9 || (count < 2 && high - low < 1.2) {
      return LinearScale(domain: domain).ticks(target: target, whole: whole).filter { $0.value > 0 }
    }
    let mantissas: [Double] = high - low < 2.2 && target >= 5 ? [1, 2, 5] : [1]
    let stride = max(1, Int((Double(count) / Double(max(target, 1))).rounded(.up)))
    var ticks: [Tick] = []
    for decade in (decades.lowerBound - 1)...decades.upperBound {
      let power = pow(10, Double(decade))
      for mantissa in 1...9 {
        let value = Double(mantissa) * power
        let place = log10(value)
        guard place >= low, place <= high else { continue }
        let isLabelled = mantissas.contains(Double(mantissa)) && decade % stride == 0
        if isLabelled {
          ticks.append(Tick(value, label: Self.label(mantissa: mantissa, decade: decade)))
        } else if stride == 1 || mantissa == 1 {
          ticks.append(Tick(value, label: nil))
        }
      }
    }
    return ticks
  }

  private static func label(mantissa: Int, decade: Int) -> String {
    let value = Double(mantissa) * pow(10, Double(decade))
    if decade >= -3, decade <= 4 { return NumberFormat.tick(value, step: value, largest: max(value, 1)) }
    return mantissa == 1 ? "$10^{\(decade)}$" : "\(mantissa)×$10^{\(decade)}$"
  }
}

extension AxisScale {
  /// Equal distances for equal ratios; values that are not above zero are left out, intervals and
  /// areas that reach them are cut at the axis's edge, and a note says so.
  public static let log = AxisScale(LogScale.self)
}
