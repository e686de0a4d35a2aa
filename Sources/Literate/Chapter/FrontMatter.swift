import CellRecords
import Yams

/// The YAML between two lines of `---` at the head of a chapter: its parameters, and what it takes of the environment.
struct FrontMatter {
  /// How many lines of the chapter it takes.
  private(set) var lineCount = 0
  private(set) var parameters: [Parameter] = []
  /// The variables of the environment that the chapter's program gets.
  private(set) var environment: [String] = []

  /// - Throws: `Problem` where it is not closed, not YAML, or holds something unknown.
  init(_ source: Source, profile: Profile) throws {
    guard source.lines.first == "---" else { return }
    guard let end = source.lines.dropFirst().firstIndex(where: { $0 == "---" || $0 == "..." }) else {
      throw Problem(
        "The front matter that starts here is never closed.", at: source.location(line: 1, column: 1),
        advice: "Add a line `---` after it.")
    }
    lineCount = end + 1
    func position(_ mark: Mark) -> Problem.Location {
      source.location(line: mark.line + 1, column: mark.column)
    }
    let root: Node?
    do {
      root = try Yams.compose(yaml: source.lines[1..<end].joined(separator: "\n"))
    } catch {
      let (mark, reason) = yamlProblem(error)
      throw Problem(
        "The front matter is not YAML: \(reason)",
        at: source.location(line: (mark?.line ?? 0) + 2, column: (mark?.column ?? 0) + 1))
    }
    guard let root else { return }
    guard case .mapping(let mapping) = root else {
      throw Problem("The front matter must be a list of `name: value`.", at: source.location(line: 2))
    }
    for (key, value) in mapping {
      let place = key.mark.map(position) ?? source.location(line: 2)
      if key.string == "environment" {
        environment = try Self.variables(value, at: place)
        continue
      }
      guard key.string == "parameters" else {
        throw Problem(
          "The front matter of a chapter has no `\(key.string ?? "")`.", at: place,
          advice: "It holds `parameters` and `environment`; a title is the chapter's first header.")
      }
      parameters = try Parameter.parse(value, profile: profile, at: place, position: position)
    }
  }

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
}
