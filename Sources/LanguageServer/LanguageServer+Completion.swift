import Foundation
import Literate
import Text

/// What can stand at a place of the text.
extension LanguageServer {
  /// The kinds of items, as the protocol numbers them.
  private enum Kind: Int {
    case property = 10
    case value = 12
    case keyword = 14
    case file = 17
    case reference = 18
    case folder = 19
    case constant = 21
  }

  /// Items in the place of what is typed of them.
  private struct Proposals {
    var line: Int
    var column: Int
    var typed: Int
    private(set) var items: [JSON] = []

    init(at position: Position, typed: some StringProtocol) {
      line = position.line
      column = position.character
      self.typed = typed.utf16.count
    }

    mutating func add(
      _ label: String, _ kind: Kind, writing text: String? = nil, detail: String = "", _ about: String = ""
    ) {
      var item: [String: JSON] = [
        "label": .string(label), "kind": .integer(kind.rawValue), "filterText": .string(label),
        // In the order that they are added.
        "sortText": .string(String(format: "%05d", items.count)),
        "textEdit": .object([
          "range": TextRange(line: line, column - typed..<column).json, "newText": .string(text ?? label),
        ]),
      ]
      if !detail.isEmpty { item["detail"] = .string(detail) }
      if !about.isEmpty {
        item["documentation"] = .object(["kind": .string("markdown"), "value": .string(about)])
      }
      items.append(.object(item))
    }
  }

  /// What the server itself completes at a place; nil where that is nothing of its own, such as code.
  func ownCompletions(in document: Document, at position: Position, _ home: String) -> [JSON]? {
    guard document.lines.indices.contains(position.line) else { return nil }
    let line = document.lines[position.line]
    let before = line.prefix(utf16: position.character)
    switch TextPlace(position, in: document.lines) {
    case .code, .listing: return nil
    case .frontMatter: return frontMatterKeys(before, position, home)
    case .option(let before, let given):
      return optionNames(before, position, given) ?? optionValues(before, position)
        ?? references(before[...], position, home)
    case .fence, .prose:
      return fences(before, position) ?? references(before, position, home)
        ?? includes(before, position, document) ?? classes(before, position)
    }
  }

  // MARK: Cells

  private func optionNames(_ before: String, _ position: Position, _ given: Set<String>) -> [JSON]? {
    guard let typed = before.firstMatch(of: /^(?:\/\/|#)\|[ \t]*(?<name>[\w-]*)$/)?.name else { return nil }
    var proposals = Proposals(at: position, typed: typed)
    let space = before.hasSuffix("|") ? " " : ""
    for option in CellOption.allCases where !given.contains(option.rawValue) {
      proposals.add(
        option.rawValue, .property, writing: "\(space)\(option.rawValue): ", detail: option.expected,
        option.summary)
    }
    return proposals.items
  }

  private func optionValues(_ before: String, _ position: Position) -> [JSON]? {
    guard let match = before.firstMatch(of: /^(?:\/\/|#)\|[ \t]*(?<name>[\w-]+):[ \t]*(?<value>[\w-]*)$/),
      let option = CellOption(named: String(match.name))
    else { return nil }
    let values: [String] =
      switch option.form {
      case .flag: ["true", "false"]
      case .count(let range): range.map(String.init)
      case .seconds: ["60", "600", "0"]
      case .size: ["500MB", "2GB", "0"]
      case .part: [Exercise.Part.starter, .check, .experiment].map(\.rawValue)
      case .text where option == .label: ["fig-", "tbl-"]
      case .text, .texts, .lines: []
      }
    guard !values.isEmpty else { return nil }
    var proposals = Proposals(at: position, typed: match.value)
    let space = before.hasSuffix(":") ? " " : ""
    for value in values { proposals.add(value, .value, writing: space + value, option.summary) }
    return proposals.items
  }

  /// The opening of a cell, and of an inline value.
  private func fences(_ before: Substring, _ position: Position) -> [JSON]? {
    guard let typed = before.firstMatch(of: /(?:`+|~{3,})\{(?<name>\w*)$/)?.name else { return nil }
    var proposals = Proposals(at: position, typed: typed)
    proposals.add("swift", .keyword, detail: "a cell, or an inline value: `{swift} expression`")
    return proposals.items
  }

  // MARK: Text

  private func references(_ before: Substring, _ position: Position, _ home: String) -> [JSON]? {
    guard let typed = before.firstMatch(of: /(?:^|[^\w@])@(?<name>[\w:.-]*)$/)?.name,
      let chapter = chapters[home]
    else { return nil }
    var proposals = Proposals(at: position, typed: typed)
    guard let manuscript = manuscripts[Self.name(of: chapter.book)] else { return [] }
    let targets = manuscript.labels.targets.sorted { left, right in
      // Those of this chapter first.
      let isOwn = [left, right].map { $0.value.location.file == chapter.entry.path }
      return isOwn[0] == isOwn[1] ? left.key < right.key : isOwn[0]
    }
    for (label, target) in targets {
      proposals.add(
        label, .reference, detail: "\(target.name) \(target.number)",
        target.title.isEmpty ? caption(of: label, target, in: manuscript) ?? "" : target.title)
    }
    let entries = BibliographyEntries(chapter.book.book)
    for key in (manuscript.citations ?? []).sorted() {
      proposals.add(key, .reference, detail: entries.title(of: key) ?? "", entries.about(key) ?? "")
    }
    return proposals.items
  }

  private func includes(_ before: Substring, _ position: Position, _ document: Document) -> [JSON]? {
    if let typed = before.firstMatch(of: /\{\{<[ \t]*(?<name>\w*)$/)?.name {
      var proposals = Proposals(at: position, typed: typed)
      let space = before.hasSuffix("<") ? " " : ""
      proposals.add(
        "include", .keyword, writing: space + "include ",
        detail: "the text of another file: {{< include part.md >}}")
      return proposals.items
    }
    guard let typed = before.firstMatch(of: /\{\{<[ \t]*include[ \t]+(?<path>[^>"']*)$/)?.path else {
      return nil
    }
    let name = typed.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    var proposals = Proposals(at: position, typed: name)
    let own = URL(filePath: Self.path(of: document.uri))
    let folder = own.deletingLastPathComponent().appending(path: String(typed.dropLast(name.count)))
    let files = try? FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: [.isDirectoryKey], options: .skipsHiddenFiles)
    for file in (files ?? []).sorted(by: { $0.path < $1.path }) {
      if (try? file.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false {
        proposals.add(file.lastPathComponent, .folder, writing: file.lastPathComponent + "/")
      } else if file.pathExtension == "md", file.standardizedFileURL != own.standardizedFileURL {
        proposals.add(file.lastPathComponent, .file)
      }
    }
    return proposals.items
  }

  /// What a block or a header can be, behind `{.`.
  private func classes(_ before: Substring, _ position: Position) -> [JSON]? {
    guard let typed = before.firstMatch(of: /\{(?:[^}]*[ \t])?\.(?<name>[\w-]*)$/)?.name else { return nil }
    var proposals = Proposals(at: position, typed: typed)
    guard !before.hasPrefix("#") else {
      proposals.add("unnumbered", .constant, detail: "a section without a number")
      return proposals.items
    }
    for name in Chapter.classes.sorted() {
      proposals.add(name, .constant, detail: Self.meanings[name] ?? "")
    }
    return proposals.items
  }

  private static let meanings = [
    "exercise": "a question with hints, a solution and a check: `::: {.exercise #exr-name}`",
    "hint": "a hint of an exercise", "solution": "what only the teacher's edition has of an exercise",
    "panel-tabset": "tabs: each header within begins one", "proof": "begins with: Proof.",
    "remark": "begins with: Remark.", "column-margin": "beside the text", "callout-note": "set apart: a note",
    "callout-tip": "set apart: a tip", "callout-important": "set apart: what is important",
    "callout-warning": "set apart: a warning", "callout-caution": "set apart: a caution",
  ]

  private func frontMatterKeys(_ before: Substring, _ position: Position, _ home: String) -> [JSON]? {
    if let typed = before.firstMatch(of: /^(?<name>\w*)$/)?.name {
      var proposals = Proposals(at: position, typed: typed)
      proposals.add(
        "parameters", .property, writing: "parameters:",
        detail: "constants of every cell, which --set changes")
      proposals.add(
        "environment", .property, writing: "environment: ", detail: "variables that the cells may read")
      proposals.add("echo", .property, writing: "echo: ", detail: "whether the page shows the code")
      for part in ChapterHead.Part.allCases {
        proposals.add(part.rawValue, .property, writing: "\(part.rawValue): ", detail: part.summary)
      }
      return proposals.items
    }
    if let typed = before.firstMatch(of: /^echo:[ \t]*(?<value>\w*)$/)?.value {
      var proposals = Proposals(at: position, typed: typed)
      let space = before.hasSuffix(":") ? " " : ""
      for value in ["true", "false"] { proposals.add(value, .value, writing: space + value) }
      return proposals.items
    }
    guard let typed = before.firstMatch(of: /^[ \t]+(?<name>\w*)$/)?.name, let chapter = chapters[home] else {
      return nil
    }
    // A chapter's own go before those of the book.
    var proposals = Proposals(at: position, typed: typed)
    for parameter in chapter.book.book.parameters where !parameter.isCriteria {
      proposals.add(
        parameter.name, .constant, writing: "\(parameter.name): \(parameter.value.text)",
        detail: "the book has \(parameter.value.text)")
    }
    return proposals.items
  }
}
