/// A value that is written without quotes, read as it is written or not at all.
///
/// YAML reads `no` as false, `12:30` as 750, `007` as 7 and `1.10` as 1.1. What could be two things is an error here.
enum PlainValue: Equatable {
  case integer(Int)
  case number(Double)
  case flag(Bool)
  case text(String)

  /// Why a text is no value.
  struct Ambiguity: Error, Equatable {
    /// What it could be, other than a text.
    var meaning: String
    /// How that is written; nil where it can't be.
    var form: String?
  }

  init(_ text: String) throws(Ambiguity) {
    switch text {
    case "true": self = .flag(true)
    case "false": self = .flag(false)
    case "", "~", "null", "Null", "NULL": throw Ambiguity(meaning: "nothing")
    default:
      if let flag = Self.otherFlags[text.lowercased()] {
        throw Ambiguity(meaning: "\(flag)", form: "\(flag)")
      }
      if text.wholeMatch(of: /-?(?:0|[1-9][0-9]*)/) != nil, text != "-0" {
        guard let number = Int(text) else { throw Ambiguity(meaning: "a whole number of too many digits") }
        self = .integer(number)
      } else if text.wholeMatch(of: /-?(?:0|[1-9][0-9]*)\.(?:0|[0-9]*[1-9])/) != nil {
        guard let number = Double(text), number.isFinite,
          Self.digits(of: "\(number)") == Self.digits(of: text)
        else { throw Ambiguity(meaning: "a number of too many digits", form: Double(text).map { "\($0)" }) }
        self = .number(number)
      } else if let meaning = Self.otherNumber(text) {
        throw meaning
      } else {
        self = .text(text)
      }
    }
  }

  /// What some readers of YAML take for true and false.
  private static let otherFlags = [
    "true": true, "yes": true, "on": true, "false": false, "no": false, "off": false,
  ]

  /// What some reader takes for a number.
  private static func otherNumber(_ text: String) -> Ambiguity? {
    if text.wholeMatch(of: /[-+]?\.(?:inf|Inf|INF)/) != nil { return Ambiguity(meaning: "infinity") }
    if text.wholeMatch(of: /\.(?:nan|NaN|NAN)/) != nil { return Ambiguity(meaning: "not a number") }
    let bare = text.filter { $0 != "_" }
    let digits = bare.drop { "+-".contains($0) }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.lowercased().hasPrefix(prefix) {
      guard let number = Int(digits.dropFirst(2), radix: radix) else { continue }
      return Ambiguity(meaning: "a number", form: (bare.hasPrefix("-") ? "-" : "") + "\(number)")
    }
    // Digits that were taken are not tried again, of which there may be thousands.
    let form = /[-+]?(?:(?>[0-9]+)\.?(?>[0-9]*)|\.(?>[0-9]+))(?:[eE][-+]?[0-9]+)?/
    guard bare.wholeMatch(of: form) != nil else { return nil }
    return Ambiguity(meaning: "a number", form: plain(bare))
  }

  /// A number as it is to be written; nil where it has too many digits for that.
  private static func plain(_ text: String) -> String? {
    guard let number = Double(text), number.isFinite else { return nil }
    if number == number.rounded(), abs(number) < 1e15 {
      return "\(Int(number))" + (text.contains(".") ? ".0" : "")
    }
    let form = "\(number)"
    return form.contains("e") ? nil : form
  }

  /// The digits that tell, and where the point stands among them: equal for equal numbers.
  private static func digits(of text: String) -> [String] {
    let parts = text.split(separator: "e")
    let number = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let whole = String(number[0].filter { $0 != "-" })
    let fraction = number.count > 1 ? String(number[1]) : ""
    var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    var digits = Substring(whole + fraction)
    exponent += whole.count
    while digits.first == "0" {
      digits = digits.dropFirst()
      exponent -= 1
    }
    while digits.last == "0" { digits = digits.dropLast() }
    return [String(digits), digits.isEmpty ? "" : "\(exponent)", text.hasPrefix("-") ? "-" : ""]
  }
}

extension PlainValue.Ambiguity {
  /// What to say of the text, and what to do about it.
  func problem(_ text: String, _ what: String, at place: Problem.Location) -> Problem {
    let number = form.map { "Write `\($0)` for \(meaning), or" } ?? "Write"
    return Problem(
      "\(what) `\(text)` could be \(meaning) or a text.", at: place,
      advice: "\(number) quotes for the text: `\"\(text)\"`.")
  }
}
