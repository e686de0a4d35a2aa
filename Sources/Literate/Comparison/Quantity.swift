/// A text that says a number: `12,345`, `−0.31`, `99.6 %`, `4 ms`, or with its interval `0.97 (0.93 to 0.99; null 0.12)`.
struct Quantity: Equatable {
  var number: Double
  /// `%`, `ms`; empty without one.
  var unit: String
  /// The ends of the interval that the text itself gives.
  var interval: ClosedRange<Double>?

  /// Nil for any other text.
  init?(_ text: String) {
    var reader = QuantityReader(text)
    guard let first = reader.quantity() else { return nil }
    (number, unit) = first
    guard !reader.isAtEnd else { return }
    guard reader.skip("("), let range = reader.range(), range.unit.isEmpty || range.unit == unit,
      [")", ";", ","].contains(reader.next)
    else { return nil }
    interval = range.ends
  }

  /// The ends of an interval, such as `0.93 – 0.99` or `93 % to 99 %`, and their unit; nil for any other text.
  static func interval(_ text: String) -> (ends: ClosedRange<Double>, unit: String)? {
    var reader = QuantityReader(text)
    guard let range = reader.range(), reader.isAtEnd else { return nil }
    return range
  }
}

/// Reads numbers and their units from the front of a text.
private struct QuantityReader {
  private var rest: Substring.UnicodeScalarView

  init(_ text: String) {
    rest = Substring(text).unicodeScalars
    skipSpaces()
  }

  var isAtEnd: Bool { rest.isEmpty }
  var next: Unicode.Scalar? { rest.first }

  /// A sign, digits in one row or in groups of three, a fraction, an exponent; then a unit of one word.
  mutating func quantity() -> (number: Double, unit: String)? {
    var digits = ""
    if let sign = rest.first, sign == "-" || sign == "−" || sign == "+" {
      digits = sign == "+" ? "" : "-"
      rest.removeFirst()
    }
    guard let whole = wholeNumber() else { return nil }
    digits += whole
    if rest.first == ".", let after = rest.dropFirst().first, Self.isDigit(after) {
      rest.removeFirst()
      digits += "." + self.digits()
    }
    let before = rest
    if rest.first == "e" {
      rest.removeFirst()
      digits += "e"
      if let sign = rest.first, sign == "-" || sign == "−" || sign == "+" {
        digits += sign == "+" ? "" : "-"
        rest.removeFirst()
      }
      let exponent = self.digits()
      if exponent.isEmpty {
        (rest, digits) = (before, String(digits.prefix { $0 != "e" }))
      } else {
        digits += exponent
      }
    }
    guard let number = Double(digits), number.isFinite else { return nil }
    return (number, unit())
  }

  /// Two numbers with `to` or a dash between them.
  mutating func range() -> (ends: ClosedRange<Double>, unit: String)? {
    guard let low = quantity() else { return nil }
    var lowUnit = low.unit
    if lowUnit == "to" {
      lowUnit = ""
    } else {
      guard skip("–") || skip("-") || (skip("t") && skip("o")) else { return nil }
    }
    guard let high = quantity(), low.number <= high.number, lowUnit.isEmpty || lowUnit == high.unit else {
      return nil
    }
    return (low.number...high.number, high.unit)
  }

  /// Takes a character and the spaces behind it, if it comes next.
  mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard rest.first == scalar else { return false }
    rest.removeFirst()
    skipSpaces()
    return true
  }

  private mutating func wholeNumber() -> String? {
    var number = digits()
    guard !number.isEmpty else { return nil }
    guard number.count <= 3 else { return number }
    while rest.first == ",", rest.count > 3 {
      let group = rest.dropFirst().prefix(3)
      guard group.allSatisfy(Self.isDigit), rest.dropFirst(4).first.map({ !Self.isDigit($0) }) ?? true else {
        break
      }
      number += String(String.UnicodeScalarView(group))
      rest.removeFirst(4)
    }
    return number
  }

  private mutating func digits() -> String {
    let digits = rest.prefix(while: Self.isDigit)
    rest.removeFirst(digits.count)
    return String(String.UnicodeScalarView(digits))
  }

  private mutating func unit() -> String {
    skipSpaces()
    let unit = rest.prefix { $0.properties.isAlphabetic || "%°/".unicodeScalars.contains($0) }
    rest.removeFirst(unit.count)
    skipSpaces()
    return String(String.UnicodeScalarView(unit))
  }

  private mutating func skipSpaces() {
    while let scalar = rest.first, scalar.properties.isWhitespace { rest.removeFirst() }
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
