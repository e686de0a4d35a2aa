import Yams

/// What the `//|` lines at the head of a cell say.
public struct CellOptions: Sendable, Equatable {
  /// The name under which text can refer to the cell's figure (`fig-…`) or table (`tbl-…`).
  public var label: String?
  /// The caption, in Markdown; may hold inline values.
  public var caption: String?
  /// What a figure shows, for those who can't see it; may hold inline values.
  public var alt: String?
  /// Whether the page shows the cell's code.
  public var echo = true
  /// Whether the cell must fail: the page shows how, and a cell that does not is a failure.
  public var error = false

  public init() {}

  static let names = ["label", "caption", "alt", "echo", "error"]

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
      case "alt": options.alt = try text(valueNode, name, place)
      case "echo": options.echo = try flag(valueNode, name, place)
      case "error": options.error = try flag(valueNode, name, place)
      default:
        let advice = nearest(to: name, among: names).map { "Did you mean `\($0)`? " } ?? ""
        throw Problem(
          "There is no cell option `\(name)`.", at: place, advice: advice + "A cell has \(names.listed).")
      }
    }
    if let label = options.label { try check(label, at: position(0, 0)) }
    return options
  }

  private static func text(_ node: Node, _ name: String, _ place: Problem.Location) throws -> String {
    guard let text = node.string, !text.isEmpty else {
      throw Problem("The option `\(name)` must be text.", at: place, advice: "Write `//| \(name): \"…\"`.")
    }
    return text
  }

  private static func flag(_ node: Node, _ name: String, _ place: Problem.Location) throws -> Bool {
    guard let flag = node.bool else {
      throw Problem(
        "The option `\(name)` must be true or false; found `\(node.string ?? "a list")`.", at: place,
        advice: "Write `//| \(name): true` or `//| \(name): false`.")
    }
    return flag
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
