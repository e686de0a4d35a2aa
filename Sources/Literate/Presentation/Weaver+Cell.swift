import CellRecords
import Foundation

/// What a cell shows.
extension Weaver {
  /// Decides what a cell shows; nil for nothing at all.
  mutating func presentation(of cell: Cell) -> CellPresentation? {
    checkOptions(of: cell)
    let identifier = "\(chapter.slug)-cell-\(cell.index + 1)"
    var presentation = CellPresentation(
      cell: cell, identifier: identifier, place: "\(cell.options.label ?? "a cell") (\(cell.location))",
      folder: run?.folder)
    let part = cell.exercise?.part
    if let part, part != .solution {
      presentation.code = .init(text: cell.code, fold: part == .check ? .check : .open)
    } else if cell.options.echo {
      presentation.code = .init(
        text: cell.code, marked: cell.options.highlight.flatMap { $0 },
        fold: cell.options.fold.map { $0 ? .code : .open })
    }
    guard let run else { return presentation }
    let result = run.cells[cell.index]
    // The starter and the check of an exercise are not run for what they show, but for what the check asks.
    if let part, part != .solution, !run.failed(in: cell) {
      for case .question(let question) in result?.shown ?? [] {
        presentation.items.append(.question(question))
      }
      return presentation
    }
    if !cell.options.include, result?.isEnded ?? false { return nil }
    guard let result, result.isEnded || !result.shown.isEmpty || run.failed(in: cell) else {
      presentation.items = [.notice(run.staleBecause == nil ? .notReached : .notRun)]
      return presentation
    }
    if result.isStale { presentation.items.append(.notice(.stale)) }
    presentation.items += printed(by: cell, run)
    checkCount(result.shown, of: cell)
    presentation.items += shown(result.shown, by: cell, named: identifier)
    if let message = result.expectedFailure { presentation.items.append(.expectedFailure(message)) }
    let unfollowed = run.unfollowed(by: cell)
    if !unfollowed.isEmpty { presentation.items.append(.notice(.unfollowed(unfollowed))) }
    if !result.isEnded {
      presentation.items.append(.failure(run.problems.map { onPage($0.message) }.joined(separator: "\n")))
    }
    return presentation
  }

  /// What the compiler warned of, and what the cell printed, where its options ask for it.
  private mutating func printed(by cell: Cell, _ run: ChapterRun) -> [CellPresentation.Item] {
    var items: [CellPresentation.Item] = []
    func add(_ text: String, _ stream: CellPresentation.Stream) {
      if !text.isEmpty { items.append(.text(text, from: stream)) }
    }
    if cell.options.warning {
      let warnings = run.warnings.filter { $0.cell == cell.index }.map { "line \($0.line): \($0.message)" }
      add(warnings.joined(separator: "\n"), .warning)
    }
    do {
      let output = try run.printed(by: cell)
      if cell.options.output { add(output, .standardOutput) }
      if cell.options.stderr { add(try run.printed(by: cell, to: .standardError), .standardError) }
    } catch let problem as Problem {
      problems.append(problem)
    } catch {
      problems.append(Problem("\(error)", at: cell.location))
    }
    return items
  }

  /// What the cell put on the page, in its order.
  private mutating func shown(
    _ shown: [Shown], by cell: Cell, named identifier: String
  ) -> [CellPresentation.Item] {
    var items: [CellPresentation.Item] = []
    var figures: [ShownFigure] = []
    let parts = cell.options.subcaptions.count
    for item in shown {
      switch item {
      case .text(let text): items.append(.text(text, from: .shown))
      case .table(let table):
        items.append(
          .table(table, caption: caption(of: cell, as: .table), identifier: label(of: cell, as: .table)))
      case .figure(let figure):
        figures.append(figure)
        if parts == 0 { items.append(.figure(self.figure(figure, figures.count, of: cell, identifier))) }
      case .liveModel(let model):
        figures.append(model.figure)
        if parts == 0 {
          var figure = self.figure(model.figure, figures.count, of: cell, identifier)
          figure.liveModel = model
          items.append(.figure(figure))
        }
      case .claim(let claim): items.append(.claim(claim))
      case .question(let question): items.append(.question(question))
      }
      // A figure of several parts stands where its first one was shown.
      if parts > 0, figures.count == 1, item.figure != nil {
        let all = shown.compactMap(\.figure)
        items.append(.parts(self.parts(all, of: cell, identifier)))
      }
    }
    return items
  }

  private mutating func figure(
    _ files: ShownFigure, _ number: Int, of cell: Cell, _ identifier: String
  ) -> CellPresentation.Figure {
    let label = label(of: cell, as: .figure)
    return CellPresentation.Figure(
      files: files, identifier: label ?? "\(identifier)-figure-\(number)", isLabelled: label != nil,
      alternative: alternative(of: cell, figure: number - 1), caption: caption(of: cell, as: .figure),
      target: cell.options.label.flatMap { labels.targets[$0] })
  }

  private mutating func parts(
    _ figures: [ShownFigure], of cell: Cell, _ identifier: String
  ) -> CellPresentation.Parts {
    let label = cell.options.label ?? identifier + "-figure"
    let target = cell.options.label.flatMap { labels.targets[$0] }
    let parts = figures.prefix(cell.options.subcaptions.count).enumerated().map { part, files in
      (
        letter: "(\(Labels.letter(part)))",
        figure: CellPresentation.Figure(
          files: files, identifier: Labels.part(part, of: label), isLabelled: cell.options.label != nil,
          alternative: alternative(of: cell, figure: part),
          caption: Caption(text: resolved(chapter.subcaption(part, of: cell))), target: target)
      )
    }
    return CellPresentation.Parts(
      identifier: label, isLabelled: cell.options.label != nil,
      columns: cell.options.columns ?? min(2, figures.count), figures: parts,
      caption: caption(of: cell, as: .figure))
  }

  private mutating func alternative(of cell: Cell, figure: Int) -> String {
    let text = chapter.alternativeText(of: cell, figure: figure)
    if text == nil, cell.options.label == nil { problems.append(missing("alt", of: cell)) }
    return resolved(text ?? []).map { [$0].plainText }.joined()
  }

  /// The cell's label, where it names what is shown: a cell that is labelled as a figure may show a table beside it.
  private func label(of cell: Cell, as kind: Labels.Kind) -> String? {
    cell.options.label.flatMap { Labels.Kind(label: $0) == kind ? $0 : nil }
  }

  /// The caption of what is shown, where it is the cell's, with values and references resolved.
  private mutating func caption(of cell: Cell, as kind: Labels.Kind) -> Caption? {
    let named = cell.options.label.flatMap(Labels.Kind.init(label:))
    guard named == nil || named == kind, let caption = chapter.caption(of: cell) else { return nil }
    return Caption(target: cell.options.label.flatMap { labels.targets[$0] }, text: resolved(caption))
  }

  // MARK: What is wrong

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
    let count = shown.count { $0.kind == kind }
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
}

extension Shown {
  /// What a label of a cell that shows it names; nil for what has none.
  fileprivate var kind: Labels.Kind? {
    switch self {
    case .figure, .liveModel: .figure
    case .table: .table
    case .text, .claim, .question: nil
    }
  }
}

extension ChapterRun {
  /// Whether the program stopped in this cell.
  func failed(in cell: Cell) -> Bool {
    guard !problems.isEmpty, let result = cells[cell.index] else { return false }
    return !result.isEnded
  }
}
