import Foundation
import Text

/// The name of some result by everything that it depends on: named parts, each a digest or a short value.
public struct ContentKey: Codable, Sendable, Equatable {
  public struct Part: Codable, Sendable, Equatable {
    public var name: String
    public var content: String

    public init(name: String, content: String) {
      self.name = name
      self.content = content
    }
  }

  public private(set) var parts: [Part] = []

  public init() {}

  /// Adds a part by its content.
  public mutating func add(_ name: String, _ content: String) {
    parts.append(
      Part(name: name, content: content.utf8.count <= 40 ? content : Digest.sha256(Data(content.utf8))))
  }

  /// Adds the fields of an object one by one, so that a miss can say which of them changed; anything else as one part.
  ///
  /// - Parameters:
  ///   - json: As `JSONEncoder` writes it: without white space.
  ///   - name: What it is called that has no fields.
  public mutating func addFields(ofJSON json: Data, otherwise name: String) {
    guard let fields = json.fieldsOfJSON else {
      return add(name, String(decoding: json, as: UTF8.self))
    }
    for field in fields { add(field.name, String(decoding: json[field.value], as: UTF8.self)) }
  }

  /// 64 hexadecimal digits.
  public var hexadecimal: String {
    var digest = Digest()
    for part in parts { digest.add(part.name, part.content) }
    return digest.hexadecimal
  }

  /// The names of the parts in which another key differs, in this key's order.
  public func differences(from other: ContentKey) -> [String] {
    let theirs = Dictionary(other.parts.map { ($0.name, $0.content) }, uniquingKeysWith: { $1 })
    let changed = parts.filter { theirs[$0.name] != $0.content }.map { part in
      theirs[part.name] == nil ? "\(part.name) is new" : "\(part.name) changed"
    }
    let ours = Set(parts.map(\.name))
    return changed + other.parts.filter { !ours.contains($0.name) }.map { "\($0.name) is gone" }
  }

  /// Why there is no result under this key, seen from the nearest of the keys that there are.
  public func reason(among others: [ContentKey]) -> String {
    let differences = others.map { self.differences(from: $0) }
    guard let nearest = differences.min(by: { $0.count < $1.count }) else { return "never made before" }
    guard !nearest.isEmpty else { return "the kept one was damaged or unfinished" }
    return nearest.prefix(6).joined(separator: ", ")
      + (nearest.count > 6 ? " and \(nearest.count - 6) more" : "")
  }
}
