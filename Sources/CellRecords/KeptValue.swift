import Base
import Foundation
import Text

/// A kept value, with what it was computed from.
///
/// Its file has the digest of the rest in the first line, the key and what the computation read in the second, then the value
/// as JSON.
public struct KeptValue: Sendable {
  private struct Header: Codable {
    var key: ContentKey
    var inputs: [Input]
  }

  private var header: Header
  private var body: Data

  public var key: ContentKey { header.key }
  /// What the computation read.
  public var inputs: [Input] { header.inputs }

  public init(_ value: some Encodable, key: ContentKey, inputs: [Input]) throws {
    header = Header(key: key, inputs: inputs)
    body = try Self.encoder.encode(value)
  }

  /// Reads what `data` gave; nil where it is not whole.
  public init?(_ data: Data) {
    guard let first = data.firstLineFeed,
      case let rest = data[data.index(after: first)...],
      data[..<first].elementsEqual(Digest.sha256(Data(rest)).utf8),
      let second = rest.firstLineFeed,
      let header = try? JSONDecoder().decode(Header.self, from: Data(rest[..<second]))
    else { return nil }
    self.header = header
    body = Data(rest[rest.index(after: second)...])
  }

  public var data: Data {
    get throws {
      let rest = try Self.encoder.encode(header) + [Self.newline] + body
      return Data(Digest.sha256(rest).utf8) + [Self.newline] + rest
    }
  }

  /// The value; nil where it is of another type.
  public func value<Value: Decodable>(as type: Value.Type) -> Value? {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try? decoder.decode(Value.self, from: body)
  }

  /// The name of the file of a value.
  public static func fileName(_ name: String, _ key: ContentKey) -> String {
    prefix(name) + key.hexadecimal.prefix(20) + ".json"
  }

  private static func prefix(_ name: String) -> String {
    String(name.map { $0.isLetter || $0.isNumber ? $0 : "-" }) + "-"
  }

  /// The keys of the values of this name that are kept in a folder: of the last ones, where there are many.
  public static func keys(of name: String, in folder: URL) -> [ContentKey] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    func lastUse(_ name: String) -> Int {
      var status = stat()
      return stat(folder.appending(path: name).path, &status) == 0 ? Int(status.st_mtim.tv_sec) : 0
    }
    var own = names.filter { $0.hasPrefix(prefix(name)) && $0.hasSuffix(".json") }.sorted()
    if own.count > most {
      let uses = own.map { (name: $0, time: lastUse($0)) }.sorted { ($1.time, $0.name) < ($0.time, $1.name) }
      own = uses.prefix(most).map(\.name).sorted()
    }
    return own.compactMap { name in
      (try? Data(ofFile: folder.appending(path: name).path)).flatMap { KeptValue($0) }?.key
    }
  }

  /// How many values of a name are looked at to say why there is none: of thousands of models each would read all others.
  private static let most = 50

  /// Whether a file holds a value as it was written, under the name of its own key.
  public static func isWhole(_ url: URL) -> Bool {
    guard let data = try? Data(ofFile: url.path), let kept = KeptValue(data) else { return false }
    return url.lastPathComponent.hasSuffix("-" + kept.key.hexadecimal.prefix(20) + ".json")
  }

  private static let newline = UInt8(ascii: "\n")

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // What was computed and is no number is a result too.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }
}
