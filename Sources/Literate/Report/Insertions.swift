import CellRecords
import Foundation

/// Long pieces of a page, such as images, for which short names stand while Pandoc writes it: Pandoc need not read
/// and write what it does not change.
struct Insertions {
  private var texts: [String: String] = [:]

  private static let mark = "neuronbook-insertion-"
  private static let digits = 64

  /// The name that stands for a text; the key says which text it is.
  mutating func name(_ text: String, key: String) -> String {
    let name = Self.mark + Digest.sha256(Data(key.utf8))
    texts[name] = text
    return name
  }

  mutating func add(_ others: Insertions) {
    texts.merge(others.texts) { first, _ in first }
  }

  /// A text with each name in it replaced by what it stands for.
  func inserted(into text: String) -> String {
    let parts = text.components(separatedBy: Self.mark)
    var result = parts[0]
    for part in parts.dropFirst() {
      result += texts[Self.mark + part.prefix(Self.digits)] ?? ""
      result += part.dropFirst(Self.digits)
    }
    return result
  }
}
