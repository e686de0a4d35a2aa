import Foundation

/// What is taken off all ticks of a range that is far from zero and short, so that their labels differ: 20 and 40 instead of
/// 1,700,000,020 and 1,700,000,040. It is the roundest number of the range, and stands in the axis's label.
package struct TickOffset: Sendable {
  package let value: Double
  /// With its sign, such as `+1.7×$10^{9}$`.
  package let text: String

  /// Labels with more digits in common than this have an offset.
  private static let common = 1e-5

  /// The offset of a range; nil where its ticks can be told apart without.
  package init?(_ domain: ClosedRange<Double>) {
    let (low, high) = (domain.lowerBound, domain.upperBound)
    let size = max(abs(low), abs(high))
    guard high - low < size * Self.common, high > low, size < 1e300, size > 1e-290 else { return nil }
    let (first, last) = (Int(floor(log10(size))), Int(floor(log10(high - low))))
    var found: (count: Double, power: Int)?
    for power in stride(from: first, through: last - 1, by: -1) where found == nil {
      let unit = pow(10, Double(power))
      let count = (low / unit).rounded(.up)
      if count * unit <= high, count != 0 { found = (count, power) }
    }
    guard let found else { return nil }
    value = found.count * pow(10, Double(found.power))
    let digits = NumberFormat.digits(abs(found.count), power: found.power)
    text = (value < 0 ? "−" : "+") + digits
  }

  /// Ticks of the range, labelled by what they are beyond the offset.
  package func ticks(in domain: ClosedRange<Double>, target: Int, whole: Bool) -> [Tick] {
    let rest = LinearScale(domain: (domain.lowerBound - value)...(domain.upperBound - value))
    return rest.ticks(target: target, whole: whole).map { Tick($0.value + value, label: $0.label) }
  }

  /// A label with the offset behind it, or the offset alone.
  package func label(_ label: String?) -> String {
    guard let label, !label.isEmpty else { return "ticks \(text)" }
    return "\(label) (ticks \(text))"
  }
}
