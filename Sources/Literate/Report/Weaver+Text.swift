import Foundation

/// What the text itself holds: listings, headers, equations, tables and images.
extension Weaver {
  /// A listing of the text gets a name of its own, which Pandoc needs for those of its lines.
  mutating func listing(_ block: JSON) -> JSON {
    listingCount += 1
    guard block.identifier.isEmpty else { return block }
    var block = block
    block.content[0][0] = .string("\(chapter.slug)-listing-\(listingCount)")
    return block
  }

  mutating func numbered(_ header: JSON) -> JSON {
    var header = header
    let level = header.content[0].integer ?? 1
    let classes = header.content[1][1].array?.compactMap(\.string) ?? []
    var identifier = header.content[1][0].string ?? ""
    // Pandoc makes identifiers from titles, chapter by chapter; across chapters they must differ.
    if level > 1, Labels.Kind(label: identifier) == nil { identifier = "\(chapter.slug)-\(identifier)" }
    header.content[1][0] = .string(identifier)
    guard !classes.contains("unnumbered") else { return header }
    Labels.count(level: level, in: &sections)
    let number = Labels.sectionNumber(sections, chapter: chapter)
    guard !number.isEmpty, let inlines = header.content[2].array else { return header }
    // The number is the link to its section.
    let link = JSON.link(
      [.span(["section-number"], [.text(number)])], to: "#" + identifier, classes: ["permalink"])
    header.content[2] = .array([link, .space] + inlines)
    return header
  }

  /// A display formula with `{#eq-…}` after it gets its number.
  func equation(_ paragraph: JSON) -> [JSON]? {
    let inlines = (paragraph.content.array ?? []).filter { $0.tag != "Space" && $0.tag != "SoftBreak" }
    guard inlines.count == 2, inlines[0].tag == "Math", inlines[0].content[0].tag == "DisplayMath",
      let label = inlines[1].content.string.flatMap(Labels.bracedLabel), let target = labels.targets[label]
    else { return nil }
    return [
      .div(
        JSON.attributes(identifier: label, classes: ["equation"]),
        [.plain([inlines[0]]), .plain([.span(["equation-number"], [.text("(\(target.number))")])])])
    ]
  }

  /// A table written in Markdown; a caption that ends in `{#tbl-…}` gets its number.
  mutating func markdownTable(_ table: JSON) -> [JSON] {
    var table = table
    var caption = table.content[1][1].array?.flatMap { $0.content.array ?? [] } ?? []
    var identifier = ""
    if let label = caption.last?.content.string.flatMap(Labels.bracedLabel),
      let target = labels.targets[label]
    {
      identifier = label
      caption.removeLast()
      while caption.last?.tag == "Space" || caption.last?.tag == "SoftBreak" { caption.removeLast() }
      caption = [.span(["label"], [.text("\(target.kind.name) \(target.number).")]), .space] + caption
    }
    table.content[1] = .array([.null, .array([])])
    return tableFigure([table], caption: caption.isEmpty ? nil : caption, identifier: identifier)
  }

  /// A note beside the text: `[…]{.column-margin}` or a block of that class.
  func aside(_ element: JSON) -> JSON {
    guard element.classes.contains("column-margin") else { return element }
    var element = element
    element.content[0][2] = .array(
      (element.content[0][2].array ?? []) + [.array([.string("role"), .string("note")])])
    return element
  }

  static let callouts = [
    "note": "Note", "tip": "Tip", "important": "Important", "warning": "Warning", "caution": "Caution",
  ]

  /// A block of the class `callout-…` gets its title: its own, or the name of its kind.
  mutating func callout(_ block: JSON) -> JSON {
    guard let name = block.classes.first(where: { $0.hasPrefix("callout-") }) else { return block }
    let kind = String(name.dropFirst("callout-".count))
    guard let usual = Self.callouts[kind] else {
      let near = nearest(to: kind, among: Self.callouts.keys)
      problems.append(
        Problem(
          "There is no callout of the kind `\(kind)`.", at: chapter.source.location(of: name),
          advice: near.map { "Did you mean `callout-\($0)`?" }
            ?? "There are \(Self.callouts.keys.sorted().map { "`callout-\($0)`" }.listed)."))
      return block
    }
    let own = block.content[0][2].array?.first { $0[0].string == "title" }?[1].string
    let title = JSON.element(
      "Para", .array([.element("Strong", .array([.text(own ?? usual)]))]))
    return .div(
      JSON.attributes(identifier: block.identifier, classes: ["callout", name], [("role", "note")]),
      [title] + (block.content[1].array ?? []))
  }

  /// An image of the text is put into the page, which loads nothing.
  mutating func image(_ element: JSON) -> JSON {
    guard let target = element.content[2][0].string, !target.hasPrefix("data:") else { return element }
    let place = chapter.source.location(of: target)
    let types = [
      "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "svg": "image/svg+xml",
      "gif": "image/gif",
    ]
    guard !target.contains("://") else {
      problems.append(
        Problem(
          "The image is on the web; the page may load nothing.", at: place,
          advice: "Put the file beside the chapter."))
      return element
    }
    let path = target.removingPercentEncoding ?? target
    let url = chapter.source.url.deletingLastPathComponent().appending(path: path)
    guard let type = types[url.pathExtension.lowercased()] else {
      problems.append(
        Problem(
          "`\(path)` is not a kind of image that a page can hold.", at: place,
          advice: "Use \(types.keys.sorted().listed)."))
      return element
    }
    guard let name = embed(url, type, in: "the image \(path)") else {
      problems.append(
        Problem("The image `\(path)` can't be read.", at: place, advice: "Check its name and place."))
      return element
    }
    if element.content[1].plainText.isEmpty {
      problems.append(
        Problem(
          "The image `\(path)` has no alternative text.", at: place,
          advice: "Write it in the brackets: `![what it shows](\(path))`."))
    }
    var element = element
    element.content[2][0] = .string(name)
    return element
  }
}
