import Foundation

/// A kept value's file: a header in the first line, with the key and the digest of the rest; then the value as JSON.
public enum KeptValue {
  private struct Header: Codable {
    var digest: String
    var key: ContentKey
  }

  public static func data(for value: some Encodable, key: ContentKey) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let body = try encoder.encode(value)
    return try encoder.encode(Header(digest: Digest.sha256(body), key: key)) + Data("\n".utf8) + body
  }

  public static func value<Value: Decodable>(in data: Data, as type: Value.Type) -> Value? {
    guard let (header, body) = parts(of: data), Digest.sha256(body) == header.digest else { return nil }
    return try? JSONDecoder().decode(Value.self, from: body)
  }

  /// The keys of the entries in a folder whose names begin so.
  public static func keys(in folder: URL, withPrefix prefix: String) -> [ContentKey] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".json") }.sorted().compactMap { name in
      guard let data = try? Data(contentsOf: folder.appending(path: name)) else { return nil }
      return parts(of: data)?.header.key
    }
  }

  /// Whether a file holds a value as it was written.
  public static func isWhole(_ url: URL) -> Bool {
    guard let data = try? Data(contentsOf: url), let (header, body) = parts(of: data) else { return false }
    return Digest.sha256(body) == header.digest
  }

  private static func parts(of data: Data) -> (header: Header, body: Data)? {
    guard let end = data.firstIndex(of: UInt8(ascii: "\n")),
      let header = try? JSONDecoder().decode(Header.self, from: data[..<end])
    else { return nil }
    return (header, Data(data.suffix(from: data.index(after: end))))
  }
}
