import Yams

/// What the `//|` lines at the head of a cell say.
public struct CellOptions: Sendable, Equatable {
  /// The name under which text can refer to the cell's figure (`fig-…`) or table (`tbl-…`).
  public var label: String?
  /// The caption, in Markdown; may hold inline values.
  public var caption: String?
  /// What each figure shows, for those who can't see it; may hold inline values. One text serves all figures.
  public var alt: [String] = []
  /// The captions of the parts of a figure that is made of several; may hold inline values.
  public var subcaptions: [String] = []
  /// How many parts of such a figure stand side by side.
  public var columns: Int?
  /// Whether the page shows the cell's code.
  public var echo = true
  /// Whether the code is folded away until the reader asks for it.
  public var fold = false
  /// Whether the page shows what the cell prints.
  public var output = true
  /// Whether the page shows what the cell writes to standard error.
  public var stderr = false
  /// Whether the page shows what the compiler warns of in the cell.
  public var warning = false
  /// Whether the code stands outside the program's top level, in a file of declarations.
  public var fileScope = false
  /// Whether the page shows anything of the cell, its code or what it made.
  public var include = true
  /// The lines of the code that the page marks, counted from 1 below the options.
  public var highlight: [ClosedRange<Int>] = []
  /// Whether the cell must fail: the page shows how, and a cell that does not is a failure.
  public var error = false
  /// The seconds that the cell may take; 0 for no limit.
  public var timeLimit: Double?
  /// The bytes of memory that the chapter's program may hold while the cell runs; 0 for no limit.
  public var memoryLimit: Int?
  /// What the cell is for in an exercise; nil for a cell of a solution, which its place tells.
  public var exercise: Exercise.Part?
  /// The names of the options that are given.
  var given: Set<String> = []

  public init() {}

  public static let names = [
    "label", "caption", "alt", "subcaptions", "columns", "echo", "fold", "output", "stderr", "warning",
    "include", "highlight", "error", "file-scope", "time-limit", "memory-limit", "exercise",
  ]

  /// Reads the option lines of a cell, a mapping in YAML.
  ///
  /// - Parameters:
  ///   - lines: The text after `//|` of each line.
  ///   - position: The place in the chapter of a place in these lines, both counted from 0.
  static func parse(
    _ lines: [String], position: (_ line: Int, _ column: Int) -> Problem.Location
  ) throws -> CellOptions {
    var options = CellOptions()
    let node: Node?
    do {
      node = try Yams.compose(yaml: lines.joined(separator: "\n"))
    } catch {
      let (mark, reason) = yamlProblem(error)
      throw Problem(
        "These cell options are not YAML: \(reason)", at: position(mark?.line ?? 0, mark?.column ?? 0),
        advice: "Write each option as `//| name: value`, with quotes around a value that holds a colon.")
    }
    guard let node else { return options }
    guard case .mapping(let mapping) = node else {
      throw Problem(
        "A cell option must be `name: value`.", at: position(0, 0),
        advice: "Write `//| label: fig-something`, for example.")
    }
    var seen: Set<String> = []
    for (keyNode, valueNode) in mapping {
      let name = keyNode.string ?? ""
      let place = position((keyNode.mark?.line ?? 1) - 1, (keyNode.mark?.column ?? 1) - 1)
      guard seen.insert(name).inserted else {
        throw Problem("The option `\(name)` is given twice.", at: place, advice: "Remove one of the two.")
      }
      switch name {
      case "label": options.label = try text(valueNode, name, place)
      case "caption": options.caption = try text(valueNode, name, place)
      case "alt": options.alt = try texts(valueNode, name, place)
      case "subcaptions": options.subcaptions = try texts(valueNode, name, place)
      case "columns":
        guard let columns = valueNode.int, 1...6 ~= columns else {
          throw Problem(
            "The option `columns` must be a whole number from 1 to 6; found `\(valueNode.string ?? "a list")`.",
            at: place, advice: "Write `//| columns: 2`.")
        }
        options.columns = columns
      case "echo": options.echo = try flag(valueNode, name, place)
      case "fold": options.fold = try flag(valueNode, name, place)
      case "output": options.output = try flag(valueNode, name, place)
      case "stderr": options.stderr = try flag(valueNode, name, place)
      case "warning": options.warning = try flag(valueNode, name, place)
      case "file-scope": options.fileScope = try flag(valueNode, name, place)
      case "include": options.include = try flag(valueNode, name, place)
      case "highlight": options.highlight = try lineRanges(valueNode, place)
      case "error": options.error = try flag(valueNode, name, place)
      case "time-limit":
        guard let seconds = valueNode.float, seconds >= 0 else {
          throw Problem(
            "The option `time-limit` must be a number of seconds; found `\(valueNode.string ?? "a list")`.",
            at: place,
            advice: "Write `//| time-limit: 60`; 0 is no limit.")
        }
        options.timeLimit = seconds
      case "memory-limit":
        guard let bytes = valueNode.int == 0 ? 0 : valueNode.string.flatMap({ try? ByteCount.reading($0) }) else {
          throw Problem(
            "The option `memory-limit` must be a size; found `\(valueNode.string ?? "a list")`.", at: place,
            advice: "Write `//| memory-limit: 2GB`; 0 is no limit.")
        }
        options.memoryLimit = bytes
      case "exercise":
        let parts = [Exercise.Part.starter, .check]
        guard let part = parts.first(where: { $0.rawValue == valueNode.string }) else {
          throw Problem(
            "The option `exercise` must be starter or check; found `\(valueNode.string ?? "a list")`.",
            at: place, advice: "Write `//| exercise: starter`; a cell inside `::: {.solution}` needs none.")
        }
        options.exercise = part
      default:
        let advice = nearest(to: name, among: names).map { "Did you mean `\($0)`? " } ?? ""
        throw Problem(
          "There is no cell option `\(name)`.", at: place, advice: advice + "A cell has \(names.listed).")
      }
    }
    options.given = seen
    if let label = options.label { try check(label, at: position(0, 0)) }
    return options
  }

  private static func text(_ node: Node, _ name: String, _ place: Problem.Location) throws -> String {
    guard let text = node.string, !text.isEmpty else {
      throw Problem("The option `\(name)` must be text.", at: place, advice: "Write `//| \(name): \"…\"`.")
    }
    return text
  }

  /// One text, or a list of texts.
  private static func texts(_ node: Node, _ name: String, _ place: Problem.Location) throws -> [String] {
    guard let items = node.sequence else { return [try text(node, name, place)] }
    guard 1...26 ~= items.count else {
      throw Problem(
        "The option `\(name)` lists \(items.count) texts; 1 to 26 were expected.", at: place)
    }
    return try items.map { try text($0, name, place) }
  }

  private static func flag(_ node: Node, _ name: String, _ place: Problem.Location) throws -> Bool {
    guard let flag = node.bool else {
      throw Problem(
        "The option `\(name)` must be true or false; found `\(node.string ?? "a list")`.", at: place,
        advice: "Write `//| \(name): true` or `//| \(name): false`.")
    }
    return flag
  }

  /// "2-3, 5" as ranges.
  private static func lineRanges(_ node: Node, _ place: Problem.Location) throws -> [ClosedRange<Int>] {
    try (node.string ?? "").split(separator: ",").map { part in
      let ends = part.split(separator: "-").map { Int($0.filter { $0 != " " }) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, 1...last ~= first
      else {
        throw Problem(
          "The option `highlight` must be lines such as `2-3, 5`; found `\(node.string ?? "a list")`.",
          at: place)
      }
      return first...last
    }
  }

  private static func check(_ label: String, at place: Problem.Location) throws {
    let allowed = label.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "-"
        || $0 == "_"
    }
    if !allowed {
      throw Problem(
        "The label `\(label)` holds something other than letters, digits, `-` and `_`.", at: place,
        advice: "A label is also the name of a file: write `fig-storing`, for example.")
    }
  }
}

/// Where a YAML error is, counted from 0, and what it is.
func yamlProblem(_ error: any Error) -> (mark: (line: Int, column: Int)?, reason: String) {
  switch error as? YamlError {
  case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
    .composer(_, let problem, let mark, _):
    ((max(0, mark.line - 1), max(0, mark.column - 1)), problem)
  case .duplicatedKeysInMapping(let duplicates, _):
    (nil, "the key \(duplicates.map { "`\($0)`" }.listed) is given twice")
  case .some(let other): (nil, "\(other)")
  case nil: (nil, "\(error)")
  }
}
