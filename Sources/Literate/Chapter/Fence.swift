/// The opening line of a fenced code block, which may stand in quotations and lists.
package struct Fence {
  /// What stands before it: spaces, tabs, and marks of quotations and lists.
  let prefix: Substring
  package let marker: String
  let info: Substring
  /// How many marks of quotations the prefix has, and where in the line the text behind the last one begins.
  private let quotes: Int
  /// The columns of the prefix behind the last mark of a quotation.
  private let width: Int

  package init?(opening line: Substring) {
    guard line.utf8.contains(where: { $0 == UInt8(ascii: "`") || $0 == UInt8(ascii: "~") }) else {
      return nil
    }
    var cursor = Cursor(line)
    var quotes = 0
    var base = 0
    var isInList = false
    while true {
      cursor.skipBlanks()
      if cursor.rest.first == ">" {
        cursor.advance()
        quotes += 1
        base = cursor.column
        if cursor.rest.first == " " { base += 1 }
      } else if let mark = Self.listMark(cursor.rest) {
        for _ in 0..<mark { cursor.advance() }
        isInList = true
      } else {
        break
      }
    }
    guard let mark = cursor.rest.first, mark == "`" || mark == "~" else { return nil }
    let run = cursor.rest.prefix { $0 == mark }
    let rest = cursor.rest.dropFirst(run.count)
    guard run.count >= 3, mark == "~" || !rest.contains("`") else { return nil }
    prefix = line[..<cursor.rest.startIndex]
    marker = String(run)
    info = Substring(rest.drop { $0 == " " })
    // Words behind a list's mark and back-ticks are words.
    if isInList, !info.hasPrefix("{"), info.contains(" ") { return nil }
    self.quotes = quotes
    width = max(0, cursor.column - base)
  }

  /// How many characters of a list's mark a line begins with, where white space follows.
  private static func listMark(_ line: Substring) -> Int? {
    // Most lines are none: what stands before the first white space tells.
    guard let space = line.utf8.firstIndex(where: { $0 == 0x20 || $0 == 0x09 }),
      let last = line.utf8[..<space].last, "-*+:.)".utf8.contains(last)
    else { return nil }
    return line.prefixMatch(of: listMarkPattern)?.0.count
  }

  // A pattern is read anew wherever it stands. It transforms nothing, so that all threads may use it.
  private nonisolated(unsafe) static let listMarkPattern =
    /(?:[-*+:]|#\.|\(?(?:[0-9]{1,9}|[A-Za-z]|@[\w-]*)[.)])(?=[ \t])/

  /// How many characters stand before it.
  var indentation: Int { prefix.count }

  /// What stands before the lines that follow it, for a block that takes its place.
  package var continuation: String { String(prefix.map { $0 == ">" || $0.isWhitespace ? $0 : " " }) }

  package var isCell: Bool {
    info.hasPrefix("{swift") && info.dropFirst(6).first.map { " ,}".contains($0) } ?? false
  }

  /// The languages that run in other tools, behind a brace.
  private static let otherLanguages: Set<Substring> = [
    "python", "r", "julia", "ojs", "bash", "sh", "sql", "javascript", "js", "node", "rust", "stan", "octave",
  ]

  /// The language of a cell that other tools would run, such as `{python}`; nil for anything else, and within code that is indented.
  var otherLanguage: String? { indentation < 4 ? Self.otherLanguage(info) : nil }

  static func otherLanguage(_ text: Substring) -> String? {
    guard text.first == "{" else { return nil }
    let word = text.dropFirst().prefix { $0.isLetter }
    let next = text[word.endIndex...].first
    return otherLanguages.contains(Substring(word.lowercased()))
      && (next == "}" || next == " " || next == ",") ? String(word) : nil
  }

  /// What the braces hold besides `swift`.
  var unknownAttributes: String? {
    let trimmed = info.filter { $0 != " " && $0 != "\t" }
    return trimmed == "{swift}" ? nil : String(info)
  }

  /// A line of the block without what stands before it: the marks of quotations, and as many columns as the fence has
  /// before it.
  package func content(of line: Substring) -> Substring {
    var cursor = Cursor(line)
    for _ in 0..<quotes {
      var quoted = cursor
      quoted.skipBlanks()
      guard quoted.rest.first == ">" else { return cursor.rest }
      quoted.advance()
      if quoted.rest.first == " " { quoted.advance() }
      cursor = quoted
    }
    let start = cursor.column
    while cursor.column - start < width, let blank = cursor.rest.first, blank == " " || blank == "\t" {
      cursor.advance()
    }
    return cursor.rest
  }

  package func isClosed(by line: Substring) -> Bool {
    guard !isLeft(by: line) else { return false }
    let content = content(of: line).drop { $0 == " " || $0 == "\t" }
    let run = content.prefix { $0 == marker.first }
    return run.count >= marker.count && content.dropFirst(run.count).allSatisfy(\.isWhitespace)
  }

  /// Whether a line stands outside the quotation that the block stands in.
  package func isLeft(by line: Substring) -> Bool {
    quotes > 0 && line.first { $0 != " " && $0 != "\t" } != ">"
  }

  /// A place in a line; a tab goes to the next fourth column.
  private struct Cursor {
    var rest: Substring
    var column = 0

    init(_ line: Substring) { rest = line }

    mutating func advance() {
      column += rest.first == "\t" ? 4 - column % 4 : 1
      rest = rest.dropFirst()
    }

    mutating func skipBlanks() {
      while rest.first == " " || rest.first == "\t" { advance() }
    }
  }
}
