import CellRecords
import Yams

/// The YAML between two lines of `---` at the head of a chapter: its parameters.
struct FrontMatter {
  /// How many lines of the chapter it takes.
  private(set) var lineCount = 0
  private(set) var parameters: [Parameter] = []

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
      guard key.string == "parameters" else {
        throw Problem(
          "The front matter of a chapter has no `\(key.string ?? "")`.", at: place,
          advice: "It holds `parameters`; a title is the chapter's first header.")
      }
      parameters = try Parameter.parse(value, profile: profile, at: place, position: position)
    }
  }
}
