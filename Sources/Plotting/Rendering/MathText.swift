/// Turns an author's words into Pango markup: `$…$` sets letters in italics, `_` and `^` lower and raise a
/// letter or a `{group}`, `\alpha` gives Greek; all else stands as written, `\$` is a dollar sign.
///
/// Which dollars are money is Pandoc's rule: after the first stands no space, before the second none, and after it no
/// digit. So `$5 and $6` is no mathematics.
package enum MathText {
  package static func markup(_ text: String) -> String {
    var result = ""
    var rest = Substring(text)
    while let dollar = nextDollar(in: rest) {
      let after = rest[rest.index(after: dollar)...]
      result += escape(rest[..<dollar])
      if let end = closingDollar(in: after) {
        result += math(after[..<end])
        rest = after[after.index(after: end)...]
      } else {
        result += "$"
        rest = after
      }
    }
    return result + escape(rest)
  }

  /// The words alone, for titles and descriptions where no markup can stand.
  package static func plain(_ text: String) -> String {
    var result = ""
    var inTag = false
    for character in markup(text) {
      if character == "<" { inTag = true }
      if !inTag { result.append(character) }
      if character == ">" { inTag = false }
    }
    for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")] {
      result = result.split(separator: entity, omittingEmptySubsequences: false).joined(separator: character)
    }
    return result
  }

  /// The dollar that ends the mathematics at the start of `text`, if that is any.
  private static func closingDollar(in text: Substring) -> Substring.Index? {
    guard let first = text.first, !first.isWhitespace, let end = nextDollar(in: text), end > text.startIndex,
      !text[text.index(before: end)].isWhitespace
    else { return nil }
    let next = text[text.index(after: end)...].first
    return next?.isNumber == true ? nil : end
  }

  private static func nextDollar(in text: Substring) -> Substring.Index? {
    var index = text.startIndex
    while index < text.endIndex {
      if text[index] == "\\" {
        index = text.index(after: index)
        if index < text.endIndex { index = text.index(after: index) }
        continue
      }
      if text[index] == "$" { return index }
      index = text.index(after: index)
    }
    return nil
  }

  private static func escape(_ text: Substring) -> String {
    var result = ""
    var afterBackslash = false
    for character in text {
      if afterBackslash, character != "$" { result += "\\" }
      afterBackslash = character == "\\"
      if !afterBackslash { result += escaped(character) }
    }
    return afterBackslash ? result + "\\" : result
  }

  private static func escaped(_ character: Character) -> String {
    switch character {
    case "<": return "&lt;"
    case ">": return "&gt;"
    case "&": return "&amp;"
    default:
      // Control characters are not allowed in markup.
      if let ascii = character.asciiValue, ascii < 32, character != "\n" { return " " }
      return String(character)
    }
  }

  private static func math(_ source: Substring) -> String {
    var result = ""
    var rest = source
    while let character = rest.first {
      if character == "_" || character == "^" {
        rest = rest.dropFirst()
        let shift = character == "_" ? "subscript" : "superscript"
        result += "<span size=\"76%\" baseline_shift=\"\(shift)\">" + argument(&rest) + "</span>"
      } else {
        result += atom(&rest)
      }
    }
    return result
  }

  private static func argument(_ rest: inout Substring) -> String {
    guard rest.first == "{" else { return atom(&rest) }
    var depth = 0
    var end = rest.startIndex
    while end < rest.endIndex {
      if rest[end] == "{" { depth += 1 }
      if rest[end] == "}" { depth -= 1 }
      if depth == 0 { break }
      end = rest.index(after: end)
    }
    let inner = rest[rest.index(after: rest.startIndex)..<end]
    rest = end < rest.endIndex ? rest[rest.index(after: end)...] : rest[end...]
    return math(inner)
  }

  private static func atom(_ rest: inout Substring) -> String {
    guard let character = rest.popFirst() else { return "" }
    if character == "\\" {
      let name = String(rest.prefix(while: { $0.isASCII && $0.isLetter }))
      rest = rest.dropFirst(name.count)
      if let sign = signs[name] { return sign.isLetterLike ? "<i>\(sign.text)</i>" : sign.text }
      if name.isEmpty, let next = rest.popFirst() { return escaped(next) }
      return "\\" + name
    }
    if character == "{" || character == "}" { return "" }
    if character == "-" { return "−" }
    return character.isLetter ? "<i>\(escaped(character))</i>" : escaped(character)
  }

  private struct Sign: Sendable {
    let text: String
    let isLetterLike: Bool
  }

  private static let signs: [String: Sign] = {
    var signs: [String: Sign] = [:]
    let greek = [
      "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
      "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
      "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    ]
    for (name, letter) in greek { signs[name] = Sign(text: letter, isLetterLike: true) }
    let others = [
      "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ",
      "Omega": "Ω", "times": "×", "cdot": "·", "pm": "±", "leq": "≤", "geq": "≥", "neq": "≠", "approx": "≈",
      "infty": "∞", "sum": "∑", "odot": "⊙", "to": "→", "partial": "∂", "in": "∈", "sqrt": "√",
    ]
    for name in ["sin", "cos", "tanh", "exp", "log", "max", "min", "softmax", "argmax"] {
      signs[name] = Sign(text: name, isLetterLike: false)
    }
    for (name, sign) in others { signs[name] = Sign(text: sign, isLetterLike: false) }
    return signs
  }()
}
