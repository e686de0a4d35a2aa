import Foundation

/// An option of a cell, `//| name: value`: its name, what it takes and what it is for. Parsing, errors, `--help` and the table
/// of the README all come from here.
public enum CellOption: String, CaseIterable, Sendable {
  case label, caption, alt, subcaptions, columns, echo, fold, closed
  case highlight, output, include, stderr, warning
  case timeLimit = "time-limit"
  case memoryLimit = "memory-limit"
  case fileScope = "file-scope"
  case error, exercise

  /// The names that Quarto and Jupyter have for some.
  static let otherNames: [String: CellOption] = [
    "fig-cap": .caption, "tbl-cap": .caption, "fig-alt": .alt, "fig-subcap": .subcaptions,
    "layout-ncol": .columns, "code-fold": .fold, "code-line-numbers": .highlight,
  ]

  /// What options of theirs that are none here are for, and how that is said.
  static let elsewhere = [
    "eval": "A listing that is not run is a block of ```swift, without braces.",
    "fig-width": "A figure has its size in the code: `Figure(width: 640, height: 400)`.",
    "fig-height": "A figure has its size in the code: `Figure(width: 640, height: 400)`.",
    "cache": "What takes long is kept by `try cached(\"name\", key: …) { … }`.",
    "results": "`output: false` hides what the cell prints.",
    "message": "`stderr: true` shows what the cell writes to standard error.",
    "code-summary": "A folded cell says `Code`.",
    "tbl-colwidths": "A table is as wide as its words.",
  ]

  /// An option by its name, or by one of the other names.
  package init?(named name: String) {
    guard let option = CellOption(rawValue: name) ?? Self.otherNames[name] else { return nil }
    self = option
  }

  /// The text of an option line, behind its mark: `//|`, or `#|` as in Python and R; nil for another line.
  package static func text(of line: Substring) -> (text: Substring, mark: Int)? {
    for mark in ["//|", "#|"] where line.hasPrefix(mark) {
      return (line.dropFirst(mark.count), mark.count)
    }
    return nil
  }

  /// What the value must be.
  package enum Form {
    case text
    /// One text, or a list of texts.
    case texts
    case flag
    case count(ClosedRange<Int>)
    /// Such as `2-3, 5`.
    case lines
    case seconds
    case size
    /// A part of an exercise.
    case part
  }

  package var form: Form {
    switch self {
    case .label, .caption: .text
    case .alt, .subcaptions: .texts
    case .columns: .count(1...6)
    case .echo, .fold, .closed, .output, .include, .stderr, .warning, .fileScope, .error: .flag
    case .highlight: .lines
    case .timeLimit: .seconds
    case .memoryLimit: .size
    case .exercise: .part
    }
  }

  /// What it is for, in Markdown.
  public var summary: String {
    switch self {
    case .label:
      "`fig-…` or `tbl-…`: numbers the figure or table and names it for references; a labelled figure is also written to `figures/` as PNG, PDF and CSV"
    case .caption: "the caption, in Markdown; may hold inline values"
    case .alt:
      "what the figure shows, for those who can't see it; may hold inline values; a figure without it is an error"
    case .subcaptions: "makes one figure of several parts: a list with the caption of each"
    case .columns: "how many parts of such a figure stand side by side"
    case .echo: "`false` hides the code"
    case .fold:
      "`true` folds the code away until the reader asks for it; `false` keeps it open in a book that folds it"
    case .closed: "`true` closes tables and claims until the reader asks for them"
    case .highlight: "`2-3, 5` marks these lines of the code"
    case .output: "`false` hides what the cell prints"
    case .include: "`false` hides the cell and all that it shows"
    case .stderr: "`true` shows what the cell writes to standard error"
    case .warning: "`true` shows what the compiler warns of in the cell"
    case .timeLimit: "the seconds that the cell may take, an hour if it does not say so; `0` is no limit"
    case .memoryLimit: "the memory that the program may hold meanwhile, such as `2GB`; `0` is no limit"
    case .fileScope: "`true` puts the code outside the script of the cells, in a file of declarations"
    case .error: "`true`: the cell must fail, and the page shows how"
    case .exercise: "`starter`, `check` or `experiment`: what the cell is for in an exercise"
    }
  }

  /// What a value that is not as it must be should have been.
  package var expected: String {
    switch form {
    case .text, .texts: "text"
    case .flag: "true or false"
    case .count(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .lines: "lines such as `2-3, 5`"
    case .seconds: "a number of seconds, at most a year of them"
    case .size: "a size"
    case .part: "starter or check"
    }
  }

  /// How to write it.
  var advice: String {
    switch form {
    case .text, .texts: "Write `//| \(rawValue): \"…\"`."
    case .flag: "Write `//| \(rawValue): true` or `//| \(rawValue): false`."
    case .count: "Write `//| \(rawValue): 2`."
    case .lines: "Write `//| \(rawValue): 2-3`, counted from 1 below the options."
    case .seconds: "Write `//| \(rawValue): 60`; 0 is no limit."
    case .size: "Write `//| \(rawValue): 2GB`; 0 is no limit."
    case .part: "Write `//| \(rawValue): starter`; a cell inside `::: {.solution}` needs none."
    }
  }

  /// All options as a table in Markdown.
  public static var table: String { Self.table("option", allCases.map { ($0.rawValue, $0.summary) }) }

  /// All options as lines of text.
  public static var list: String { lines(allCases.map { ($0.rawValue, $0.summary) }) }
}

/// A key of `book.yml`, and what it is for.
public enum BookKey: String, CaseIterable, Sendable {
  case title, subtitle, description, authors, chapters, code, bibliography, parameters, criteria, output
  case figures

  /// In Markdown.
  public var summary: String {
    switch self {
    case .title: "the title of the book"
    case .subtitle: "the line below it"
    case .description: "what the book says, in a sentence or two, for search engines and links to it"
    case .authors: "a list of names"
    case .chapters: "the files of the chapters, in their order"
    case .code: "`folded` folds the code of all cells away, `open` does not; a cell's `fold` goes before"
    case .bibliography: "a BibLaTeX file, for citations"
    case .parameters:
      "constants of every cell, which `--set` can change; a chapter's own, in its front matter, go before"
    case .criteria:
      "numbers that claims are judged by, as the constant `criteria`; no command can change them"
    case .output: "the folder of the report, `output` beside `book.yml` if it is not given"
    case .figures: "the folder of the labelled figures, `figures` beside `book.yml` if it is not given"
    }
  }

  /// All keys as a table in Markdown.
  public static var table: String { CellOption.table("key", allCases.map { ($0.rawValue, $0.summary) }) }

  /// All keys as lines of text.
  public static var list: String { CellOption.lines(allCases.map { ($0.rawValue, $0.summary) }) }
}

extension CellOption {
  fileprivate static func table(_ head: String, _ rows: [(name: String, summary: String)]) -> String {
    "| \(head) | meaning |\n|---|---|\n" + rows.map { "| `\($0.name)` | \($0.summary) |\n" }.joined()
  }

  /// Below one another, each wrapped beside its name: the command's help would wrap them below it.
  fileprivate static func lines(_ rows: [(name: String, summary: String)]) -> String {
    let indent = 4 + (rows.map(\.name.count).max() ?? 0)
    return rows.map { name, summary in
      var lines = [("  " + name).padding(toLength: indent, withPad: " ", startingAt: 0)]
      var isEmpty = true
      for word in summary.replacing("`", with: "").split(separator: " ") {
        if lines[lines.count - 1].count + word.count >= 78 {
          lines.append(String(repeating: " ", count: indent))
          isEmpty = true
        }
        lines[lines.count - 1] += (isEmpty ? "" : " ") + word
        isEmpty = false
      }
      return lines.joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
