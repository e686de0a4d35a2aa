import CellRecords
import Foundation

/// Puts what a chapter's run produced into the chapter's text.
struct Weaver {
  var chapter: Chapter
  /// The results of the run; nil to check the text alone.
  var run: ChapterRun?
  var labels: Labels
  /// The keys of the bibliography; nil where the book has none.
  var citations: Set<String>?
  private(set) var problems: [Problem] = []
  /// The images of the blocks.
  private(set) var images = Insertions()
  private var sections: [Int]
  private var listingCount = 0
  private let isLone: Bool

  init(_ chapter: Chapter, run: ChapterRun?, labels: Labels, citations: Set<String>?) {
    self.chapter = chapter
    self.run = run
    self.labels = labels
    self.citations = citations
    self.sections = [chapter.number ?? 0]
    self.isLone = chapter.number == nil
  }

  /// The chapter's blocks, ready for the page.
  mutating func weave() -> JSON {
    var weaver = self
    let blocks = chapter.blocks.rewritten { weaver.replacement(for: $0) }
    self = weaver
    return JSON.array(failureNotice() + (blocks.array ?? []))
  }

  /// A chapter that stopped, or that was not run as it is, says so at its head, since its reader may not reach the cell.
  private func failureNotice() -> [JSON] {
    guard let run else { return [] }
    if let reason = run.staleBecause {
      return [
        .rawHTML(
          "<div class=\"failure\" role=\"note\"><p><strong>This chapter was not run as it is now:</strong> \(escapedHTML(reason)). What is marked is of an earlier run.</p></div>"
        )
      ]
    }
    guard !run.problems.isEmpty else { return [] }
    let items = run.problems.map { problem in
      "<p><code>\(escapedHTML(problem.location?.description ?? chapter.source.path))</code><br>"
        + escapedHTML(problem.message).replacingOccurrences(of: "\n", with: "<br>") + "</p>"
    }
    return [
      .rawHTML(
        "<div class=\"failure\" role=\"alert\"><p><strong>This chapter did not run to its end.</strong></p>"
          + items.joined() + "</div>")
    ]
  }

  private mutating func replacement(for element: JSON) -> [JSON]? {
    switch element.tag {
    case "CodeBlock" where element.classes.first == "{swift}": cellBlocks(element)
    case "CodeBlock": [listing(element)]
    case "Code": inlineValue(element)
    case "Cite": references(element)
    case "Header": [numbered(element)]
    case "Para": equation(element)
    case "Table": [markdownTable(element)]
    case "Image": [image(element)]
    default: nil
    }
  }

  // MARK: Cells

  private mutating func cellBlocks(_ element: JSON) -> [JSON]? {
    guard let index = element.content[1].string.flatMap(Int.init), chapter.cells.indices.contains(index)
    else {
      return nil
    }
    let cell = chapter.cells[index]
    checkOptions(of: cell)
    var blocks: [JSON] = []
    if cell.options.echo { blocks += listing(of: cell) }
    guard let run else { return blocks }
    if !cell.options.include, run.cells[index]?.isEnded ?? false { return [] }
    guard let result = run.cells[index], result.isEnded || !result.shown.isEmpty || run.failed(in: cell)
    else {
      let why =
        run.staleBecause == nil
        ? "This cell did not run: the chapter stopped before it." : "This cell has not been run as it is now."
      blocks.append(.rawHTML("<p class=\"not-run\">\(why)</p>"))
      return blocks
    }
    if result.isStale {
      blocks.append(.rawHTML("<p class=\"stale\">What follows is of an earlier run.</p>"))
    }
    if cell.options.warning {
      let warnings = run.warnings.filter { $0.cell == index }.map { "line \($0.line): \($0.message)" }
      if !warnings.isEmpty { blocks.append(preformatted(warnings.joined(separator: "\n"), "warning")) }
    }
    do {
      let printed = try run.printed(by: cell)
      if cell.options.output, !printed.isEmpty { blocks.append(preformatted(printed)) }
      let said = cell.options.stderr ? try run.printed(by: cell, to: .standardError) : ""
      if !said.isEmpty { blocks.append(preformatted(said, "stderr")) }
    } catch let problem as Problem {
      problems.append(problem)
    } catch {
      problems.append(Problem("\(error)", at: cell.location))
    }
    checkCount(result.shown, of: cell)
    let figures = result.shown.compactMap { if case .figure(let figure) = $0 { figure } else { nil } }
    var figureCount = 0
    for shown in result.shown {
      switch shown {
      case .text(let text): blocks.append(preformatted(text))
      case .table(let table): blocks += tableBlocks(table, cell)
      case .figure(let figure):
        if cell.options.subcaptions.isEmpty {
          blocks += figureBlocks(figure, cell, number: figureCount)
        } else if figureCount == 0 {
          blocks += partedFigureBlocks(figures, cell)
        }
        figureCount += 1
      case .claim(let claim): blocks.append(claimBlock(claim))
      }
    }
    if let message = result.expectedFailure {
      blocks.append(
        .rawHTML(
          "<div class=\"expected-failure\"><p>This cell fails, as it should:</p><pre>\(escapedHTML(message))</pre></div>"
        ))
    }
    if !result.isEnded {
      let said = run.problems.map(\.message).joined(separator: "\n")
      blocks.append(
        .rawHTML(
          "<div class=\"failure\" role=\"alert\"><p><strong>The chapter stopped in this cell.</strong></p><pre>\(escapedHTML(said))</pre></div>"
        ))
    }
    return blocks
  }

  /// The cell's code, folded and with marked lines where its options say so.
  private func listing(of cell: Cell) -> [JSON] {
    let identifier = "\(chapter.slug)-cell-\(cell.index + 1)"
    var blocks: [JSON] = []
    if !cell.options.highlight.isEmpty {
      // Pandoc gives each line of a block an identifier of its own.
      let lines = cell.options.highlight.flatMap { $0 }.map { "#\(identifier)-\($0)" }.joined(separator: ",")
      blocks.append(
        .rawHTML("<style>:is(\(lines)){background:var(--mark);display:inline-block;min-width:100%}</style>"))
    }
    blocks.append(
      .element(
        "CodeBlock",
        .array([JSON.attributes(identifier: identifier, classes: ["swift"]), .string(cell.code)])))
    guard cell.options.fold else { return blocks }
    return [.rawHTML("<details class=\"code\"><summary>Code</summary>")] + blocks + [.rawHTML("</details>")]
  }

  /// A listing of the text gets a name of its own, which Pandoc needs for those of its lines.
  private mutating func listing(_ block: JSON) -> JSON {
    listingCount += 1
    guard block.identifier.isEmpty else { return block }
    var block = block
    block.content[0][0] = .string("\(chapter.slug)-listing-\(listingCount)")
    return block
  }

  private func claimBlock(_ claim: ShownClaim) -> JSON {
    let symbol =
      switch claim.verdict {
      case .met: "✓"
      case .notMet: "✗"
      case .undetermined: "?"
      }
    let evidence = claim.evidence.map { "<dt>\(escapedHTML($0.name))</dt><dd>\(escapedHTML($0.value))</dd>" }
      .joined()
    return .rawHTML(
      """
      <section class="claim \(claim.verdict == .met ? "met" : "open")" aria-label="Claim \(escapedHTML(claim.name))">\
      <p><strong>\(escapedHTML(claim.name))</strong> \(escapedHTML(claim.statement))</p>\
      <dl><dt>criterion</dt><dd>\(escapedHTML(claim.criterion))</dd>\(evidence)\
      <dt>verdict</dt><dd class="verdict">\(symbol) \(claim.verdict.rawValue)</dd></dl></section>
      """)
  }

  private mutating func checkOptions(of cell: Cell) {
    guard run == nil, let kind = cell.options.label.flatMap(Labels.Kind.init(label:)) else { return }
    if kind == .figure, cell.options.alt.isEmpty { problems.append(missing("alt", of: cell)) }
    let parts = cell.options.subcaptions.count
    if parts > 0, !cell.options.alt.isEmpty, cell.options.alt.count != parts {
      problems.append(
        Problem(
          "The figure has \(parts) parts and \(cell.options.alt.count == 1 ? "one alternative text" : "\(cell.options.alt.count) alternative texts").",
          at: cell.location, advice: "Give each part its own: `//| alt: [\"…\", \"…\"]`."))
    }
    if kind == .figure || kind == .table, cell.options.caption == nil {
      problems.append(missing("caption", of: cell))
    }
  }

  private func missing(_ option: String, of cell: Cell) -> Problem {
    let what = option == "alt" ? "alternative text, for readers who can't see it" : "caption"
    return Problem(
      "The \(option == "alt" ? "figure" : "labelled cell") here has no \(what).", at: cell.location,
      advice: "Add a line `//| \(option): \"…\"` at the head of the cell.")
  }

  private mutating func checkCount(_ shown: [Shown], of cell: Cell) {
    guard let label = cell.options.label, let kind = Labels.Kind(label: label) else { return }
    let count = shown.count { item in
      switch (kind, item) {
      case (.figure, .figure), (.table, .table): true
      default: false
      }
    }
    let isEnded = run?.cells[cell.index]?.isEnded ?? false
    let expected = max(1, cell.options.subcaptions.count)
    if isEnded, count != expected, !cell.options.error, run?.staleBecause == nil {
      problems.append(
        Problem(
          "The cell labelled `\(label)` shows \(count) \(kind == .figure ? "figures" : "tables"); \(expected == 1 ? "one was" : "\(expected) were") expected.",
          at: cell.location,
          advice: expected == 1
            ? "Show exactly one in this cell, and others in cells with labels of their own; `//| subcaptions: […]` makes one figure of several parts."
            : "Show one for each of the subcaptions."))
    }
  }

  private func preformatted(_ text: String, _ kind: String? = nil) -> JSON {
    let classes = "output" + (kind.map { " " + $0 } ?? "")
    return .rawHTML("<pre class=\"\(classes)\" tabindex=\"0\">\(escapedHTML(text))</pre>")
  }

  private mutating func figureBlocks(_ figure: ShownFigure, _ cell: Cell, number: Int) -> [JSON] {
    let identifier = cell.options.label.map { " id=\"\(escapedHTML($0))\"" } ?? ""
    var blocks = [JSON.rawHTML("<figure\(identifier)>" + picture(figure, cell, number: number))]
    if let caption = numberedCaption(of: cell) {
      blocks += [.rawHTML("<figcaption>"), .plain(caption), .rawHTML("</figcaption>")]
    }
    return blocks + [.rawHTML("</figure>")]
  }

  /// A figure of several parts, each with a letter and a caption of its own.
  private mutating func partedFigureBlocks(_ figures: [ShownFigure], _ cell: Cell) -> [JSON] {
    let label = cell.options.label
    let identifier = label.map { " id=\"\(escapedHTML($0))\"" } ?? ""
    let columns = cell.options.columns ?? min(2, figures.count)
    var blocks = [JSON.rawHTML("<figure\(identifier)><div class=\"parts\" style=\"--columns:\(columns)\">")]
    for (part, figure) in figures.prefix(cell.options.subcaptions.count).enumerated() {
      let identifier = label.map { " id=\"\(escapedHTML(Labels.part(part, of: $0)))\"" } ?? ""
      let letter = JSON.span(["label"], [.text("(\(Labels.letter(part)))")])
      blocks += [
        .rawHTML("<figure\(identifier)>" + picture(figure, cell, number: part) + "<figcaption>"),
        .plain([letter, .space] + resolved(chapter.subcaption(part, of: cell))),
        .rawHTML("</figcaption></figure>"),
      ]
    }
    blocks.append(.rawHTML("</div>"))
    if let caption = numberedCaption(of: cell) {
      blocks += [.rawHTML("<figcaption>"), .plain(caption), .rawHTML("</figcaption>")]
    }
    return blocks + [.rawHTML("</figure>")]
  }

  private mutating func picture(_ figure: ShownFigure, _ cell: Cell, number: Int) -> String {
    guard let folder = run?.folder else { return "" }
    let alternative = chapter.alternativeText(of: cell, figure: number)
    if alternative == nil, cell.options.label == nil {
      problems.append(missing("alt", of: cell))
    }
    let alt = resolved(alternative ?? []).map(\.plainText).joined()
    let light = embed(folder.file(figure.lightSVG), "image/svg+xml") ?? ""
    // A chapter that stopped may not have come to the other forms of its last figure.
    let dark = embed(folder.file(figure.darkSVG), "image/svg+xml") ?? light
    let size = "width=\"\(Int(figure.width))\" height=\"\(Int(figure.height))\""
    return """
      <div class="picture"><picture>\
      <source media="(prefers-color-scheme: dark)" srcset="\(dark)">\
      <img src="\(light)" \(size) alt="\(escapedHTML(alt))"></picture></div>
      """
  }

  private mutating func tableBlocks(_ table: ShownTable, _ cell: Cell) -> [JSON] {
    // Many columns are set closer, so that they fit the column of the text.
    let dense = table.columns.count > 8 ? " class=\"dense\"" : ""
    let identifier = cell.options.label.map { " id=\"\(escapedHTML($0))\"" } ?? ""
    var blocks = [JSON.rawHTML("<div class=\"wide\" tabindex=\"0\"><table\(identifier)\(dense)>")]
    if let caption = numberedCaption(of: cell) {
      blocks += [.rawHTML("<caption>"), .plain(caption), .rawHTML("</caption>")]
    }
    func row(_ tag: String, _ texts: [String]) -> String {
      zip(texts, table.columns).map { text, column in
        let scope = tag == "th" ? " scope=\"col\"" : ""
        let alignment =
          switch column.alignment {
          case .left: ""
          case .centre: " class=\"centre\""
          case .right: " class=\"number\""
          }
        return "<\(tag)\(scope)\(alignment)>\(escapedHTML(text))</\(tag)>"
      }.joined()
    }
    let body = table.rows.map { "<tr>\(row("td", $0))</tr>" }.joined(separator: "\n")
    blocks.append(
      .rawHTML(
        "<thead><tr>\(row("th", table.columns.map(\.title)))</tr></thead><tbody>\(body)</tbody></table></div>"
      ))
    return blocks
  }

  /// "Figure 2.1: The units that …", with values and references resolved.
  private mutating func numberedCaption(of cell: Cell) -> [JSON]? {
    guard let caption = chapter.caption(of: cell) else { return nil }
    let inlines = resolved(caption)
    guard let target = cell.options.label.flatMap({ labels.targets[$0] }) else { return inlines }
    return [.span(["label"], [.text("\(target.kind.name) \(target.number).")]), .space] + inlines
  }

  /// Inlines of an option with values and references resolved.
  private mutating func resolved(_ inlines: [JSON]) -> [JSON] {
    var weaver = self
    let woven = JSON.array(inlines).rewritten { weaver.replacement(for: $0) }.array ?? []
    self = weaver
    return woven
  }

  // MARK: Values and references

  private mutating func inlineValue(_ element: JSON) -> [JSON]? {
    guard let code = element.content[1].string, code.hasPrefix("{swift} "),
      let index = Int(code.dropFirst(8)),
      chapter.values.indices.contains(index)
    else { return nil }
    guard let run else { return [.text("…")] }
    guard let text = run.values[index] else {
      return [.span(["missing-value"], [.text("[not computed]")])]
    }
    let value = chapter.values[index]
    guard text.count <= InlineText.limit else {
      problems.append(
        Problem(
          "This value is a text of more than \(InlineText.limit.formatted()) characters; a line of text can't hold it.",
          at: value.location, advice: "Show a part of it, or its size, such as `.count`."))
      return [.span(["missing-value"], [.text("[too long]")])]
    }
    if run.staleValues.contains(index) {
      return [
        .element(
          "Span",
          .array([
            JSON.attributes(classes: ["value", "stale"], [("title", "of an earlier run")]),
            .array([.text(text)]),
          ]))
      ]
    }
    guard let cell = UninitialisedNames.origin(of: value, in: chapter) else {
      return [.text(text)]
    }
    let name = cell.options.label ?? "cell \(cell.index + 1)"
    return [
      .element(
        "Span",
        .array([
          JSON.attributes(classes: ["value"], [("title", "computed from \(name), \(cell.location)")]),
          .array([.text(text)]),
        ]))
    ]
  }

  private mutating func references(_ element: JSON) -> [JSON]? {
    let citations = element.content[0].array ?? []
    let labelled = citations.map { citation -> (key: String, kind: Labels.Kind?, isBare: Bool) in
      let key = citation["citationId"].string ?? ""
      return (key, Labels.Kind(label: key), citation["citationMode"].tag == "SuppressAuthor")
    }
    if labelled.allSatisfy({ $0.kind == nil }) {
      for (key, _, _) in labelled where !(self.citations?.contains(key) ?? false) {
        addUnresolved(citation: key)
      }
      return nil
    }
    var inlines: [JSON] = []
    for (key, kind, isBare) in labelled {
      if !inlines.isEmpty { inlines += [.text(","), .space] }
      guard kind != nil, let target = labels.targets[key] else {
        problems.append(labels.unresolved(key, at: chapter.source.location(of: "@" + key)))
        inlines.append(.span(["missing-value"], [.text("@\(key)?")]))
        continue
      }
      let text =
        target.number.isEmpty ? target.title : isBare ? target.number : "\(target.name)\u{A0}\(target.number)"
      inlines.append(.link([.text(text)], to: "#" + key, classes: ["reference"]))
    }
    return inlines
  }

  private mutating func addUnresolved(citation key: String) {
    let place = chapter.source.location(of: "@" + key)
    guard let citations else {
      problems.append(
        Problem(
          "`@\(key)` cites a source, but the book has no bibliography.", at: place,
          advice:
            "Name one in book.yml: `bibliography: references.bib`; or put a references.bib beside the chapter."
        ))
      return
    }
    let near = nearest(to: key, among: citations).map { "Did you mean `@\($0)`? " } ?? ""
    problems.append(
      Problem(
        "The bibliography has no entry `\(key)`.", at: place, advice: near + "Add it, or correct the key."))
  }

  // MARK: Headers, equations, tables and images of the text

  private mutating func numbered(_ header: JSON) -> JSON {
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
    header.content[2] = .array([.span(["section-number"], [.text(number)]), .space] + inlines)
    return header
  }

  /// A display formula with `{#eq-…}` after it gets its number.
  private func equation(_ paragraph: JSON) -> [JSON]? {
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

  /// A table written in Markdown whose caption ends in `{#tbl-…}` gets its number.
  private func markdownTable(_ table: JSON) -> JSON {
    var table = table
    guard var captionBlocks = table.content[1][1].array, let last = captionBlocks.last,
      let inlines = last.content.array, let label = inlines.last?.content.string.flatMap(Labels.bracedLabel),
      let target = labels.targets[label]
    else { return table }
    var text = Array(inlines.dropLast())
    while text.last?.tag == "Space" || text.last?.tag == "SoftBreak" { text.removeLast() }
    captionBlocks[captionBlocks.count - 1] = .plain(
      [.span(["label"], [.text("\(target.kind.name) \(target.number).")]), .space] + text)
    table.content[1][1] = .array(captionBlocks)
    table.content[0][0] = .string(label)
    return table
  }

  /// An image of the text is put into the page, which loads nothing.
  private mutating func image(_ element: JSON) -> JSON {
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
    guard let name = embed(url, type) else {
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

  /// Takes an image into the page; nil where it can't be read.
  private mutating func embed(_ file: URL, _ type: String) -> String? {
    guard let content = try? Data(contentsOf: file) else { return nil }
    return images.name("data:\(type);base64," + content.base64EncodedString(), key: file.path)
  }
}

extension ChapterRun {
  /// Whether the program stopped in this cell.
  func failed(in cell: Cell) -> Bool {
    guard !problems.isEmpty, let result = cells[cell.index] else { return false }
    return !result.isEnded
  }
}
