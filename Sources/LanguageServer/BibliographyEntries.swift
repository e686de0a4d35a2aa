import Foundation
import Literate
import Text

/// The entries of a book's bibliography as they are written.
struct BibliographyEntries {
  private let source: Source?

  init(_ book: Book) {
    source = book.bibliography.flatMap { try? Source(reading: $0.url, path: $0.url.standardizedFileURL.path) }
  }

  /// The line on which an entry begins, from 0.
  private func line(of key: String) -> Int? {
    source?.lines.firstIndex { line in
      guard let match = line.firstMatch(of: /^\s*@\w+\s*[{(]\s*(?<key>[^,\s]+)/) else { return false }
      return match.key == key
    }
  }

  /// The lines of an entry, to the next one or an empty line.
  private func lines(of key: String) -> [Substring] {
    guard let source, let first = line(of: key) else { return [] }
    let rest = source.lines[(first + 1)...].prefix {
      !$0.hasPrefix("@") && $0.contains { !$0.isWhitespace }
    }
    return [source.lines[first]] + rest
  }

  /// An entry for who looks it up; nil where there is none.
  func about(_ key: String) -> String? {
    let lines = lines(of: key)
    return lines.isEmpty ? nil : "```bibtex\n\(lines.joined(separator: "\n"))\n```"
  }

  func title(of key: String) -> String? {
    for line in lines(of: key) {
      if let match = line.firstMatch(of: /\btitle\s*=\s*[{"]+(?<title>.*?)[}"]+,?\s*$/.ignoresCase()) {
        return String(match.title.filter { !"{}".contains($0) })
      }
    }
    return nil
  }

  /// Where an entry stands.
  func location(of key: String) -> JSON? {
    guard let source, let line = line(of: key) else { return nil }
    return .object([
      "uri": .string(source.url.standardizedFileURL.absoluteString),
      "range": TextRange(line: line, 0..<source.lines[line].utf16.count).json,
    ])
  }
}
