import CellRecords
import Foundation
import LinearAlgebra

/// A value that costs, computed once and kept: the same name and key give the kept value, in any chapter.
///
/// The key must hold everything that the value depends on besides the sources of networks and analyses and the kernels of
/// matrix products, which are part of it by themselves. Two chapters that ask for one value at once compute it once. A damaged entry
/// is computed again, with a warning.
///
/// - Parameters:
///   - name: What the value is, such as "model".
///   - key: Everything that it depends on: configuration, seeds, data.
///   - compute: Makes the value; called only where it is not kept.
public func cached<Key: Encodable, Value: Codable>(
  _ name: String, key: Key, _ compute: () throws -> Value
) throws -> Value {
  try kept(name, key: key, isAnalysed: true, compute)
}

/// - Parameter isAnalysed: Whether the value depends on the analyses too; a trained model does not.
func kept<Key: Encodable, Value: Codable>(
  _ name: String, key: Key, isAnalysed: Bool, _ compute: () throws -> Value
) throws -> Value {
  let environment = ProcessInfo.processInfo.environment
  guard let path = environment[ProgramEnvironment.cache] else { return try compute() }
  let contentKey = try valueKey(
    name, key, Value.self, isAnalysed: isAnalysed, modelSources: environment[ProgramEnvironment.modelSources])
  let folder = URL(filePath: path)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  let slug = String(name.map { $0.isLetter || $0.isNumber ? $0 : "-" })
  let entry = folder.appending(path: "\(slug)-\(contentKey.hexadecimal.prefix(20)).json")

  // The second to ask waits here until the first has written.
  let lock = open(entry.path + ".lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
  if lock >= 0 { flock(lock, LOCK_EX) }
  defer { if lock >= 0 { close(lock) } }

  var reason: String?
  if let kept = try? Data(contentsOf: entry) {
    if let value = KeptValue.value(in: kept, as: Value.self) {
      // The time of the file is that of its last use.
      try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: entry.path)
      ChapterProgram.append(.cached(name: name, computedBecause: nil))
      return value
    }
    reason = "the kept value is damaged"
    FileHandle.standardError.write(
      Data("warning: the kept value of \"\(name)\" is damaged; computing it again (\(entry.path))\n".utf8))
  }
  let others = KeptValue.keys(in: folder, withPrefix: slug + "-")
  let value = try compute()
  do {
    try KeptValue.data(for: value, key: contentKey).write(to: entry, options: .atomic)
  } catch {
    // A full or read-only disk costs the next run time, not this one its result.
    FileHandle.standardError.write(
      Data("warning: \"\(name)\" can't be kept: \(systemReason(of: error))\n".utf8))
  }
  ChapterProgram.append(.cached(name: name, computedBecause: reason ?? contentKey.reason(among: others)))
  return value
}

private func valueKey(
  _ name: String, _ key: some Encodable, _ type: Any.Type, isAnalysed: Bool, modelSources: String?
) throws -> ContentKey {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  var contentKey = ContentKey()
  contentKey.add("its name", name)
  contentKey.add("its type", String(reflecting: type))
  // The fields of the key are told apart, so that a miss can say which of them changed.
  let encoded = try encoder.encode(key)
  if let fields = try? JSONSerialization.jsonObject(with: encoded) as? [String: Any] {
    for (field, content) in fields.sorted(by: { $0.key < $1.key }) {
      let data = try JSONSerialization.data(
        withJSONObject: content, options: [.sortedKeys, .fragmentsAllowed])
      contentKey.add(field, String(decoding: data, as: UTF8.self))
    }
  } else {
    contentKey.add("key", String(decoding: encoded, as: UTF8.self))
  }
  contentKey.add("the matrix kernels", productKernels)
  let modules =
    modelSources.flatMap { try? JSONDecoder().decode([String: String].self, from: Data($0.utf8)) } ?? [:]
  for (module, digest) in modules.sorted(by: { $0.key < $1.key })
  where isAnalysed || module != "Analyses" {
    contentKey.add("module \(module)", digest)
  }
  return contentKey
}
