import Base
import CProcess
import CellRecords
import Foundation
import LinearAlgebra
import Synchronization

/// A value that costs, computed once and kept: the same name, key and code give the kept value, in any chapter.
///
/// The key must hold everything that the value depends on besides the block itself with the functions, types and constants of
/// the chapter that it names, the files that it reads, the sources of networks and analyses and the kernels of matrix
/// products, which are part of it by themselves. Two chapters that ask for one value at once compute it once. A damaged entry
/// is computed again, with a warning.
///
/// - Parameters:
///   - name: What the value is, such as "model".
///   - key: Everything that it depends on: configuration, seeds, data.
///   - compute: Makes the value; called only where it is not kept.
public func cached<Key: Encodable, Value: Codable>(
  _ name: String, key: Key, file: StaticString = #filePath, line: UInt = #line, _ compute: () throws -> Value
) throws -> Value {
  try kept(
    name, key: key, isAnalysed: true, code: ChapterProgram.code(file: "\(file)", line: Int(line)), compute)
}

/// A value that costs, computed once and kept, named by the code that computes it.
///
/// That is the block with all that it names in the chapter, transitively: functions, types, constants, what makes these, and
/// parameters; besides, the profile, the chapter's environment, what it has read by then, the sources of networks and analyses and the kernels of
/// matrix products. So a changed figure leaves it as it is, and nothing need be said of what it depends on. Where one line
/// computes several values, as in a loop or a function, they must be told apart by a key.
///
/// - Parameters:
///   - name: What the value is, such as "sufficient sets".
///   - compute: Makes the value; called only where it is not kept.
public func cached<Value: Codable>(
  _ name: String, file: StaticString = #filePath, line: UInt = #line, column: UInt = #column,
  _ compute: () throws -> Value
) throws -> Value {
  // Outside a chapter there is no code to name it by.
  guard let code = ChapterProgram.code(file: "\(file)", line: Int(line)) else { return try compute() }
  guard keylessValues.withLock({ $0.insert(code + name).inserted }) else {
    ChapterProgram.fail(
      "“\(name)” is computed here a second time, and without a key it would be the first value again. "
        + "Name what differs: cached(\"\(name)\", key: …).", file: file, line: line, column: column)
  }
  let inputs = ChapterProgram.inputs(since: 0)
  // What depends on the time of day is another value each time.
  guard !inputs.contains(where: { $0.kind == .unfollowed }) else { return try compute() }
  let read = inputs.map { "\($0.kind.rawValue) \($0.path) \($0.content)" }.sorted()
  let known = Set(ProgramEnvironment.own + ProgramEnvironment.inherited)
  let environment = ProcessInfo.processInfo.environment.filter {
    !known.contains($0.key) && !$0.key.hasPrefix("NEURONBOOK_")
  }
  return try kept(
    name, key: KeylessValue(profile: profile, read: read, environment: environment), isAnalysed: true,
    code: code, compute)
}

/// What a value without a key depends on besides its code.
private struct KeylessValue: Encodable {
  var profile: Profile
  /// What the chapter has read, looked for or listed by then.
  var read: [String]
  /// The variables that the chapter asks for.
  var environment: [String: String]
}

/// The values without a key that were asked for, by their code and name.
private let keylessValues = Mutex<Set<String>>([])

/// - Parameters:
///   - isAnalysed: Whether the value depends on the analyses too; a trained model does not.
///   - code: The digest of the chapter's code that computes the value; nil where that is the library's.
func kept<Key: Encodable, Value: Codable>(
  _ name: String, key: Key, isAnalysed: Bool, code: String? = nil, _ compute: () throws -> Value
) throws -> Value {
  let environment = ProcessInfo.processInfo.environment
  guard let path = environment[ProgramEnvironment.cache] else { return try compute() }
  let contentKey = try valueKey(
    name, key, Value.self, isAnalysed: isAnalysed, code: code,
    modelSources: environment[ProgramEnvironment.modelSources])
  let folder = URL(filePath: path)
  try ChapterProgram.withoutRecording {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }
  let entry = folder.appending(path: KeptValue.fileName(name, contentKey))

  // The second to ask waits here until the first has written.
  let lock = ChapterProgram.withoutRecording {
    open(entry.path + ".lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
  }
  if lock >= 0 { flock(lock, LOCK_EX) }
  defer { if lock >= 0 { close(lock) } }

  let found = ChapterProgram.withoutRecording { find(entry, contentKey, as: Value.self) }
  if let (value, inputs) = found.kept {
    // Who takes the value depends on what it was computed from.
    for input in inputs { ChapterProgram.note(input) }
    ChapterProgram.append(.cached(name: name, computedBecause: nil))
    return value
  }
  let others = ChapterProgram.withoutRecording {
    KeptValue.keys(of: name, in: folder)
  }
  let readBefore = process_reads_anew()
  let value = try compute()
  ChapterProgram.withoutRecording {
    do {
      try KeptValue(value, key: contentKey, inputs: ChapterProgram.inputs(since: readBefore)).data
        .writeWhole(to: entry, through: ChapterProgram.drafts)
    } catch {
      // A full or read-only disk costs the next run time, not this one its result.
      FileHandle.standardError.write(
        Data("warning: \"\(name)\" can't be kept: \(systemReason(of: error))\n".utf8))
    }
  }
  ChapterProgram.append(
    .cached(name: name, computedBecause: found.miss ?? contentKey.reason(among: others)))
  return value
}

/// The value of an entry with what it was computed from, or why the entry does not hold it; neither where there is no entry.
private func find<Value: Decodable>(_ entry: URL, _ key: ContentKey, as type: Value.Type) -> (
  kept: (Value, [Input])?, miss: String?
) {
  guard let data = try? Data(ofFile: entry.path) else { return (nil, nil) }
  guard let kept = KeptValue(data), kept.key == key, let value = kept.value(as: Value.self) else {
    FileHandle.standardError.write(
      Data("warning: the kept value in \(entry.lastPathComponent) is damaged; computing it again\n".utf8))
    return (nil, "the kept value is damaged")
  }
  let change = kept.inputs.lazy.compactMap { $0.change(from: ChapterProgram.chapterFolder) }.first
  guard change == nil else { return (nil, change) }
  // The time of the file is that of its last use.
  truncate(entry.path, off_t(data.count))
  return ((value, kept.inputs), nil)
}

private func valueKey(
  _ name: String, _ key: some Encodable, _ type: Any.Type, isAnalysed: Bool, code: String?,
  modelSources: String?
) throws -> ContentKey {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  var contentKey = ContentKey()
  contentKey.add("its name", name)
  contentKey.add("its type", String(reflecting: type))
  contentKey.addFields(ofJSON: try encoder.encode(key), otherwise: "key")
  contentKey.addCircumstances(code: code, isAnalysed: isAnalysed, modelSources: modelSources)
  return contentKey
}

extension ContentKey {
  /// Adds what a kept value depends on besides its name and its key.
  mutating func addCircumstances(code: String?, isAnalysed: Bool, modelSources: String?) {
    if let code { add("the code that computes it", code) }
    add("the matrix kernels", productKernels)
    let modules =
      modelSources.flatMap { try? JSONDecoder().decode([String: String].self, from: Data($0.utf8)) } ?? [:]
    for (module, digest) in modules.sorted(by: { $0.key < $1.key })
    where isAnalysed || !["Analyses", "KnownRoleModels"].contains(module) {
      add("module \(module)", digest)
    }
  }
}
