import CellRecords
import Foundation

/// Long pieces of a page, such as images, for which short names stand while Pandoc writes it: Pandoc need not read
/// and write what it does not change.
struct Insertions: Sendable {
  private(set) var texts: [String: String] = [:]

  private static let mark = "neuronbook-insertion-"
  private static let digits = 64

  /// The name that stands for the text of a key.
  static func name(for key: String) -> String { mark + Digest.sha256(Data(key.utf8)) }

  /// The name that stands for a text; the key says which text it is.
  mutating func name(_ text: String, key: String) -> String {
    let name = Self.name(for: key)
    texts[name] = text
    return name
  }

  mutating func add(_ others: Insertions) { add(others.texts) }

  mutating func add(_ others: [String: String]) {
    texts.merge(others) { first, _ in first }
  }

  /// A text with each name in it replaced by what it stands for; names that stand for nothing here stay.
  func inserted(into text: String) -> String {
    let parts = text.components(separatedBy: Self.mark)
    var result = parts[0]
    for part in parts.dropFirst() {
      let name = Self.mark + part.prefix(Self.digits)
      if let text = texts[name] {
        result += text
        result += part.dropFirst(Self.digits)
      } else {
        result += Self.mark + part
      }
    }
    return result
  }
}
