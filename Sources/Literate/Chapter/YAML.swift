import Yams

/// The YAML that people write: options of cells, front matter, `book.yml`.
enum YAML {
  /// The tree of a text; nil where it says nothing.
  ///
  /// - Parameters:
  ///   - what: Names the text in an error, such as "The book is".
  ///   - position: The place in the file of a line and column of the text, both counted from 0.
  ///   - misread: Takes a text that YAML reads as another one than is written; throws it if not given.
  /// - Throws: `Problem` where it is not YAML, or says something else than it seems to.
  static func compose(
    _ text: String, _ what: String, advice: String = "",
    position: (_ line: Int, _ column: Int) -> Problem.Location,
    misread: (Problem) throws -> Void = { throw $0 }
  ) throws -> Node? {
    // Lines end where those of the file do, for the places.
    let text = String(
      String.UnicodeScalarView(text.unicodeScalars.map { Self.otherBreaks.contains($0) ? " " : $0 }))
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      let (mark, reason) = problem(error)
      let isEscape = reason.contains("escape") || reason.contains("hexdecimal")
      throw Problem(
        "\(what) not YAML: \(reason)", at: position(mark?.line ?? 0, mark?.column ?? 0),
        advice: isEscape ? Escape.advice : advice)
    }
    if let root {
      var reader = EscapeReader(text)
      for problem in try reader.problems(in: root, position) { try misread(problem) }
    }
    return root
  }

  private static let otherBreaks: Set<Unicode.Scalar> = ["\r", "\u{85}", "\u{2028}", "\u{2029}"]

  /// Where a YAML error is, counted from 0, and what it is.
  private static func problem(_ error: any Error) -> (mark: (line: Int, column: Int)?, reason: String) {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      ((max(0, mark.line - 1), max(0, mark.column - 1)), problem)
    case .duplicatedKeysInMapping(let duplicates, _):
      (nil, "the key \(duplicates.map { "`\($0)`" }.listed) is given twice")
    case .reader(let problem, _, _, _): (nil, problem)
    case .some(let other): (nil, "\(other)")
    case nil: (nil, "\(error)")
    }
  }
}

/// What stands behind a backslash in double quotes, where YAML makes a character of it that nobody meant: `"\theta"` has a tab.
private enum Escape {
  static let advice = "Write the text in single quotes, where a backslash is a backslash: '$\\theta$'."

  /// What YAML reads, by the letter behind the backslash.
  static let names: [Unicode.Scalar: String] = [
    "t": "a tab", "n": "a line break", "r": "a carriage return", "b": "a backspace", "a": "a bell",
    "f": "a form feed", "v": "a vertical tab", "e": "an escape", "0": "a zero byte", "N": "a line break",
    "_": "a space", "L": "a line break", "P": "a paragraph break",
  ]
  /// Those that a text may want where no letter follows.
  static let wanted: Set<Unicode.Scalar> = ["t", "n", "r", "N", "_", "L", "P"]
}

/// Looks at the texts in double quotes as they are written.
private struct EscapeReader {
  private let scalars: [Unicode.Scalar]
  private var lineStarts = [0]
  /// Aliases can make a small text stand for more nodes than there is time to look at.
  private var nodesLeft = 100_000

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() where scalar == "\n" { lineStarts.append(index + 1) }
  }

  mutating func problems(
    in root: Node, _ position: (_ line: Int, _ column: Int) -> Problem.Location
  ) throws -> [Problem] {
    var found: [Problem] = []
    try check(root, position, &found)
    return found
  }

  private mutating func check(
    _ node: Node, _ position: (_ line: Int, _ column: Int) -> Problem.Location, _ found: inout [Problem]
  ) throws {
    nodesLeft -= 1
    guard nodesLeft > 0 else {
      throw Problem("The YAML repeats itself too often.", at: position(0, 0), advice: "Remove its aliases.")
    }
    switch node {
    case .scalar(let scalar):
      guard scalar.style == .doubleQuoted, let mark = scalar.mark else { return }
      problem(line: mark.line - 1, column: mark.column - 1, position).map { found.append($0) }
    case .sequence(let items): for item in items { try check(item, position, &found) }
    case .mapping(let members):
      for (key, value) in members {
        try check(key, position, &found)
        try check(value, position, &found)
      }
    case .alias: break
    }
  }

  private func problem(
    line: Int, column: Int, _ position: (_ line: Int, _ column: Int) -> Problem.Location
  ) -> Problem? {
    guard lineStarts.indices.contains(line), lineStarts[line] + max(0, column) < scalars.count,
      let open = scalars[(lineStarts[line] + max(0, column))...].firstIndex(of: "\"")
    else { return nil }
    var index = open + 1
    var place = (line: line, start: lineStarts[line])
    while index < scalars.count, scalars[index] != "\"" {
      if scalars[index] == "\n" { place = (place.line + 1, index + 1) }
      guard scalars[index] == "\\", index + 1 < scalars.count else {
        index += 1
        continue
      }
      let letter = scalars[index + 1]
      let word = scalars[(index + 2)...].prefix { $0.properties.isAlphabetic }
      if let name = Escape.names[letter], !word.isEmpty || !Escape.wanted.contains(letter) {
        let written = String(String.UnicodeScalarView([letter] + word))
        return Problem(
          "In double quotes, `\\\(written)` begins with \(name).",
          at: position(place.line, index - place.start),
          advice: Escape.advice)
      }
      // A line that ends in a backslash goes on in the next.
      index += letter == "\n" ? 1 : 2
    }
    return nil
  }
}
