import Foundation

/// Finds what a formula has in its LaTeX and not in the MathML that Pandoc made of it: some commands it drops without a word.
enum FormulaLoss {
  /// A letter, digit or name that MathML lost; nil where nothing is missed.
  static func lost(of formula: String, in mathML: String) -> String? {
    // Their words are no letters of the formula.
    guard !formula.contains(/\\(?:newcommand|renewcommand|def|DeclareMathOperator|num|SI|qty|ang)\b/) else {
      return nil
    }
    var left = Dictionary(grouping: letters(shownBy: mathML), by: { $0 }).mapValues(\.count)
    for word in words(of: formula) {
      for letter in word {
        guard let count = left[letter], count > 0 else { return word }
        left[letter] = count - 1
      }
    }
    return nil
  }

  /// The operators of a formula that are more than a name or a sign, such as `\mathop{\overline{\lim}}`.
  static func operators(in formula: String) -> [String] {
    var found: [String] = []
    var rest = formula[...]
    while let start = rest.range(of: "\\mathop") {
      let group = rest[start.upperBound...].drop { $0 == " " }
      rest = group
      guard group.first == "{" else { continue }
      var depth = 0
      let end = group.indices.first { index in
        let isEscaped = index > group.startIndex && group[group.index(before: index)] == "\\"
        if group[index] == "{", !isEscaped { depth += 1 }
        if group[index] == "}", !isEscaped { depth -= 1 }
        return depth == 0
      }
      if let end { found.append("\\mathop" + group[...end]) }
      rest = group.dropFirst()
    }
    return found
  }

  /// The text that MathML shows.
  static func text(shownBy mathML: String) -> String {
    HTMLToken.tokens(in: mathML.replacing(/(?s)<annotation.*?<\/annotation>/, with: "")).reduce(into: "") {
      text, token in
      if case .text(let words) = token { text += words.filter { !$0.isWhitespace } }
    }
  }

  /// The letters and digits of it, without their styles and accents: 𝐤 is a k.
  private static func letters(shownBy mathML: String) -> [Character] {
    text(shownBy: mathML).decomposedStringWithCompatibilityMapping.unicodeScalars.filter {
      $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
    }.map(Character.init)
  }

  /// Commands whose name is what they show.
  private static let named: Set<String> = [
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim", "exp",
    "gcd", "hom",
    "inf", "ker", "lg", "lim", "liminf", "limsup", "ln", "log", "max", "min", "sec", "sin", "sinh", "sup",
    "tan", "tanh",
  ]

  /// The letters, digits and names that a reader must see.
  private static func words(of formula: String) -> [String] {
    var words: [String] = []
    var rest = formula[...]
    while let first = rest.first {
      if first == "{" || first == "[",
        let dimension = rest.prefixMatch(of: /[{\[]\s*-?[\d.]+\s*(?:pt|em|ex|cm|mm|in|mu)\s*[}\]]/)
      {
        rest = rest[dimension.range.upperBound...]
      } else if first == "\\",
        let hidden = rest.prefixMatch(
          of:
            /\\(?:begin|end)\s*\{[^}]*\}(?:\[[^\]]*\])?(?:\{[lcr|@\d\s]*\})?|\\(?:label|hspace\*?|vspace\*?)\s*\{[^}]*\}/
        )
      {
        rest = rest[hidden.range.upperBound...]
      } else if first == "\\" {
        let name = rest.dropFirst().prefix { $0.isASCII && $0.isLetter }
        if named.contains(String(name)) { words.append(String(name)) }
        rest = rest.dropFirst(max(2, 1 + name.count))
      } else {
        if first.isASCII, first.isLetter || first.isNumber { words.append(String(first)) }
        rest = rest.dropFirst()
      }
    }
    return words
  }
}
