/// What may hold a piece of HTML: a block or an inline.
protocol HTMLHolder {
  /// The piece of text in the language of a format that it is, if it is one.
  var rawText: (format: String, text: String)? { get }
  static func html(_ html: String) -> Self
  static func picture(_ image: Inline) -> Self
  /// A link with what it holds; nil where there is none of the kind.
  static func linked(_ attributes: Attributes, _ content: [Self], _ target: Inline.Target) -> Self?
  /// Whether a paragraph in HTML ends before it.
  var endsParagraph: Bool { get }
}

extension Block: HTMLHolder {
  var rawText: (format: String, text: String)? {
    if case .raw(let format, let text) = self { (format, text) } else { nil }
  }
  static func picture(_ image: Inline) -> Block { .plain([image]) }
  static func linked(_ attributes: Attributes, _ content: [Block], _ target: Inline.Target) -> Block? { nil }
  var endsParagraph: Bool { if case .plain = self { false } else { true } }
}

extension Inline: HTMLHolder {
  var rawText: (format: String, text: String)? {
    if case .raw(let format, let text) = self { (format, text) } else { nil }
  }
  static func picture(_ image: Inline) -> Inline { image }
  static func linked(_ attributes: Attributes, _ content: [Inline], _ target: Inline.Target) -> Inline? {
    .link(attributes, content, target)
  }
  var endsParagraph: Bool { false }
}

/// Elements of HTML among others, each closed where it must be: Pandoc gives a piece for each tag.
struct HTMLNesting<Element: HTMLHolder> {
  private(set) var findings: [Sanitiser.Finding] = []
  private var made: [Element?] = []
  private var opened: [(tag: HTMLTag, name: String, index: Int)] = []
  /// The element that is left out with all that it holds, and how many of its name are open within.
  private var leftOut: (name: String, depth: Int)?

  /// The elements, with pieces of HTML that follow one another as one: between blocks there would be white space.
  var elements: [Element] {
    made.reduce(into: []) { elements, element in
      guard let element else { return }
      if let text = element.rawText?.text, let before = elements.last?.rawText?.text {
        elements[elements.count - 1] = .html(before + text)
      } else {
        elements.append(element)
      }
    }
  }
  var isLeavingOut: Bool { leftOut != nil }

  mutating func add(_ element: Element) {
    guard !isLeavingOut else { return }
    if opened.last?.tag.name == "p", element.rawText == nil, element.endsParagraph { closeLast() }
    made.append(element)
  }

  /// Leaves out what comes up to the end of an element.
  mutating func leaveOut(_ name: String) {
    if let (inner, depth) = leftOut {
      if inner == name { leftOut = (name, depth + 1) }
    } else {
      leftOut = (name, 1)
    }
  }

  mutating func open(_ tag: HTMLTag, named name: String) {
    while let last = opened.last, HTMLRules.ends(last.tag.name, before: tag.name) { closeLast() }
    let isDrawing = HTMLRules.drawing[tag.name] != nil
    let isVoid = HTMLRules.void.contains(tag.name) || isDrawing && tag.closesItself
    if !isVoid { opened.append((tag, name, made.count)) }
    let attributes = tag.attributes.map { pair in
      " \(isDrawing ? pair.name : pair.name.lowercased())=\"\(escapedHTML(pair.value))\""
    }
    made.append(.html("<\(name)\(attributes.joined())\(isVoid ? " /" : "")>"))
  }

  mutating func close(_ name: String) {
    if let (inner, depth) = leftOut {
      if inner == name { leftOut = depth > 1 ? (name, depth - 1) : nil }
      return
    }
    guard HTMLRules.kept.contains(name) || HTMLRules.drawing[name] != nil, !HTMLRules.void.contains(name)
    else {
      return
    }
    guard let place = opened.lastIndex(where: { $0.tag.name == name }) else {
      findings.append(
        Sanitiser.Finding(
          message: "`</\(name)>` closes nothing that was opened here.",
          advice: "Open it in the same paragraph, list or block, or remove it.", spellings: ["</\(name)"]))
      return
    }
    while opened.count > place + 1 { closeLast(isMissing: true) }
    closeLast()
  }

  mutating func end() { while !opened.isEmpty { closeLast(isMissing: true) } }

  /// Closes the last element.
  ///
  /// - Parameter isMissing: Whether its tag should have come: one that needs none is closed, another is left out.
  private mutating func closeLast(isMissing: Bool = false) {
    guard let (tag, name, index) = opened.popLast() else { return }
    if isMissing, !HTMLRules.mayStayOpen.contains(tag.name) {
      made[index] = nil
      findings.append(
        Sanitiser.Finding(
          message: "`<\(name)>` is not closed.",
          advice: "Close it by `</\(name)>` in the same paragraph, list or block.",
          spellings: [tag.source, "<" + name]))
    } else if name == "a", let address = tag["href"],
      let link = Element.linked(
        Attributes(
          identifier: tag["id"] ?? "", classes: (tag["class"] ?? "").split(separator: " ").map(String.init),
          tag.attributes.filter { !["href", "id", "class", "title"].contains($0.name.lowercased()) }.map {
            ($0.name, $0.value)
          }), made[(index + 1)...].compactMap { $0 },
        Inline.Target(url: address, title: tag["title"] ?? ""))
    {
      made[index...] = [link]
    } else {
      made.append(.html("</\(name)>"))
    }
  }
}
