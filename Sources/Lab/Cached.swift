import CellRecords
import Foundation

/// A value that costs, computed once and kept: the same name and key give the kept value, in any chapter.
///
/// The key must hold everything that the value depends on besides the sources of the network modules, which
/// are part of it by themselves. Two chapters that ask for one value at once compute it once. A damaged entry
/// is computed again, with a warning.
///
/// - Parameters:
///   - name: What the value is, such as "model".
///   - key: Everything that it depends on: configuration, seeds, data.
///   - compute: Makes the value; called only where it is not kept.
public func cached<Key: Encodable, Value: Codable>(
  _ name: String, key: Key, _ compute: () throws -> Value
) throws -> Value {
  let environment = ProcessInfo.processInfo.environment
  guard let path = environment[CacheEnvironment.folder] else { return try compute() }
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  var digest = Digest()
  digest.add("name", name)
  digest.add("key", try encoder.encode(key))
  digest.add("type", String(reflecting: Value.self))
  digest.add("sources", environment[CacheEnvironment.modelSources] ?? "")
  let folder = URL(filePath: path)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  let slug = String(name.map { $0.isLetter || $0.isNumber ? $0 : "-" })
  let entry = folder.appending(path: "\(slug)-\(digest.hexadecimal.prefix(20)).json")

  // The second to ask waits here until the first has written.
  let lock = open(entry.path + ".lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
  if lock >= 0 { flock(lock, LOCK_EX) }
  defer { if lock >= 0 { close(lock) } }

  if let kept = try? Data(contentsOf: entry) {
    if let value = CachedEntry.value(in: kept, as: Value.self) { return value }
    FileHandle.standardError.write(
      Data("warning: the kept value of \"\(name)\" is damaged; computing it again (\(entry.path))\n".utf8))
  }
  let value = try compute()
  try CachedEntry.data(for: value).write(to: entry, options: .atomic)
  return value
}

/// A kept value's file: the digest of the value in the first line, then the value as JSON.
enum CachedEntry {
  static func data(for value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let body = try encoder.encode(value)
    return Data(Digest.sha256(body).utf8) + Data("\n".utf8) + body
  }

  static func value<Value: Decodable>(in data: Data, as type: Value.Type) -> Value? {
    guard let end = data.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let body = data.suffix(from: data.index(after: end))
    guard Digest.sha256(Data(body)) == String(decoding: data[..<end], as: UTF8.self) else { return nil }
    return try? JSONDecoder().decode(Value.self, from: body)
  }
}
