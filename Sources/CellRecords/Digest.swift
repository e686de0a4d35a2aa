import Base
import CGLib
import Foundation

/// A SHA-256 digest of a sequence of parts, for keys that name content.
public struct Digest {
  private var lines: [String] = []

  public init() {}

  /// Adds a named part; the name and the length are part of the digest, so that parts can't run together.
  public mutating func add(_ name: String, _ bytes: some DataProtocol) {
    let data = Data(bytes)
    lines.append("\(name) \(data.count) \(Self.sha256(data))")
  }

  public mutating func add(_ name: String, _ text: String) {
    add(name, Data(text.utf8))
  }

  /// 64 hexadecimal digits.
  public var hexadecimal: String { Self.sha256(Data(lines.joined(separator: "\n").utf8)) }

  /// The SHA-256 of bytes, as 64 hexadecimal digits.
  public static func sha256(_ data: Data) -> String {
    data.withUnsafeBytes { bytes in
      let start = bytes.bindMemory(to: guchar.self).baseAddress
      guard let text = g_compute_checksum_for_data(G_CHECKSUM_SHA256, start, gsize(bytes.count)) else {
        return ""
      }
      defer { g_free(text) }
      return String(cString: text)
    }
  }

  /// The SHA-256 of a file's bytes, of which a small part is in memory at a time.
  package static func sha256(ofFile path: String) throws(RegularFile.Failure) -> String {
    let file = try RegularFile(path)
    guard let checksum = g_checksum_new(G_CHECKSUM_SHA256) else { return "" }
    defer { g_checksum_free(checksum) }
    let size = 1 << 20
    for start in stride(from: 0, to: file.count, by: size) {
      let bytes = try file.bytes(start..<min(start + size, file.count))
      bytes.withUnsafeBytes { part in
        g_checksum_update(checksum, part.bindMemory(to: guchar.self).baseAddress, gssize(part.count))
      }
    }
    return g_checksum_get_string(checksum).map { String(cString: $0) } ?? ""
  }

  /// The SHA-256 of bytes in base 64, as a page's policy names a script.
  public static func base64SHA256(_ data: Data) -> String {
    let digits = Array(sha256(data))
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(digits[$0..<$0 + 2]), radix: 16)
    }
    return Data(bytes).base64EncodedString()
  }
}
