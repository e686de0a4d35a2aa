/// A text as it can be shown and stand in XML: without the colours of a terminal, and with a sign such as ␛ in the place of a
/// character that has none.
package func printable(_ text: String) -> String {
  // The bytes that begin one of the characters below.
  let isSuspect = text.utf8.contains {
    $0 < 0x20 && $0 != 0x09 && $0 != 0x0A || $0 == 0x7F || $0 == 0xC2 || $0 == 0xEF
  }
  guard isSuspect else { return text }
  let scalars = Array(text.unicodeScalars)
  var result = String.UnicodeScalarView()
  var index = 0
  while index < scalars.count {
    let scalar = scalars[index]
    index += 1
    if scalar == "\u{1B}", let end = endOfTerminalSequence(in: scalars, from: index) {
      index = end
      continue
    }
    switch scalar.value {
    case 0x0D where index < scalars.count && scalars[index] == "\n": break
    // A line that is written over, as progress is, becomes several.
    case 0x0D: result.append("\n")
    case 0x09, 0x0A: result.append(scalar)
    case 0..<0x20: result.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
    case 0x7F: result.append("\u{2421}")
    case 0x80..<0xA0, 0xFFFE, 0xFFFF: result.append("\u{FFFD}")
    default: result.append(scalar)
    }
  }
  return String(result)
}

/// Where a sequence that colours a terminal or moves its cursor ends (ECMA-48), after its escape; nil where there is none.
private func endOfTerminalSequence(in scalars: [Unicode.Scalar], from start: Int) -> Int? {
  guard start < scalars.count else { return nil }
  var index = start + 1
  switch scalars[start] {
  case "[":
    while index < scalars.count, (0x20...0x3F).contains(scalars[index].value) { index += 1 }
    return index < scalars.count && (0x40...0x7E).contains(scalars[index].value) ? index + 1 : nil
  case "]":
    // A title or an address, up to a bell or an escape with a backslash.
    while index < scalars.count, scalars[index] != "\n" {
      if scalars[index] == "\u{7}" { return index + 1 }
      if scalars[index] == "\u{1B}" {
        return index + 1 < scalars.count && scalars[index + 1] == "\\" ? index + 2 : nil
      }
      index += 1
    }
    return nil
  default: return nil
  }
}
