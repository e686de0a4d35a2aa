import Foundation

/// A number with a fixed count of decimals, with a true minus sign: `decimals(-0.1234, 2)` is "−0.12".
public func decimals(_ value: Double, _ count: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "not a number" : (value > 0 ? "∞" : "−∞") }
  let text = String(format: "%.\(min(max(0, count), 400))f", abs(value))
  let isZero = text.allSatisfy { $0 == "0" || $0 == "." }
  return (value < 0 && !isZero ? "−" : "") + text
}

/// A number with a fixed count of decimals.
public func decimals(_ value: Float, _ count: Int) -> String {
  decimals(Double(value), count)
}

/// A share as a percentage: `percent(0.9964)` is "99.6 %".
public func percent(_ share: Double, decimals count: Int = 1) -> String {
  decimals(share * 100, count) + "\u{202F}%"
}

/// A share as a percentage.
public func percent(_ share: Float, decimals count: Int = 1) -> String {
  percent(Double(share), decimals: count)
}

/// A number with its unit of measure: `quantity(0.534, "ms", decimals: 2)` is "0.53 ms".
public func quantity(_ value: Double, _ unit: String, decimals count: Int? = nil) -> String {
  (count.map { decimals(value, $0) } ?? displayText(value)) + "\u{202F}" + unit
}

/// A whole number with its unit of measure: `quantity(36, "MB")` is "36 MB".
public func quantity(_ value: Int, _ unit: String) -> String {
  displayText(value) + "\u{202F}" + unit
}

/// A p with three decimals, a small one with four: `pValueText(0.0321)` is "0.032", `pValueText(0.00001)` "< 0.0001".
public func pValueText(_ p: Double) -> String {
  p < 0.00005 ? "< 0.0001" : decimals(p, p < 0.01 ? 4 : 3)
}

/// How a value reads in running text: whole numbers with groups of three, others to at most four
/// significant digits.
func displayText<Value>(_ value: Value) -> String {
  switch value {
  case let text as String: text
  case let number as any BinaryInteger: groupedText("\(number)")
  case let number as Double: significantText(number)
  case let number as Float: significantText(Double(number))
  default: "\(value)"
  }
}

private func groupedText(_ digits: String) -> String {
  let isNegative = digits.hasPrefix("-")
  let figures = Array(isNegative ? digits.dropFirst() : digits[...])
  var text = ""
  for (index, figure) in figures.enumerated() {
    if index > 0, (figures.count - index) % 3 == 0 { text.append(",") }
    text.append(figure)
  }
  return (isNegative ? "−" : "") + text
}

private func significantText(_ value: Double) -> String {
  guard value.isFinite else { return decimals(value, 0) }
  if value == value.rounded(), abs(value) < 1e9 { return groupedText("\(Int(value))") }
  let magnitude = Int(floor(log10(abs(value))))
  if magnitude < -4 || magnitude >= 9 {
    return String(format: "%.3e", value).replacingOccurrences(of: "-", with: "−")
  }
  let text = decimals(value, max(0, 3 - magnitude))
  guard text.contains(".") else { return text }
  let trimmed = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
  return String(trimmed.reversed())
}
