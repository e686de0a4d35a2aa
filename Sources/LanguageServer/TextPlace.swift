import Literate

/// What stands at a place of a chapter's text.
enum TextPlace: Equatable {
  case frontMatter
  /// The line that opens a block of code.
  case fence
  /// An option of a cell: the line from its `//|` to the place, and the names that the cell has already.
  case option(before: String, given: Set<String>)
  /// The code of a cell.
  case code
  /// A block of code that is no cell.
  case listing
  case prose

  init(_ position: Position, in lines: [Substring]) {
    guard lines.indices.contains(position.line) else {
      self = .prose
      return
    }
    var first = 0
    if let start = lines.firstIndex(where: { !$0.allSatisfy(\.isWhitespace) }),
      FrontMatter.isRule(lines[start]),
      let end = lines[(start + 1)...].firstIndex(where: { FrontMatter.isRule($0) || FrontMatter.isEnd($0) })
    {
      if position.line <= end {
        self = .frontMatter
        return
      }
      first = end + 1
    }
    var open: (fence: Fence, line: Int)?
    for index in first...position.line {
      let line = lines[index]
      if let fence = open?.fence {
        if fence.isClosed(by: line) || fence.isLeft(by: line) { open = nil }
      } else if let fence = Fence(opening: line) {
        open = (fence, index)
      }
    }
    guard let open else {
      self = .prose
      return
    }
    guard open.line < position.line else {
      self = .fence
      return
    }
    guard open.fence.isCell else {
      self = .listing
      return
    }
    let content = lines[(open.line + 1)...].prefix(while: {
      !open.fence.isClosed(by: $0) && !open.fence.isLeft(by: $0)
    })
    let options = content.map(open.fence.content).prefix { CellOption.text(of: $0) != nil }
    let number = position.line - open.line - 1
    guard options.indices.contains(number) else {
      self = .code
      return
    }
    let line = lines[position.line]
    let before =
      line.prefix(utf16: position.character).utf16.count - line.utf16.count
      + options[number].utf16.count
    let names = options.enumerated().filter { $0.offset != number }.compactMap {
      $0.element.firstMatch(of: /^(?:\/\/|#)\|\s*([\w-]+):/).map {
        CellOption(named: String($0.1))?.rawValue ?? String($0.1)
      }
    }
    self = .option(before: String(options[number].prefix(utf16: before)), given: Set(names))
  }
}

/// A reference to a label or a citation, `@name`, as a line of text has it.
struct TextReference: Equatable {
  var name: String
  /// Its columns, with the sign, in units of UTF-16.
  var columns: Range<Int>

  /// The one at a column of a line.
  init?(at column: Int, in line: Substring) {
    for found in Self.all(in: line) where found.columns.contains(column) || found.columns.upperBound == column
    {
      self = found
      return
    }
    return nil
  }

  private init(name: String, columns: Range<Int>) { (self.name, self.columns) = (name, columns) }

  static func all(in line: Substring) -> [TextReference] {
    guard line.utf8.contains(UInt8(ascii: "@")) else { return [] }
    return line.matches(of: /@(?<name>\w(?:[\w:.-]*\w)?)/).compactMap { match in
      // An address of mail is none.
      if match.range.lowerBound > line.startIndex,
        case let before = line[line.index(before: match.range.lowerBound)], before.isLetter || before.isNumber
      {
        return nil
      }
      let start = line[..<match.range.lowerBound].utf16.count
      return TextReference(
        name: String(match.name), columns: start..<start + line[match.range].utf16.count)
    }
  }
}
