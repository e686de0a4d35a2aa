import CellRecords
import Yams

/// The YAML between two lines of `---` at the head of a chapter: its parameters, what it takes of the environment, and whether it
/// shows its code.
package struct FrontMatter {
  /// How many lines of the chapter it takes.
  private(set) var lineCount = 0
  private(set) var parameters: [Parameter] = []
  /// The variables of the environment that the chapter's program gets.
  private(set) var environment: [String] = []
  /// Whether the page shows the code of cells that say nothing of it.
  private(set) var echo = true
  /// What stands at the chapter's head, in Markdown.
  private(set) var head: [ChapterHead.Part: String] = [:]

  /// - Throws: `Problem` where it is not closed, not YAML, or holds something unknown.
  init(_ source: Source, profile: Profile) throws {
    guard let start = source.lines.firstIndex(where: { !$0.allSatisfy(\.isWhitespace) }),
      Self.isRule(source.lines[start])
    else { return }
    let inner = source.lines[(start + 1)...]
    guard let end = inner.firstIndex(where: { Self.isRule($0) || Self.isEnd($0) }) else {
      throw Problem(
        "The front matter that starts here is never closed.", at: source.location(line: start + 1, column: 1),
        advice: "Add a line `---` after it.")
    }
    lineCount = end + 1
    func position(_ line: Int, _ column: Int) -> Problem.Location {
      source.location(line: start + 2 + line, column: column + 1)
    }
    let text = source.lines[(start + 1)..<end].joined(separator: "\n")
    guard let root = try YAML.compose(text, "The front matter is", position: position) else { return }
    guard case .mapping(let mapping) = root else {
      throw Problem("The front matter must be a list of `name: value`.", at: position(0, 0))
    }
    var unknown: [(name: String, place: Problem.Location)] = []
    for (key, value) in mapping {
      let place = key.mark.map { position($0.line - 1, $0.column - 1) } ?? position(0, 0)
      if key.string == "environment" {
        environment = try Self.variables(value, at: place)
        continue
      }
      if key.string == "echo" {
        guard let flag = value.bool else {
          throw Problem("`echo` must be true or false; found `\(value.string ?? "a list")`.", at: place)
        }
        echo = flag
        continue
      }
      if let part = key.string.flatMap(ChapterHead.Part.init) {
        head[part] = try ChapterHead.text(of: value, as: part, at: place)
        continue
      }
      guard key.string == "parameters" else {
        unknown.append((key.string ?? "", place))
        continue
      }
      parameters = try Parameter.parse(value, profile: profile, at: place) {
        position($0.line - 1, $0.column - 1)
      }
    }
    guard let first = unknown.first else { return }
    let known = ["parameters", "environment", "echo"] + ChapterHead.Part.allCases.map(\.rawValue)
    let advice = unknown.map { name, _ in
      let own =
        Self.elsewhere[name] ?? nearest(to: name, among: known).map { "Did you mean `\($0)`?" }
        ?? "It holds \(known.map { "`\($0)`" }.listed); remove the line."
      return unknown.count > 1 ? "`\(name)`: \(own)" : own
    }
    throw Problem(
      "The front matter of a chapter has no \(unknown.map { "`\($0.name)`" }.listed).", at: first.place,
      advice: advice.joined(separator: "\n"))
  }

  /// What the front matter of other tools says, and where it is said here.
  private static let elsewhere = [
    "format": "Name formats where you build: `neuronbook build chapters --format pdf`.",
    "params": "Parameters stand under `parameters`.",
    "execute": "Cells are always run; `echo: false` hides their code.",
    "bibliography": "Name it in book.yml: `bibliography: references.bib`.",
    "csl": "Citations have one style.",
    "code-fold": "Write `code: folded` in book.yml, or `//| fold: true` in a cell.",
    "toc": "Every page has its contents.",
    "number-sections": "Sections are numbered; `{.unnumbered}` behind a header leaves its number out.",
    "jupyter": "Cells are of Swift; remove the line.",
    "engine": "Cells are of Swift; remove the line.",
    "kernelspec": "Cells are of Swift; remove the line.",
    "lang": "Remove the line.",
    "crossref": "Words before numbers are fixed, but `[Fig. @fig-a]` has its own.",
    "callout-appearance": "Callouts have one form; remove the line.",
    "callout-icon": "Callouts have no icons; remove the line.",
    "tbl-colwidths": "Write it behind a table's caption: `{#tbl-a tbl-colwidths=\"[60,40]\"}`.",
    "fig-cap-location": "Captions of figures stand below; remove the line.",
    "tbl-cap-location": "Captions of tables stand above; remove the line.",
    "reference-location": "Notes stand at the end of the chapter; remove the line.",
    "citation-location": "Sources stand at the end of the book; remove the line.",
    "lightbox": "Every figure can be enlarged; remove the line.",
    "fig-width": "A figure has its width in its cell: `Figure(width: 640, height: 400)`.",
    "fig-height": "A figure has its height in its cell: `Figure(width: 640, height: 400)`.",
    "fig-align": "Figures stand at the left; remove the line.",
    "page-layout": "Give blocks `.column-page`; remove the line.",
    "abstract": "Write it as `description`, or as the first paragraph.",
    "theme": "The page has one form, light and dark; remove the line.",
    "editor": "Remove the line: it is for an editor.",
    "categories": "Remove the line.", "keywords": "Remove the line.",
  ]

  /// The names of variables, such as `[MY_LEVEL, MY_DATA]`.
  private static func variables(_ value: Node, at place: Problem.Location) throws -> [String] {
    let names = value.sequence.map { $0.map { $0.string ?? "" } } ?? value.string.map { [$0] } ?? [""]
    for name in names
    where name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) == nil || name.hasPrefix("NEURONBOOK_") {
      throw Problem(
        "`environment` holds `\(name)`; names of environment variables were expected.", at: place,
        advice: "Write it as a list: environment: [MY_LEVEL]")
    }
    return names
  }

  /// Whether front matter begins or ends with the line; spaces after the dashes are nothing.
  package static func isRule(_ line: Substring) -> Bool { isMark("---", line) }

  package static func isEnd(_ line: Substring) -> Bool { isMark("...", line) }

  private static func isMark(_ mark: String, _ line: Substring) -> Bool {
    line.hasPrefix(mark) && line.dropFirst(3).allSatisfy(\.isWhitespace)
  }
}
