/// A piece of HTML, as browsers read it.
enum HTMLToken: Hashable {
  case text(String)
  case open(HTMLTag)
  case close(String)
  /// A comment, a declaration or an instruction.
  case hidden

  static func tokens(in html: String) -> [HTMLToken] {
    var reader = HTMLReader(scalars: Array(html.unicodeScalars))
    return reader.tokens()
  }

  /// HTML as it is written, without comments, declarations and instructions.
  static func withoutComments(_ html: String) -> String {
    var reader = HTMLReader(scalars: Array(html.unicodeScalars))
    return reader.withoutComments()
  }
}

/// A tag that opens an element.
struct HTMLTag: Hashable {
  /// In small letters.
  var name: String
  /// Their names as they are written, each once.
  var attributes: [Attributes.Pair]
  /// The tag as it is written.
  var source: String
  /// Whether it ends in `/>`, which closes an element of a drawing at once, but none of HTML.
  var closesItself = false

  subscript(name: String) -> String? { attributes.first { $0.name.lowercased() == name }?.value }
}

/// Reads HTML by the rules of the standard's tokenizer (WHATWG HTML, 13.2.5), as far as tags, attributes and comments go.
private struct HTMLReader {
  let scalars: [Unicode.Scalar]
  private var index = 0

  init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  /// Elements that hold text up to their end, whatever it looks like.
  private static let verbatim: Set<String> = [
    "iframe", "noembed", "noframes", "noscript", "script", "style", "textarea", "title", "xmp",
  ]

  mutating func tokens() -> [HTMLToken] {
    var tokens: [HTMLToken] = []
    var text = String.UnicodeScalarView()
    func flushed() -> [HTMLToken] { text.isEmpty ? [] : [.text(decodedEntities(String(text)))] }
    while index < scalars.count {
      guard let token = markup() else {
        text.append(scalars[index])
        index += 1
        continue
      }
      tokens += flushed() + [token]
      text = .init()
      if case .open(let tag) = token, Self.verbatim.contains(tag.name) {
        let start = index
        while index < scalars.count, !starts("</" + tag.name) { index += 1 }
        if index > start { tokens.append(.text(string(start..<index))) }
      }
    }
    return tokens + flushed()
  }

  mutating func withoutComments() -> String {
    var text = ""
    while index < scalars.count {
      let start = index
      let token = markup()
      if token == nil { index += 1 }
      if token != .hidden { text += string(start..<index) }
    }
    return text
  }

  /// What begins here, if it is no text.
  private mutating func markup() -> HTMLToken? {
    guard scalars[index] == "<", index + 1 < scalars.count else { return nil }
    let next = scalars[index + 1]
    if Self.isLetter(next) { return tag(from: index) }
    if starts("<!--") {
      index += 4
      // `<!-->` and `<!--->` are comments too.
      if starts(">") || starts("->") {
        skip(past: ">")
      } else {
        while index < scalars.count, !starts("-->"), !starts("--!>") { index += 1 }
        skip(past: ">")
      }
      return .hidden
    }
    if starts("<![cdata[") {
      skip(past: "]]>")
      return .hidden
    }
    if next == "?" {
      let start = index
      skip(past: "?>")
      // Browsers end an instruction at the first `>`.
      if index == scalars.count, !ends("?>") {
        index = start
        skip(past: ">")
      }
      return .hidden
    }
    if next == "!" {
      skip(past: ">")
      return .hidden
    }
    guard next == "/" else { return nil }
    guard index + 2 < scalars.count, Self.isLetter(scalars[index + 2]) else {
      skip(past: ">")
      return .hidden
    }
    index += 1
    guard case .open(let tag) = tag(from: index - 1) else { return .hidden }
    return .close(tag.name)
  }

  /// A tag whose name begins after the index; one that is not closed hides the rest.
  private mutating func tag(from start: Int) -> HTMLToken {
    index += 1
    let name = string(taken { !Self.isSpace($0) && $0 != "/" && $0 != ">" }).lowercased()
    var attributes: [Attributes.Pair] = []
    while index < scalars.count {
      _ = taken { Self.isSpace($0) || $0 == "/" }
      guard index < scalars.count else { break }
      if scalars[index] == ">" {
        index += 1
        return .open(
          HTMLTag(
            name: name, attributes: attributes, source: string(start..<index),
            closesItself: scalars[index - 2] == "/"))
      }
      // A name may begin with `=`.
      let first = index
      index += 1
      _ = taken { !Self.isSpace($0) && $0 != "/" && $0 != ">" && $0 != "=" }
      let attribute = string(first..<index)
      let value = value()
      if !attributes.contains(where: { $0.name.lowercased() == attribute.lowercased() }) {
        attributes.append(.init(name: attribute, value: value))
      }
    }
    return .hidden
  }

  private mutating func value() -> String {
    let before = index
    _ = taken(while: Self.isSpace)
    guard index < scalars.count, scalars[index] == "=" else {
      index = before
      return ""
    }
    index += 1
    _ = taken(while: Self.isSpace)
    guard index < scalars.count else { return "" }
    let quote = scalars[index]
    guard quote == "\"" || quote == "'" else {
      return decodedEntities(string(taken { !Self.isSpace($0) && $0 != ">" }))
    }
    index += 1
    let range = taken { $0 != quote }
    index = min(index + 1, scalars.count)
    return decodedEntities(string(range))
  }

  private mutating func taken(while condition: (Unicode.Scalar) -> Bool) -> Range<Int> {
    let start = index
    while index < scalars.count, condition(scalars[index]) { index += 1 }
    return start..<index
  }

  /// Goes past the next occurrence of a text, or to the end.
  private mutating func skip(past end: String) {
    while index < scalars.count, !starts(end) { index += 1 }
    index = min(index + end.unicodeScalars.count, scalars.count)
  }

  /// Whether a text in small letters comes next.
  private func starts(_ text: String) -> Bool {
    var place = index
    for scalar in text.unicodeScalars {
      guard place < scalars.count, scalars[place].properties.lowercaseMapping == String(scalar) else {
        return false
      }
      place += 1
    }
    return true
  }

  private func ends(_ text: String) -> Bool {
    scalars.suffix(text.unicodeScalars.count).elementsEqual(text.unicodeScalars)
  }

  private func string(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[range])
    return String(view)
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && scalar.properties.isAlphabetic
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    [" ", "\t", "\n", "\r", "\u{C}"].contains(scalar)
  }
}
