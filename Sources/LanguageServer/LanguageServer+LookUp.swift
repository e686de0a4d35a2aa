import CellRecords
import Foundation
import Literate
import Text

/// What the text's references, values and options mean.
extension LanguageServer {
  func hover(_ parameters: JSON) async throws -> JSON {
    let (path, document, home, position) = try place(parameters)
    guard let chapter = chapters[home], document.lines.indices.contains(position.line) else { return .null }
    let line = document.lines[position.line]
    var parts: [String] = []
    var range: TextRange?
    let place = TextPlace(position, in: document.lines)
    if place == .prose || place.isOption, let reference = TextReference(at: position.character, in: line),
      let about = await about(reference.name, home)
    {
      parts.append(about)
      range = TextRange(line: position.line, reference.columns)
    } else if place.isOption, let found = option(at: position.character, in: line) {
      if found.option == .label, let label = found.value, let about = await about(label, home) {
        parts.append(about)
      } else {
        parts.append("`\(found.option.rawValue)`: \(found.option.summary)")
      }
    }
    if let value = value(at: position, in: path, chapter), let results = await results(of: home) {
      let kept = results.values[value.index]
      parts.append(
        kept.map { "**\($0.text)**" + ($0.isStale ? " (stale: what it depends on has changed)" : "") }
          ?? "No run has given this value yet.")
    }
    if let swift = try await swiftHover(parameters, in: chapter, path, position) {
      parts.append(swift.text)
      range = range ?? swift.range
    }
    guard !parts.isEmpty else { return .null }
    var hover: [String: JSON] = [
      "contents": .object([
        "kind": .string("markdown"), "value": .string(parts.joined(separator: "\n\n---\n\n")),
      ])
    ]
    if let range { hover["range"] = range.json }
    return .object(hover)
  }

  /// The option that a line gives, where a column is in it.
  private func option(at column: Int, in line: Substring) -> (option: CellOption, value: String?)? {
    guard let match = line.firstMatch(of: /(?:\/\/|#)\|\s*(?<name>[\w-]+)\s*:\s*["']?(?<value>[\w-]*)/),
      let option = CellOption(named: String(match.name)),
      line[..<match.range.lowerBound].utf16.count...line[..<match.range.upperBound].utf16.count ~= column
    else { return nil }
    return (option, match.value.isEmpty ? nil : String(match.value))
  }

  /// The inline value whose expression a place is in.
  private func value(at position: Position, in path: String, _ chapter: ChapterSession) -> InlineValue? {
    guard let program = chapter.program, let lines = program.lines[path],
      lines.indices.contains(position.line)
    else { return nil }
    return program.chapter.values.first { value in
      guard value.location.file == path, value.location.line - 1 == position.line else { return false }
      let start = lines[position.line].utf16Column(ofCharacter: value.location.column - 1)
      return start...start + value.expression.utf16.count ~= position.character
    }
  }

  // MARK: Labels and citations

  /// What is known of a label, with what the last run showed there, or of a citation; nil where nothing has the name.
  private func about(_ name: String, _ home: String) async -> String? {
    guard let chapter = chapters[home], let manuscript = manuscripts[Self.name(of: chapter.book)] else {
      return nil
    }
    guard let target = manuscript.labels.targets[name] else {
      return (manuscript.citations ?? []).contains(name)
        ? BibliographyEntries(chapter.book.book).about(name) : nil
    }
    var parts = ["**\(target.name) \(target.number)** \(target.title)"]
    if let (cell, scanned) = labelled(name, target, in: manuscript) {
      let results = await results(of: scanned, in: chapter.book)
      if let caption = cell.options.caption {
        parts[0] += withValues(caption, of: cell, in: scanned, results)
      }
      for shown in results?.shown(cell: cell.index) ?? [] {
        if let text = text(of: shown, alternative: cell.options.alt.first ?? "", results) {
          parts.append(text)
        }
      }
      if let results {
        if results.shown(cell: cell.index).isEmpty { parts.append("No run has shown it yet.") }
        if results.isStale(cell: cell.index) { parts.append("Stale: what it depends on has changed.") }
      }
    }
    return parts.joined(separator: "\n\n")
  }

  /// The cell with a label, which may be of a part of its figure.
  private func labelled(
    _ label: String, _ target: Labels.Target, in manuscript: Manuscript
  ) -> (cell: Cell, chapter: ScannedChapter)? {
    for chapter in manuscript.chapters where chapter.source.files.contains(target.location.file) {
      let cell = chapter.cells.first { cell in
        cell.options.label == label
          || cell.options.label.map { label.hasPrefix($0 + "-") && cell.options.subcaptions.count > 1 }
            ?? false
      }
      if let cell { return (cell, chapter.scanned) }
    }
    return nil
  }

  /// The caption of what has a label, as it is written.
  func caption(of label: String, _ target: Labels.Target, in manuscript: Manuscript) -> String? {
    labelled(label, target, in: manuscript)?.cell.options.caption
  }

  /// A caption with the kept values in their places.
  private func withValues(
    _ caption: String, of cell: Cell, in chapter: ScannedChapter, _ results: KeptResults?
  ) -> String {
    caption.replacing(/`+\{swift\} *(?<expression>[^`]*?) *`+/) { match in
      let value = chapter.values.first {
        $0.cellsBefore == cell.index + 1 && $0.expression == match.expression
      }
      return value.flatMap { results?.values[$0.index]?.text } ?? "`\(match.expression)`"
    }
  }

  /// What a cell showed, as Markdown.
  private func text(of shown: Shown, alternative: String, _ results: KeptResults?) -> String? {
    if let figure = shown.figure, let picture = results?.file(figure.png) {
      return "![\(alternative.replacing(/[\[\]\n]/, with: " "))](\(picture.absoluteString))"
    }
    switch shown {
    case .table(let table):
      let rows = table.rows.prefix(12).map { "| " + $0.joined(separator: " | ") + " |" }
      let head = "| " + table.columns.map(\.title).joined(separator: " | ") + " |"
      let rule = "|" + table.columns.map { _ in "---|" }.joined()
      let more = table.rows.count > 12 ? "\n\n… and \(table.rows.count - 12) rows more" : ""
      return ([head, rule] + rows).joined(separator: "\n") + more
    case .text(let text): return "```text\n\(text.prefix(1000))\n```"
    case .claim(let claim): return "\(claim.name): \(claim.statement) — **\(claim.verdict.words)**"
    case .question(let question): return question.text
    case .figure, .liveModel: return nil
    }
  }

  // MARK: Results

  /// What is kept of a chapter that is open; nil before the library was found.
  func results(of home: String) async -> KeptResults? {
    guard let chapter = chapters[home], let program = chapter.program else { return nil }
    if let known = chapter.results { return known }
    let results = await results(of: program.chapter, in: chapter.book)
    if chapters[home]?.program?.main == program.main { chapters[home]?.results = results }
    return results
  }

  private func results(of chapter: ScannedChapter, in book: EditedBook) async -> KeptResults? {
    guard let installation else { return nil }
    // It may have to read a whole run.
    return await Task.detached { book.results(of: chapter, by: installation) }.value
  }

  // MARK: Where they stand

  func ownDefinition(in document: Document, at position: Position, _ home: String) -> JSON? {
    guard let chapter = chapters[home], document.lines.indices.contains(position.line),
      TextPlace(position, in: document.lines) != .code
    else { return nil }
    let line = document.lines[position.line]
    if let include = line.firstMatch(of: /\{\{<\s*include\s+["']?(?<name>\S+?)["']?\s*>\}\}/) {
      let folder = URL(filePath: Self.path(of: document.uri)).deletingLastPathComponent()
      let file = folder.appending(path: String(include.name)).standardizedFileURL
      guard FileManager.default.fileExists(atPath: file.path) else { return nil }
      return .object([
        "uri": .string(uri(of: file.path)), "range": TextRange(line: 0, 0..<0).json,
      ])
    }
    guard let reference = TextReference(at: position.character, in: line),
      let manuscript = manuscripts[Self.name(of: chapter.book)]
    else { return nil }
    guard let place = manuscript.labels.targets[reference.name]?.location else {
      return BibliographyEntries(chapter.book.book).location(of: reference.name)
    }
    let path = URL(filePath: place.file).standardizedFileURL.path
    let lines = lines(of: path)
    let column =
      lines.indices.contains(place.line - 1)
      ? lines[place.line - 1].utf16Column(ofCharacter: max(0, place.column - 1)) : 0
    return .object([
      "uri": .string(uri(of: path)), "range": TextRange(line: max(0, place.line - 1), column..<column).json,
    ])
  }

  /// Where the book refers to the label at a place; nil where there is none.
  func ownReferences(in document: Document, at position: Position, _ home: String) -> [JSON]? {
    guard let chapter = chapters[home], document.lines.indices.contains(position.line),
      let manuscript = manuscripts[Self.name(of: chapter.book)]
    else { return nil }
    let place = TextPlace(position, in: document.lines)
    guard place == .prose || place.isOption else { return nil }
    let line = document.lines[position.line]
    let name =
      TextReference(at: position.character, in: line)?.name
      ?? option(at: position.character, in: line).flatMap { $0.option == .label ? $0.value : nil }
    guard let name, manuscript.labels.targets[name] != nil || manuscript.citations?.contains(name) ?? false
    else { return nil }
    let files = Set(manuscript.chapters.flatMap(\.source.files)).map {
      URL(filePath: $0).standardizedFileURL.path
    }
    return files.sorted().flatMap { file in
      lines(of: file).enumerated().flatMap { number, line in
        TextReference.all(in: line).filter { $0.name == name }.map { reference in
          JSON.object([
            "uri": .string(uri(of: file)), "range": TextRange(line: number, reference.columns).json,
          ])
        }
      }
    }
  }
}

extension TextPlace {
  var isOption: Bool { if case .option = self { true } else { false } }
}
