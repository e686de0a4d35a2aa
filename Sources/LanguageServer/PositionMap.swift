import Literate

/// Which place of a file of a chapter's program is which place of its Markdown, and the other way.
///
/// The program itself names where its lines come from; those names are taken out here, since they would move what the toolchain says
/// of the program.
package struct PositionMap: Sendable {
  /// The text of the file, without the lines that name places.
  package let text: String

  /// Where a line of the program comes from.
  private struct Origin {
    var path: String
    /// In the Markdown, from 0.
    var line: Int
    /// The columns of the program's line that the Markdown has too.
    var columns: Range<Int>
    /// What to add to such a column.
    var shift: Int
    /// Whether they go to the end of the line.
    var isWholeLine: Bool
  }

  private var origins: [Origin?] = []
  /// The lines of the program that come from a line of Markdown, by its path and number.
  private var lines: [String: [Int: [Int]]] = [:]

  package init(_ program: String, of edited: EditedProgram) {
    var text: [Substring] = []
    var next: (path: String, line: Int)?
    for line in program.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("#sourceLocation(") {
        let place = line.firstMatch(of: /^#sourceLocation\(file: "(?<name>[^"]*)", line: (?<line>\d+)\)$/)
        if let place, let number = Int(place.line),
          let location = edited.place(String(place.name), line: number)
        {
          next = (location.file, location.line - 1)
        } else {
          next = nil
        }
        text.append("")
        origins.append(nil)
        continue
      }
      text.append(line)
      guard let place = next else {
        origins.append(nil)
        continue
      }
      next?.line += 1
      let markdown = edited.lines[place.path].flatMap {
        $0.indices.contains(place.line) ? $0[place.line] : nil
      }
      let origin = Self.origin(of: line, in: markdown ?? "", path: place.path, line: place.line)
      if origin != nil { lines[place.path, default: [:]][place.line, default: []].append(origins.count) }
      origins.append(origin)
    }
    self.text = text.joined(separator: "\n")
  }

  private static func origin(
    of program: Substring, in markdown: Substring, path: String, line: Int
  ) -> Origin? {
    let code = program.drop { $0 == " " }
    let indentation = program.utf16.count - code.utf16.count
    let (whole, width) = (markdown.utf16.count, program.utf16.count)
    func origin(_ columns: Range<Int>, at column: Int, isWholeLine: Bool = false) -> Origin {
      Origin(
        path: path, line: line, columns: columns, shift: column - columns.lowerBound,
        isWholeLine: isWholeLine)
    }
    // A line of a cell ends as its Markdown does.
    if markdown.hasSuffix(code) {
      // Blanks before the code may be of the cell itself.
      let blanks = markdown.dropLast(code.count).reversed().prefix { $0 == " " }.count
      let start = indentation - min(indentation, blanks)
      return origin(start..<width, at: whole - (width - start), isWholeLine: true)
    }
    // An inline value stands at the column of its expression.
    let column = markdown.utf16Column(ofCharacter: indentation)
    if markdown.suffix(utf16: column).hasPrefix(code) { return origin(indentation..<width, at: column) }
    // Of a parameter the name is the same.
    if let name = code.firstMatch(of: /^let (\w+):/)?.1, let place = markdown.firstRange(of: name) {
      let start = indentation + 4
      return origin(
        start..<start + name.utf16.count, at: markdown[..<place.lowerBound].utf16.count)
    }
    return nil
  }

  /// The place in the program of one in a file of Markdown; nil where it is not in code.
  package func program(_ position: Position, in path: String) -> Position? {
    guard let candidates = lines[path]?[position.line] else { return nil }
    // What is compiled several times is asked about where it is last: there the solution stands before a check.
    for line in candidates.reversed() {
      guard let origin = origins[line] else { continue }
      let column = position.character - origin.shift
      if origin.isWholeLine {
        let bounds = origin.columns
        return Position(line: line, character: min(max(column, bounds.lowerBound), bounds.upperBound))
      }
      if column >= origin.columns.lowerBound, column <= origin.columns.upperBound {
        return Position(line: line, character: column)
      }
    }
    return nil
  }

  /// The file and the place in its Markdown of a place in the program; nil where that is of the program alone.
  package func markdown(_ position: Position) -> (path: String, position: Position)? {
    guard origins.indices.contains(position.line), let origin = origins[position.line] else { return nil }
    let column = position.character
    guard column >= origin.columns.lowerBound, column <= origin.columns.upperBound else { return nil }
    return (origin.path, Position(line: origin.line, character: column + origin.shift))
  }

  /// The same of a range; one that goes on in other files ends with its first line.
  package func markdown(_ range: TextRange) -> (path: String, range: TextRange)? {
    guard let start = markdown(range.start) else { return nil }
    if let end = markdown(range.end), end.path == start.path, end.position >= start.position {
      return (start.path, TextRange(start.position, end.position))
    }
    guard let origin = origins[range.start.line] else { return nil }
    let end = Position(line: origin.line, character: origin.columns.upperBound + origin.shift)
    return (start.path, TextRange(start.position, max(start.position, end)))
  }

  /// The last place of the Markdown that comes before a place which is of the program alone.
  package func lastMarkdown(before position: Position) -> (path: String, position: Position)? {
    guard !origins.isEmpty else { return nil }
    for line in stride(from: min(position.line, origins.count - 1), through: 0, by: -1) {
      guard let origin = origins[line] else { continue }
      return (
        origin.path, Position(line: origin.line, character: origin.columns.upperBound + origin.shift)
      )
    }
    return nil
  }
}
