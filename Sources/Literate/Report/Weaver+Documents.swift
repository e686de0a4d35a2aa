import CellRecords
import Foundation

/// How a chapter is woven for formats other than the page: without HTML of our own, so that Pandoc can write each.
enum DocumentForm: Sendable {
  /// For readers that show what they are given: an EPUB, slides.
  case plain
  /// For those that show HTML within Markdown, and set formulas by MathJax.
  case markdown
  /// The same, with each cell's code and outputs in a block that Pandoc makes a cell of.
  case notebook

  var isMarkdown: Bool { self != .plain }
}

extension Weaver {
  mutating func documentBlocks(for element: JSON, _ form: DocumentForm) -> [JSON]? {
    switch element.tag {
    case "CodeBlock" where element.classes.first == "{swift}":
      element.content[1].string.flatMap(Int.init).map { documentCell(chapter.cells[$0], form) }
    case "Code": inlineValue(element)
    case "Cite": references(element)
    case "Header": [documentHeader(element)]
    case "Para": documentEquation(element, form)
    case "Table": documentTable(element)
    case "Image": [documentImage(element)]
    case "Div": documentDiv(element, form)
    // An author's HTML is for pages: it need not be the XML that an EPUB is made of.
    case "RawBlock", "RawInline": form.isMarkdown ? nil : []
    default: nil
    }
  }

  /// What a reader should know first of a chapter that did not run to its end.
  func documentNotice() -> [JSON] {
    guard let run else { return [] }
    if let reason = run.staleBecause {
      return [.emphasised("This chapter was not run as it is now: \(reason).")]
    }
    return run.problems.isEmpty ? [] : [.emphasised("This chapter did not run to its end.")]
  }

  // MARK: Cells

  private mutating func documentCell(_ cell: Cell, _ form: DocumentForm) -> [JSON] {
    let code = JSON.codeBlock(cell.code, language: "swift")
    let isRun = cell.exercise == nil || cell.exercise?.part == .solution
    let result = isRun ? run?.cells[cell.index] : nil
    if !cell.options.include, result?.isEnded ?? false { return [] }
    var outputs: [JSON] = []
    var after: [JSON] = []
    for (text, name) in printed(by: cell) {
      outputs.append(.div(JSON.attributes(classes: ["output", "stream", name]), [.codeBlock(text)]))
    }
    var figureCount = 0
    for shown in result?.shown ?? [] {
      if let figure = shown.figure {
        let image = documentFigure(figure, cell, number: figureCount)
        let caption = figureCaption(of: cell, part: figureCount)
        if form == .notebook {
          outputs.append(.div(JSON.attributes(classes: ["output", "display_data"]), [image]))
          after += caption
        } else {
          outputs += [.div(JSON.attributes(classes: ["figure"]), [image] + caption)]
        }
        figureCount += 1
      } else if case .table(let table) = shown {
        let caption = documentCaption(of: cell)
        after.append(
          .div(
            JSON.attributes(identifier: cell.options.label ?? "", classes: ["table"]),
            (caption.map { [.element("Para", .array($0))] } ?? []) + [documentTable(table)]))
      } else if case .text(let text) = shown {
        outputs.append(.div(JSON.attributes(classes: ["output", "stream", "stdout"]), [.codeBlock(text)]))
      } else if case .claim(let claim) = shown {
        after.append(documentClaim(claim))
      }
    }
    if let message = result?.expectedFailure {
      after += [.emphasised("This cell fails, as it should:"), .codeBlock(message)]
    }
    if run != nil, isRun, !(result?.isEnded ?? false) {
      after.append(
        .emphasised(result == nil ? "This cell did not run." : "The chapter stopped in this cell."))
    }
    guard cell.options.echo else { return outputs + after }
    let heading =
      cell.exercise?.part == .check ? [JSON.emphasised("The check that an answer must pass:")] : []
    if form == .notebook {
      let attributes = JSON.attributes(
        identifier: "cell-\(cell.index + 1)", classes: ["cell", "code"])
      return heading + [.div(attributes, [code] + outputs)] + after
    }
    return heading + [code] + outputs + after
  }

  private func printed(by cell: Cell) -> [(text: String, stream: String)] {
    guard let run, cell.exercise == nil || cell.exercise?.part == .solution else { return [] }
    // What can't be read was said where the page was woven.
    let output = cell.options.output ? (try? run.printed(by: cell)) ?? "" : ""
    let error = cell.options.stderr ? (try? run.printed(by: cell, to: .standardError)) ?? "" : ""
    return [(output, "stdout"), (error, "stderr")].filter { !$0.0.isEmpty }
  }

  private mutating func documentFigure(_ figure: ShownFigure, _ cell: Cell, number: Int) -> JSON {
    let text = resolved(chapter.alternativeText(of: cell, figure: number) ?? []).map(\.plainText).joined()
    let path = run?.folder?.file(figure.png).path ?? ""
    return .element("Para", .array([.image(path, alternative: text)]))
  }

  /// The caption below a figure, or below each part of one and then below the whole.
  private mutating func figureCaption(of cell: Cell, part: Int) -> [JSON] {
    let parts = cell.options.subcaptions.count
    var blocks: [JSON] = []
    if part < parts {
      let letter = JSON.element("Strong", .array([.text("(\(Labels.letter(part)))")]))
      let identifier = cell.options.label.map { Labels.part(part, of: $0) } ?? ""
      let caption = [letter, .space] + resolved(chapter.subcaption(part, of: cell))
      blocks.append(
        .div(
          JSON.attributes(identifier: identifier, classes: ["caption"]), [.element("Para", .array(caption))]))
    }
    guard part == max(parts, 1) - 1, let caption = documentCaption(of: cell) else { return blocks }
    return blocks + [
      .div(
        JSON.attributes(identifier: cell.options.label ?? "", classes: ["caption"]),
        [.element("Para", .array(caption))])
    ]
  }

  /// "Figure 2.1. The units that …".
  private mutating func documentCaption(of cell: Cell) -> [JSON]? {
    guard let caption = chapter.caption(of: cell) else { return nil }
    return named(cell.options.label, resolved(caption))
  }

  private func named(_ label: String?, _ inlines: [JSON]) -> [JSON] {
    guard let target = label.flatMap({ labels.targets[$0] }) else { return inlines }
    return [.element("Strong", .array([.text("\(target.kind.name)\u{A0}\(target.number).")])), .space]
      + inlines
  }

  private func documentTable(_ table: ShownTable) -> JSON {
    func row(_ texts: [String]) -> JSON {
      .array([
        JSON.attributes(),
        .array(
          texts.map { text in
            .array([
              JSON.attributes(), .element("AlignDefault"), .integer(1), .integer(1),
              .array([.plain([.text(text)])]),
            ])
          }),
      ])
    }
    let columns = table.columns.map { column -> JSON in
      let alignment =
        switch column.alignment {
        case .left: "AlignLeft"
        case .centre: "AlignCenter"
        case .right: "AlignRight"
        }
      return .array([.element(alignment), .element("ColWidthDefault")])
    }
    let head = JSON.array([JSON.attributes(), .array([row(table.columns.map(\.title))])])
    let body = JSON.array([
      JSON.attributes(), .integer(0), .array([]), .array(table.rows.map(row)),
    ])
    return .element(
      "Table",
      .array([
        JSON.attributes(), .array([.null, .array([])]), .array(columns), head, .array([body]),
        .array([JSON.attributes(), .array([])]),
      ]))
  }

  private func documentClaim(_ claim: ShownClaim) -> JSON {
    let evidence = [("criterion", claim.criterion)] + claim.evidence.map { ($0.name, $0.value) }
    let lines = (evidence + [("verdict", claim.verdict.words)]).map { name, value in
      JSON.array([
        .plain([.element("Emph", .array([.text("\(name):")])), .space, .text(value)])
      ])
    }
    let statement = [JSON.element("Strong", .array([.text(claim.name)])), .space, .text(claim.statement)]
    return .div(
      JSON.attributes(classes: ["claim"]),
      [.element("Para", .array(statement)), .element("BulletList", .array(lines))])
  }

  // MARK: Text

  private mutating func documentHeader(_ header: JSON) -> JSON {
    var header = header
    let level = header.content[0].integer ?? 1
    let identifier = header.content[1][0].string ?? ""
    // Pandoc makes identifiers from titles, chapter by chapter; across chapters they must differ.
    if Labels.Kind(label: identifier) == nil {
      header.content[1][0] = .string("\(chapter.slug)-\(identifier)")
    }
    guard !(header.content[1][1].array ?? []).contains(.string("unnumbered")) else { return header }
    Labels.count(level: level, in: &sections)
    let number = Labels.sectionNumber(sections, chapter: chapter)
    guard !number.isEmpty, let inlines = header.content[2].array else { return header }
    header.content[2] = .array([.text(number), .space] + inlines)
    return header
  }

  private func documentEquation(_ paragraph: JSON, _ form: DocumentForm) -> [JSON]? {
    let inlines = (paragraph.content.array ?? []).filter { $0.tag != "Space" && $0.tag != "SoftBreak" }
    guard inlines.count == 2, inlines[0].tag == "Math", inlines[0].content[0].tag == "DisplayMath",
      let label = inlines[1].content.string.flatMap(Labels.bracedLabel), let target = labels.targets[label]
    else { return nil }
    var formula = inlines[0]
    var content = [formula]
    if form.isMarkdown {
      formula.content[1] = .string((formula.content[1].string ?? "") + " \\tag{\(target.number)}")
      content = [formula]
    } else {
      content += [.space, .text("(\(target.number))")]
    }
    return [
      .div(JSON.attributes(identifier: label, classes: ["equation"]), [.element("Para", .array(content))])
    ]
  }

  /// A table of the text; its caption is a paragraph before it, since not every format has captions.
  private func documentTable(_ table: JSON) -> [JSON] {
    var table = table
    var caption = table.content[1][1].array?.flatMap { $0.content.array ?? [] } ?? []
    guard !caption.isEmpty else { return [table] }
    table.content[1] = .array([.null, .array([])])
    let label = caption.last?.content.string.flatMap(Labels.bracedLabel)
    if label != nil { caption.removeLast() }
    return [
      .div(
        JSON.attributes(identifier: label ?? "", classes: ["table"]),
        [.element("Para", .array(named(label, caption))), table])
    ]
  }

  private func documentImage(_ element: JSON) -> JSON {
    guard let target = element.content[2][0].string, !target.contains(":") else { return element }
    var element = element
    let folder = chapter.source.url.deletingLastPathComponent()
    element.content[2] = .array([
      .string(folder.appending(path: target.removingPercentEncoding ?? target).path), .string(""),
    ])
    return element
  }

  private func documentDiv(_ block: JSON, _ form: DocumentForm) -> [JSON]? {
    let inner = block.content[1].array ?? []
    if block.isDiv(Exercise.className) {
      var numbering = HintNumbering(count: inner.count { $0.isDiv(Exercise.hintClass) })
      let body = inner.flatMap { inner -> [JSON] in
        guard inner.isDiv(Exercise.hintClass) else { return [inner] }
        return folded(numbering.next(), inner, form)
      }
      return [.div(block.content[0], numbered(body, as: block.identifier))]
    }
    if block.isDiv(Exercise.solutionClass) { return folded("Solution", block, form) }
    guard let kind = block.classes.first(where: { $0.hasPrefix("callout-") }) else { return nil }
    let title = block.content[0][2].array?.first { $0[0].string == "title" }?[1].string
    let name = JSON.strong(title ?? kind.dropFirst("callout-".count).capitalized)
    return [.element("BlockQuote", .array([name] + inner))]
  }

  private func folded(_ title: String, _ block: JSON, _ form: DocumentForm) -> [JSON] {
    let inner = block.content[1].array ?? []
    // What is folded can't reach over cells.
    guard form.isMarkdown, !inner.contains(where: { $0.isDiv("cell") }) else {
      return [.div(block.content[0], [.strong(title + ".")] + inner)]
    }
    return [.rawHTML("<details><summary>\(title)</summary>")] + inner + [.rawHTML("</details>")]
  }
}

extension JSON {
  static func image(_ path: String, alternative: String) -> JSON {
    element(
      "Image",
      .array([attributes(), .array([text(alternative)]), .array([.string(path), .string("")])]))
  }

  static func codeBlock(_ text: String) -> JSON {
    element("CodeBlock", .array([attributes(), .string(text)]))
  }

  static func strong(_ text: String) -> JSON {
    element("Para", .array([.element("Strong", .array([.text(text)]))]))
  }

  static func emphasised(_ text: String) -> JSON {
    element("Para", .array([.element("Emph", .array([.text(text)]))]))
  }
}
