import Foundation

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
    guard let fields = Self.fields(ofJSON: json) else {
      return add(name, String(decoding: json, as: UTF8.self))
    }
    for field in fields { add(field.name, String(decoding: json[field.value], as: UTF8.self)) }
  }

  /// The fields of an object and where their values lie; nil for anything else.
  private static func fields(ofJSON json: Data) -> [(name: String, value: Range<Int>)]? {
    json.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, bytes.first == UInt8(ascii: "{"), bytes.count > 2 else {
        return nil
      }
      var fields: [(String, Range<Int>)] = []
      var place = 1
      /// The place behind the text that begins here: a dataset is a text of a million letters.
      func endOfText(_ start: Int) -> Int? {
        var end = start + 1
        while let found = memchr(base + end, Int32(UInt8(ascii: "\"")), bytes.count - end) {
          end = base.distance(to: found) + 1
          let slashes = bytes[..<(end - 1)].reversed().prefix { $0 == UInt8(ascii: "\\") }.count
          if slashes % 2 == 0 { return end }
        }
        return nil
      }
      while place < bytes.count, bytes[place] == UInt8(ascii: "\""), let end = endOfText(place) {
        let name = String(decoding: bytes[place + 1..<end - 1], as: UTF8.self)
        let start = end + 1
        place = start
        var depth = 0
        scan: while place < bytes.count {
          switch bytes[place] {
          case UInt8(ascii: "\""):
            guard let end = endOfText(place) else { return nil }
            place = end
            continue scan
          case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
          case UInt8(ascii: "}") where depth == 0, UInt8(ascii: ",") where depth == 0: break scan
          case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
          default: break
          }
          place += 1
        }
        fields.append((name, json.startIndex + start..<json.startIndex + place))
        place += 1
      }
      return place == bytes.count ? fields : nil
    }
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
