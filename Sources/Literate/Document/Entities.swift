/// A text of HTML with the characters that its entities stand for, such as `&amp;`, `&#8211;` and `&nbsp;`.
///
/// A name that is not known stays as it is written.
func decodedEntities(_ text: String) -> String {
  guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
  var result = ""
  var rest = text[...]
  while let start = rest.firstIndex(of: "&") {
    result += rest[..<start]
    rest = rest[start...]
    guard let (character, end) = entity(at: rest) else {
      result += "&"
      rest = rest.dropFirst()
      continue
    }
    result.unicodeScalars.append(character)
    rest = rest[end...]
  }
  return result + rest
}

private func entity(at text: Substring) -> (character: Unicode.Scalar, end: String.Index)? {
  let body = text.dropFirst()
  if body.hasPrefix("#") {
    let isHexadecimal = body.hasPrefix("#x") || body.hasPrefix("#X")
    let digits = body.dropFirst(isHexadecimal ? 2 : 1).prefix {
      isHexadecimal ? $0.isHexDigit : $0.isASCII && $0.isNumber
    }
    guard !digits.isEmpty else { return nil }
    let number = UInt32(digits, radix: isHexadecimal ? 16 : 10) ?? 0
    let character = number == 0 ? "\u{FFFD}" : Unicode.Scalar(number) ?? "\u{FFFD}"
    let end = digits.endIndex
    return (character, end < text.endIndex && text[end] == ";" ? text.index(after: end) : end)
  }
  let name = body.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
  guard name.endIndex < text.endIndex, text[name.endIndex] == ";", let character = entities[String(name)]
  else {
    return nil
  }
  return (character, text.index(after: name.endIndex))
}

/// The named characters of HTML 4 that texts use.
private let entities: [String: Unicode.Scalar] = {
  var entities: [String: Unicode.Scalar] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "Tab": "\t", "NewLine": "\n", "colon": ":",
    "OElig": "Œ", "oelig": "œ", "Scaron": "Š", "scaron": "š", "Yuml": "Ÿ", "fnof": "ƒ", "circ": "ˆ",
    "tilde": "˜", "ensp": "\u{2002}", "emsp": "\u{2003}", "thinsp": "\u{2009}", "zwnj": "\u{200C}",
    "zwj": "\u{200D}", "lrm": "\u{200E}", "rlm": "\u{200F}", "ndash": "–", "mdash": "—", "lsquo": "‘",
    "rsquo": "’", "sbquo": "‚", "ldquo": "“", "rdquo": "”", "bdquo": "„", "dagger": "†", "Dagger": "‡",
    "bull": "•", "hellip": "…", "permil": "‰", "prime": "′", "Prime": "″", "lsaquo": "‹", "rsaquo": "›",
    "euro": "€", "trade": "™", "larr": "←", "uarr": "↑", "rarr": "→", "darr": "↓", "harr": "↔", "lArr": "⇐",
    "rArr": "⇒", "hArr": "⇔", "forall": "∀", "part": "∂", "exist": "∃", "empty": "∅", "nabla": "∇",
    "isin": "∈", "notin": "∉", "ni": "∋", "prod": "∏", "sum": "∑", "minus": "−", "lowast": "∗", "radic": "√",
    "prop": "∝", "infin": "∞", "ang": "∠", "and": "∧", "or": "∨", "cap": "∩", "cup": "∪", "int": "∫",
    "there4": "∴", "sim": "∼", "cong": "≅", "asymp": "≈", "ne": "≠", "equiv": "≡", "le": "≤", "ge": "≥",
    "sub": "⊂", "sup": "⊃", "nsub": "⊄", "sube": "⊆", "supe": "⊇", "oplus": "⊕", "otimes": "⊗", "perp": "⊥",
    "sdot": "⋅", "loz": "◊", "check": "✓", "star": "☆",
  ]
  // Those of Latin 1 from U+00A0, and the Greek letters from U+0391 and U+03B1, in their order.
  let runs: [(UInt32, String)] = [
    (
      0xA0,
      """
      nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para \
      middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute \
      Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml \
      Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml \
      eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml
      """
    ),
    (
      0x391,
      "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho - Sigma Tau Upsilon Phi Chi Psi Omega"
    ),
    (
      0x3B1,
      "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi psi omega"
    ),
  ]
  for (first, names) in runs {
    for (offset, name) in names.split(separator: " ").enumerated() {
      entities[String(name)] = Unicode.Scalar(first + UInt32(offset))
    }
  }
  return entities
}()
