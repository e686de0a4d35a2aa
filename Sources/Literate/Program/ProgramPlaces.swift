import Foundation
import Text

/// What a chapter's program calls the places that it is made of.
///
/// The paths of files may hold anything, and compilers, debuggers and symbolizers write them in other ways: `./x.md` as `x.md`. So the
/// program knows each by a plain name, which also tells a reader nothing of this machine.
///
/// A cell or an inline value has a name of its own, `x.md#cell-3`, and its lines are counted from its first, or from that of its
/// second statement in `x.md#cell-3.2`: so what stands below a line that was added is the same program as before, and need not be
/// compiled again. Code that asks for its place has that of its file.
struct ProgramPlaces {
  /// Where some lines of the program begin.
  struct Start: Hashable {
    var name: String
    /// Counted from 1.
    var line: Int

    /// The line of the program that says so.
    var directive: String { "#sourceLocation(file: \"\(name)\", line: \(line))\n" }
  }

  private var names: [String: String] = [:]
  private var paths: [String: String] = [:]
  /// The first line of each cell, value and parameter, by its name.
  private var starts: [String: Problem.Location] = [:]
  /// The cells, by their names.
  private var cells: [String: Cell] = [:]

  init(of chapter: ScannedChapter) {
    for path in chapter.source.files.union(chapter.parameters.map(\.location.file)).sorted() {
      let last = path.split(separator: "/").last ?? "chapter"
      let plain = String(
        last.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
      var name = plain.hasSuffix(".swift") ? plain + ".md" : plain
      var number = 1
      while paths[name] != nil {
        number += 1
        name = "\(number)-\(plain)"
      }
      names[path] = name
      paths[name] = path
    }
    for cell in chapter.cells {
      starts[name(of: cell)] = cell.codeLocation
      cells[name(of: cell)] = cell
    }
    for value in chapter.values { starts[name(of: value)] = value.location }
    for (number, parameter) in chapter.parameters.enumerated() {
      starts[name(ofParameter: number, parameter)] = parameter.location
    }
  }

  /// The first line of a cell's code.
  func start(of cell: Cell) -> Start {
    Self.areAsked(by: cell.code)
      ? Start(name: name(ofFile: cell.codeLocation.file), line: cell.codeLocation.line)
      : Start(name: name(of: cell), line: 1)
  }

  /// The first line of a statement of a cell, by its number from 0.
  func start(of cell: Cell, statement: Int) -> Start {
    Start(name: name(of: cell) + ".\(statement + 1)", line: 1)
  }

  func start(of value: InlineValue) -> Start {
    Self.areAsked(by: value.expression)
      ? Start(name: name(ofFile: value.location.file), line: value.location.line)
      : Start(name: name(of: value), line: 1)
  }

  func start(ofParameter number: Int, _ parameter: Parameter) -> Start {
    Start(name: name(ofParameter: number, parameter), line: 1)
  }

  /// The line before a cell's first: its fence and options.
  func fence(of cell: Cell) -> Start { Start(name: name(of: cell), line: 0) }

  /// Where a line of the program stands in the chapter, from what a tool says of it; nil where it stands in another file.
  func location(file said: some StringProtocol, line: Int, column: Int = 0) -> Problem.Location? {
    let name = String(said.split(separator: "/").last ?? "")
    if line < 1, let cell = cells[name] { return cell.location }
    if let start = starts[name] ?? start(ofStatement: name) {
      return Problem.Location(file: start.file, line: start.line + line - 1, column: column)
    }
    return paths[name].map { Problem.Location(file: $0, line: line, column: column) }
  }

  /// The first line of the statement of a name such as `x.md#cell-3.2`.
  private func start(ofStatement name: String) -> Problem.Location? {
    guard let point = name.lastIndex(of: "."), let number = Int(name[point...].dropFirst()),
      let cell = cells[String(name[..<point])]
    else { return nil }
    let statements = SwiftStatement.statements(in: cell.code)
    guard statements.indices.contains(number - 1) else { return nil }
    var start = cell.codeLocation
    start.line += statements[number - 1].firstLine
    return start
  }

  /// What the program said, with the chapter's place at its beginning where that of the program was.
  func placed(_ said: Substring) -> String {
    let parts = said.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let line = Int(parts[1]), let place = location(file: parts[0], line: line) else {
      return String(said)
    }
    return "\(place):\(parts[2])"
  }

  /// Whether code says where it stands, so that it is other code in another place.
  static func areAsked(by code: String) -> Bool {
    // Most code has no such sign.
    guard code.containsUTF8("#") else { return false }
    let tokens = SwiftWords.tokens(in: code)
    return zip(tokens, tokens.dropFirst()).contains { sign, word in
      sign.text == "#"
        && ["line", "column", "file", "filePath", "fileID", "sourceLocation"].contains(word.text)
    }
  }

  /// The name of a file.
  func name(ofFile path: String) -> String { names[path] ?? "chapter" }

  private func name(of cell: Cell) -> String {
    name(ofFile: cell.codeLocation.file) + "#cell-\(cell.index + 1)"
  }

  private func name(of value: InlineValue) -> String {
    name(ofFile: value.location.file) + "#value-\(value.index + 1)"
  }

  private func name(ofParameter number: Int, _ parameter: Parameter) -> String {
    name(ofFile: parameter.location.file) + "#parameter-\(number + 1)"
  }
}
