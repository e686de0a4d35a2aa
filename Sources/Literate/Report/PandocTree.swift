/// Elements of Pandoc's document tree: `{"t": tag, "c": content}`.
extension JSON {
  static func element(_ tag: String, _ content: JSON? = nil) -> JSON {
    guard let content else { return .object(["t": .string(tag)]) }
    return .object(["t": .string(tag), "c": content])
  }

  var tag: String? { self["t"].string }
  var content: JSON {
    get { self["c"] }
    set { self["c"] = newValue }
  }

  static func text(_ text: String) -> JSON { element("Str", .string(text)) }
  static let space = element("Space")
  static func plain(_ inlines: [JSON]) -> JSON { element("Plain", .array(inlines)) }
  static func rawHTML(_ html: String) -> JSON {
    element("RawBlock", .array([.string("html"), .string(html)]))
  }
  static func rawInlineHTML(_ html: String) -> JSON {
    element("RawInline", .array([.string("html"), .string(html)]))
  }

  static func attributes(identifier: String = "", classes: [String] = [], _ pairs: [(String, String)] = [])
    -> JSON
  {
    .array([
      .string(identifier), .array(classes.map(JSON.string)),
      .array(pairs.map { .array([.string($0.0), .string($0.1)]) }),
    ])
  }

  static func span(_ classes: [String], _ inlines: [JSON]) -> JSON {
    element("Span", .array([attributes(classes: classes), .array(inlines)]))
  }

  static func div(_ attributes: JSON, _ blocks: [JSON]) -> JSON {
    element("Div", .array([attributes, .array(blocks)]))
  }

  static func link(_ inlines: [JSON], to target: String, classes: [String] = []) -> JSON {
    element(
      "Link",
      .array([attributes(classes: classes), .array(inlines), .array([.string(target), .string("")])]))
  }

  static func codeBlock(_ code: String, language: String) -> JSON {
    element("CodeBlock", .array([attributes(classes: [language]), .string(code)]))
  }

  /// The classes in an element's attributes, where these are the first of its contents.
  var classes: [String] { content[0][1].array?.compactMap(\.string) ?? [] }
  var identifier: String { content[0][0].string ?? "" }

  /// The tree with every element offered to `change`, innermost first: nil keeps it, a list takes its place.
  func rewritten(_ change: (JSON) throws -> [JSON]?) rethrows -> JSON {
    switch self {
    case .array(let items):
      var result: [JSON] = []
      result.reserveCapacity(items.count)
      for item in items {
        let inner = try item.rewritten(change)
        if inner.tag != nil, let replacement = try change(inner) {
          result += replacement
        } else {
          result.append(inner)
        }
      }
      return .array(result)
    case .object(let members): return .object(try members.mapValues { try $0.rewritten(change) })
    default: return self
    }
  }

  /// Calls `visit` with every element, in the order of the text.
  func forEachElement(_ visit: (JSON) -> Void) {
    switch self {
    case .array(let items):
      for item in items { item.forEachElement(visit) }
    case .object(let members):
      if tag != nil { visit(self) }
      members["c"]?.forEachElement(visit)
      if tag == nil {
        for key in members.keys.sorted() { members[key]?.forEachElement(visit) }
      }
    default: break
    }
  }

  /// The text of inlines, without their form.
  var plainText: String {
    var text = ""
    forEachElement { element in
      switch element.tag {
      case "Str": text += element.content.string ?? ""
      case "Space", "SoftBreak", "LineBreak": text += " "
      case "Code", "Math": text += element.content[1].string ?? ""
      default: break
      }
    }
    return text
  }
}

/// Text as it may stand in HTML, between tags or in a quoted attribute.
func escapedHTML(_ text: String) -> String {
  var result = ""
  result.reserveCapacity(text.utf8.count)
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
