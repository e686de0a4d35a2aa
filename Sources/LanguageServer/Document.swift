import Literate
import Text

/// A text that is open in the editor.
struct Document: Sendable {
  let uri: String
  let language: String
  private(set) var version: Int?
  private(set) var text: String {
    didSet { lines = Self.lines(of: text) }
  }
  private(set) var lines: [Substring]

  init(uri: String, language: String, version: Int?, text: String) {
    (self.uri, self.language, self.version, self.text) = (uri, language, version, text)
    lines = Self.lines(of: text)
  }

  /// Lines as those who read chapters count them.
  static func lines(of text: String) -> [Substring] {
    text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
  }

  /// Makes the changes of `textDocument/didChange`, each on what those before it left.
  mutating func apply(_ changes: [JSON], version: Int?) {
    var text = text
    for change in changes {
      guard let new = change["text"].string else { continue }
      guard let range = TextRange(change["range"]) else {
        text = new
        continue
      }
      let start = Self.index(of: range.start, in: text)
      let end = Self.index(of: max(range.start, range.end), in: text)
      text.replaceSubrange(start..<end, with: new)
    }
    self.version = version
    self.text = text
  }

  /// A place in a text; what lies behind the end of a line or of the text is at that end.
  private static func index(of position: Position, in text: String) -> String.Index {
    var start = text.startIndex
    for _ in 0..<position.line {
      guard let end = text[start...].firstIndex(where: \.isLineEnd) else { return text.endIndex }
      start = text.index(after: end)
    }
    let line = text[start...].prefix { !$0.isLineEnd }
    return line.prefix(utf16: position.character).endIndex
  }
}

extension Character {
  fileprivate var isLineEnd: Bool { self == "\n" || self == "\r\n" || self == "\r" }
}
