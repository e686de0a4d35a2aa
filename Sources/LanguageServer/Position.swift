import Literate
import Text

/// A place in a text as editors name it: lines counted from 0, columns in units of UTF-16.
package struct Position: Sendable, Hashable, Comparable {
  package var line: Int
  package var character: Int

  package init(line: Int, character: Int) {
    (self.line, self.character) = (line, character)
  }

  init?(_ json: JSON) {
    guard let line = json["line"].integer, let character = json["character"].integer, line >= 0,
      character >= 0
    else { return nil }
    self.init(line: line, character: character)
  }

  var json: JSON { .object(["line": .integer(line), "character": .integer(character)]) }

  package static func < (left: Position, right: Position) -> Bool {
    (left.line, left.character) < (right.line, right.character)
  }
}

/// What lies between two places.
package struct TextRange: Sendable, Hashable {
  package var start: Position
  package var end: Position

  package init(_ start: Position, _ end: Position) {
    (self.start, self.end) = (start, end)
  }

  /// Columns of one line.
  init(line: Int, _ columns: Range<Int>) {
    self.init(
      Position(line: line, character: columns.lowerBound),
      Position(line: line, character: columns.upperBound))
  }

  init?(_ json: JSON) {
    guard let start = Position(json["start"]), let end = Position(json["end"]) else { return nil }
    self.init(start, end)
  }

  var json: JSON { .object(["start": start.json, "end": end.json]) }

  func contains(_ position: Position) -> Bool { start <= position && position <= end }
}

extension StringProtocol {
  /// The text before a column in units of UTF-16; a column within a character is before it.
  func prefix(utf16 column: Int) -> SubSequence {
    let index =
      utf16.index(utf16.startIndex, offsetBy: Swift.max(0, column), limitedBy: utf16.endIndex) ?? endIndex
    // Within a pair of surrogates there is no place in the text.
    let isWithin = index < endIndex && UTF16.isTrailSurrogate(utf16[index])
    return self[..<(isWithin ? utf16.index(before: index) : index)]
  }

  /// The text behind such a column.
  func suffix(utf16 column: Int) -> SubSequence { self[prefix(utf16: column).endIndex...] }

  /// The column of a character, counted from 0.
  func utf16Column(ofCharacter character: Int) -> Int { prefix(character).utf16.count }
}
