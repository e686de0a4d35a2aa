/// Takes out of a text what could act, load something or change the page around it, and what no reader should see: once, on the typed
/// tree, for every medium. What is left of HTML is well-formed, so that it may stand in XML.
struct Sanitiser: Rewriter {
  /// Something that was taken out, or is not as it must be.
  struct Finding: Hashable {
    var message: String
    var advice: String
    /// How it may be written in the source, the likeliest first.
    var spellings: [String]
  }

  var findings: [Finding] = []

  // MARK: What stands by itself

  mutating func replacement(for block: Block) -> [Block]? {
    switch block {
    case .code(let attributes, let text): return [.code(cleaned(attributes), text)]
    case .header(let level, let attributes, let title):
      return [.header(level: level, cleaned(attributes), title)]
    case .div(let attributes, let content): return [.div(cleaned(attributes), content)]
    case .table(var table):
      table.attributes = cleaned(table.attributes)
      table.head = cleaned(table.head)
      table.foot = cleaned(table.foot)
      table.bodies = table.bodies.map { body in
        Table.Body(
          attributes: cleaned(body.attributes), headColumns: body.headColumns, head: cleaned(body.head),
          rows: cleaned(body.rows))
      }
      return [.table(table)]
    case .plain, .paragraph, .lines, .raw, .quote, .orderedList, .bulletList, .definitions, .rule, .other:
      return nil
    }
  }

  mutating func replacement(for inline: Inline) -> [Inline]? {
    switch inline {
    case .code(let attributes, let text): return [.code(cleaned(attributes), text)]
    case .span(let attributes, let content): return [.span(cleaned(attributes), content)]
    case .math(let isDisplay, let text): return [.math(isDisplay: isDisplay, Self.withoutComments(text))]
    case .link(let attributes, let content, let target): return link(cleaned(attributes), content, target)
    case .image(let attributes, let alternative, let target):
      return image(cleaned(attributes), alternative, target)
    case .text, .space, .softBreak, .lineBreak, .styled, .raw, .citation, .note, .other: return nil
    }
  }

  /// A link; the words alone where its address is none to follow.
  private mutating func link(_ attributes: Attributes, _ content: [Inline], _ target: Inline.Target)
    -> [Inline]
  {
    guard !HTMLRules.isHarmless(address: target.url) else { return [.link(attributes, content, target)] }
    let scheme = HTMLRules.scheme(of: target.url) ?? ""
    findings.append(
      Finding(
        message: "A link may not lead to an address that begins with `\(scheme):`.",
        advice: "Lead it to a page, such as `https://…`, or to a place in the book.",
        spellings: [target.url, target.url.removingPercentEncoding ?? "", scheme + ":"]))
    return content
  }

  /// An image; its alternative text where its address holds something else than a picture.
  private mutating func image(
    _ attributes: Attributes, _ alternative: [Inline], _ target: Inline.Target
  ) -> [Inline] {
    if HTMLRules.isPicture(address: target.url)
      || HTMLRules.isHarmless(address: target.url)
    {
      return [.image(attributes, alternative, target)]
    }
    let scheme = HTMLRules.scheme(of: target.url) ?? ""
    findings.append(
      Finding(
        message: "An image may not have an address that begins with `\(scheme):`.",
        advice: "Put its file beside the chapter.",
        spellings: [target.url, target.url.removingPercentEncoding ?? "", scheme + ":"]))
    return alternative
  }

  private mutating func cleaned(_ section: Table.Section) -> Table.Section {
    Table.Section(attributes: cleaned(section.attributes), rows: cleaned(section.rows))
  }

  private mutating func cleaned(_ rows: [Table.Row]) -> [Table.Row] {
    rows.map { row in
      Table.Row(
        attributes: cleaned(row.attributes),
        cells: row.cells.map { cell in
          var cell = cell
          cell.attributes = cleaned(cell.attributes)
          return cell
        })
    }
  }

  /// Attributes without those that may not stand.
  mutating func cleaned(_ attributes: Attributes) -> Attributes {
    guard !attributes.others.isEmpty else { return attributes }
    var attributes = attributes
    attributes.others = cleaned(attributes.others)
    return attributes
  }

  mutating func cleaned(_ pairs: [Attributes.Pair]) -> [Attributes.Pair] {
    pairs.filter { pair in
      let reason: String
      if let why = HTMLRules.reason(against: pair.name, value: pair.value) {
        reason = why
      } else if pair.name.lowercased() == "style",
        let declaration = HTMLRules.refusedDeclaration(in: pair.value)
      {
        reason = "it holds `\(declaration)`, which could reach beyond its place"
      } else {
        return true
      }
      findings.append(
        Finding(
          message: "The attribute `\(pair.name)` may not stand here: \(reason).", advice: "Remove it.",
          spellings: [
            "\(pair.name)=\"\(pair.value)\"", "\(pair.name)='\(pair.value)'", pair.name + "=", pair.name,
          ]))
      return false
    }
  }

  /// LaTeX without its comments, which MathML would carry along.
  private static func withoutComments(_ formula: String) -> String {
    guard formula.contains("%") else { return formula }
    return formula.split(separator: "\n", omittingEmptySubsequences: false).map { line -> Substring in
      var isEscaped = false
      let end = line.indices.first { index in
        defer { isEscaped = line[index] == "\\" && !isEscaped }
        return line[index] == "%" && !isEscaped
      }
      return end.map { line[..<$0] } ?? line
    }.joined(separator: "\n")
  }

  // MARK: HTML

  mutating func together(_ blocks: [Block]) -> [Block] { withSafeHTML(blocks) }
  mutating func together(_ inlines: [Inline]) -> [Inline] { withSafeHTML(inlines) }

  private mutating func withSafeHTML<Element: HTMLHolder>(_ elements: [Element]) -> [Element] {
    guard elements.contains(where: { $0.rawText != nil }) else { return elements }
    var nesting = HTMLNesting<Element>()
    for element in elements {
      guard let (format, text) = element.rawText else {
        nesting.add(element)
        continue
      }
      if ["html", "html4", "html5"].contains(format) {
        for token in HTMLToken.tokens(in: text) { add(token, to: &nesting) }
      } else if let line = text.split(separator: "\n").first(where: { !$0.drop { $0 == " " }.hasPrefix("%") })
      {
        // A piece of comments alone is no loss.
        findings.append(
          Finding(
            message:
              "This is \(format == "tex" ? "LaTeX outside a formula" : "in the language `\(format)`"), which no format of the book shows.",
            advice: "Write a formula between dollars, and a backslash that is meant as `\\\\`.",
            spellings: [text, String(line)]))
      }
    }
    nesting.end()
    findings += nesting.findings
    return nesting.elements
  }

  private mutating func add<Element: HTMLHolder>(_ token: HTMLToken, to nesting: inout HTMLNesting<Element>) {
    switch token {
    case .hidden: break
    case .text(let text): nesting.add(.html(escapedHTML(text)))
    case .close(let name): nesting.close(name)
    case .open(let tag):
      guard !nesting.isLeavingOut else { return nesting.leaveOut(tag.name) }
      if tag.name == "img" {
        if let image = image(of: tag) { nesting.add(.picture(image)) }
        return
      }
      guard let name = HTMLRules.kept.contains(tag.name) ? tag.name : HTMLRules.drawing[tag.name] else {
        findings.append(
          Finding(
            message: "`<\(tag.name)>` may not stand here: \(HTMLRules.reason(against: tag.name)).",
            advice: "Remove it.", spellings: [tag.source, "<" + tag.name]))
        if HTMLRules.leftOutWhole.contains(tag.name) { nesting.leaveOut(tag.name) }
        return
      }
      var tag = tag
      tag.attributes = cleaned(tag.attributes)
      nesting.open(tag, named: name)
    }
  }

  /// The image of a tag, as Markdown's are; nil where it may not stand.
  private mutating func image(of tag: HTMLTag) -> Inline? {
    let pairs = tag.attributes.filter {
      !["src", "alt", "id", "class", "title"].contains($0.name.lowercased())
    }
    guard let source = tag["src"], !source.isEmpty else {
      findings.append(
        Finding(
          message: "An image has no `src`.",
          advice: "Write `<img src=\"picture.png\" alt=\"what it shows\">`.",
          spellings: [tag.source, "<img"]))
      return nil
    }
    let attributes = Attributes(
      identifier: tag["id"] ?? "", classes: (tag["class"] ?? "").split(separator: " ").map(String.init),
      cleaned(pairs).map { ($0.name, $0.value) })
    let words = tag["alt"] ?? ""
    let made = image(
      attributes, words.isEmpty ? [] : [.text(words)], Inline.Target(url: source, title: tag["title"] ?? ""))
    return made.first { if case .image = $0 { true } else { false } }
  }

  /// What in a drawing (SVG) a browser would run; nil where there is nothing.
  static func program(inDrawing svg: String) -> String? {
    for case .open(let tag) in HTMLToken.tokens(in: svg) {
      if tag.name == "script" || tag.name.hasSuffix(":script") { return "`<script>`" }
      for pair in tag.attributes {
        let name = pair.name.lowercased()
        if name.hasPrefix("on") { return "the attribute `\(pair.name)`" }
        let scheme = name == "href" || name.hasSuffix(":href") ? HTMLRules.scheme(of: pair.value) : nil
        if let scheme, ["javascript", "vbscript"].contains(scheme) { return "an address with `\(scheme):`" }
      }
    }
    return nil
  }
}
