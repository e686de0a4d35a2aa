import CellRecords
import Foundation

/// What a cell shows: its code, what it printed, claims and failures; `Weaver+Figures` has its figures and tables.
extension Weaver {
  mutating func cellBlocks(_ element: JSON) -> [JSON]? {
    guard let index = element.content[1].string.flatMap(Int.init), chapter.cells.indices.contains(index)
    else {
      return nil
    }
    let cell = chapter.cells[index]
    checkOptions(of: cell)
    var blocks: [JSON] = []
    if let part = cell.exercise?.part, part != .solution {
      blocks = exerciseListing(cell)
    } else if cell.options.echo {
      blocks += listing(of: cell)
    }
    guard let run else { return blocks }
    if let part = cell.exercise?.part, part != .solution, !run.failed(in: cell) { return blocks }
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
    let figures = result.shown.compactMap(\.figure)
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
      case .explorer(let explorer):
        blocks += figureBlocks(explorer.figure, cell, number: figureCount, explorer: explorer)
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
  func listing(of cell: Cell) -> [JSON] {
    let identifier = self.identifier(of: cell)
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

  private func claimBlock(_ claim: ShownClaim) -> JSON {
    let symbol =
      switch claim.verdict {
      case .everywhere, .onAverage: "✓"
      case .inPart: "◐"
      case .no: "✗"
      case .cannotBeTold: "?"
      }
    let evidence = claim.evidence.map { "<dt>\(escapedHTML($0.name))</dt><dd>\(escapedHTML($0.value))</dd>" }
      .joined()
    let isMet = claim.verdict == .everywhere || claim.verdict == .onAverage
    return .rawHTML(
      """
      <section class="claim \(isMet ? "met" : "open")" aria-label="Claim \(escapedHTML(claim.name))">\
      <p><strong>\(escapedHTML(claim.name))</strong> \(escapedHTML(claim.statement))</p>\
      <dl><dt>criterion</dt><dd>\(escapedHTML(claim.criterion))</dd>\(evidence)\
      <dt>verdict</dt><dd class="verdict">\(symbol) \(claim.verdict.words)</dd></dl></section>
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

  /// The name of the cell's listing on the page.
  func identifier(of cell: Cell) -> String { "\(chapter.slug)-cell-\(cell.index + 1)" }

  func missing(_ option: String, of cell: Cell) -> Problem {
    let what = option == "alt" ? "alternative text, for readers who can't see it" : "caption"
    return Problem(
      "The \(option == "alt" ? "figure" : "labelled cell") here has no \(what).", at: cell.location,
      advice: "Add a line `//| \(option): \"…\"` at the head of the cell.")
  }

  private mutating func checkCount(_ shown: [Shown], of cell: Cell) {
    guard let label = cell.options.label, let kind = Labels.Kind(label: label) else { return }
    let count = shown.count { item in
      switch (kind, item) {
      case (.figure, .figure), (.figure, .explorer), (.table, .table): true
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
}

extension ChapterRun {
  /// Whether the program stopped in this cell.
  func failed(in cell: Cell) -> Bool {
    guard !problems.isEmpty, let result = cells[cell.index] else { return false }
    return !result.isEnded
  }
}
