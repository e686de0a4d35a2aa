import CellRecords
import Foundation
import Text

/// Long pieces of a page, such as images, for which short names stand while Pandoc writes it: Pandoc need not read
/// and write what it does not change.
struct Insertions: Sendable {
  private var texts: [String: String] = [:]

  private static let mark = "neuronbook-insertion-"
  private static let length = mark.utf8.count + 64

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
    String(decoding: bytes(insertedInto: text), as: UTF8.self)
  }

  /// The UTF-8 of that text.
  func bytes(insertedInto text: String) -> [UInt8] {
    var result: [UInt8] = []
    var rest = text[...]
    while let start = rest.firstUTF8Range(of: Self.mark)?.lowerBound {
      result += rest[..<start].utf8
      let name = rest[start...].utf8.prefix(Self.length)
      result += texts[String(decoding: name, as: UTF8.self)].map { Array($0.utf8) } ?? Array(name)
      rest = rest[name.endIndex...]
    }
    return result + Array(rest.utf8)
  }
}
