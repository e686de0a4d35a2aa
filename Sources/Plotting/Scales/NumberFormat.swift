import Foundation

/// Numbers as a reader expects them: a true minus sign, thousands set apart, no digits that say nothing.
package enum NumberFormat {
  /// A number with a fixed count of decimals, in ASCII, the same in every locale.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    String(format: "%.\(min(max(decimals, 0), 17))f", value)
  }

  /// The label of a tick among ticks that are `step` apart and reach `largest`.
  package static func tick(_ value: Double, step: Double, largest: Double) -> String {
    let value = abs(value) < step * 1e-9 ? 0 : value
    if largest >= 1e6 || largest < 1e-3 { return scientific(value, step: step) }
    return pretty(fixed(value, decimals: decimals(for: step)))
  }

  /// The decimals needed to tell values apart that are a step apart.
  package static func decimals(for step: Double) -> Int {
    guard step > 0, step.isFinite else { return 0 }
    for decimals in 0...15 {
      let scaled = step * pow(10, Double(decimals))
      if abs(scaled - scaled.rounded()) < 1e-6 * max(scaled, 1e-3), scaled > 0.5 { return decimals }
    }
    return 15
  }

  private static func scientific(_ value: Double, step: Double) -> String {
    if value == 0 { return "0" }
    let exponent = Int(floor(log10(abs(value)) + 1e-12))
    let power = pow(10, Double(exponent))
    let mantissa = pretty(fixed(value / power, decimals: min(decimals(for: step / power), 8)))
    if mantissa == "1" { return "$10^{\(exponent)}$" }
    if mantissa == "−1" { return "−$10^{\(exponent)}$" }
    return "\(mantissa)×$10^{\(exponent)}$"
  }

  /// The labels of ticks that are `step` apart: all different where the values are.
  package static func ticks(_ values: [Double], step: Double) -> [String] {
    let largest = values.map { abs($0) }.max() ?? 1
    let labels = values.map { tick($0, step: step, largest: largest == 0 ? 1 : largest) }
    guard Set(labels).count < Set(values).count else { return labels }
    return values.map { value in
      let shortest = "\(value)".split(separator: "e")
      guard shortest.count == 2, let exponent = Int(shortest[1]) else {
        return pretty(value == value.rounded() ? fixed(value, decimals: 0) : "\(value)")
      }
      return "\(pretty(String(shortest[0])))×$10^{\(exponent)}$"
    }
  }

  /// The number `count` × 10^`power`, with all its digits; both whole.
  package static func digits(_ count: Double, power: Int) -> String {
    let all = fixed(count, decimals: 0)
    let exponent = all.count - 1 + power
    if exponent >= 6 || exponent < -3 {
      let rest = all.dropFirst()
      let mantissa = String(all.prefix(1)) + (rest.isEmpty ? "" : "." + rest)
      return mantissa == "1" ? "$10^{\(exponent)}$" : "\(mantissa)×$10^{\(exponent)}$"
    }
    return pretty(fixed(count * pow(10, Double(power)), decimals: max(0, -power)))
  }

  /// Three or so significant digits, for running text and notes.
  package static func short(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞" }
    if value == value.rounded(), abs(value) < 1e6 { return pretty(fixed(value, decimals: 0)) }
    if abs(value) < 1e-3 || abs(value) >= 1e6 {
      let exponent = Int(floor(log10(abs(value))))
      return pretty(String(format: "%.3g", value / pow(10, Double(exponent)))) + "·10^\(exponent)"
    }
    return pretty(String(format: "%.4g", value))
  }

  /// As written in a CSV: the shortest form that gives the same number again.
  package static func exact(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "Inf" }
    if value == value.rounded(), abs(value) < 1e15 { return fixed(value, decimals: 0) }
    return "\(value)"
  }

  private static func pretty(_ ascii: String) -> String {
    var digits = ascii
    let negative = digits.hasPrefix("-")
    if negative { digits.removeFirst() }
    if digits.allSatisfy({ $0 == "0" || $0 == "." }) { return digits }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    var whole = String(parts[0])
    if whole.count > 4, whole.allSatisfy(\.isNumber) {
      var grouped = ""
      for (index, digit) in whole.enumerated() {
        if index > 0, (whole.count - index) % 3 == 0 { grouped += "," }
        grouped.append(digit)
      }
      whole = grouped
    }
    let rest = parts.count > 1 ? "." + parts[1] : ""
    return (negative ? "−" : "") + whole + rest
  }
}
