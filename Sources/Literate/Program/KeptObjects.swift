import Base
import CellRecords
import Foundation

/// The compiled files of a chapter's last program, so that the next one compiles only what was changed.
struct KeptObjects {
  /// The folder of the chapter's files.
  let folder: URL

  init(of chapter: ScannedChapter, in cache: URL) {
    folder = cache.appending(path: Self.folderName + "/" + chapter.slug, directoryHint: .isDirectory)
  }

  /// The folder in a cache with a folder for each chapter.
  static let folderName = "compiled"

  /// Writes the object that is kept under a key to a file.
  ///
  /// - Returns: Whether there is one, and it is whole.
  func take(_ key: String, to object: URL) -> Bool {
    guard let content = Self.content(of: place(of: key)), content.key == key else { return false }
    return (try? content.object.write(to: object)) != nil
  }

  /// Keeps some objects by their keys, and removes all that are not of this program. Where they can't be written, the next program
  /// is compiled anew.
  func keep(_ objects: [String: URL], of program: Set<String>) {
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (key, object) in objects {
      guard let data = try? Data(ofFile: object.path) else { continue }
      try? Digest.sealed(Data(key.utf8) + data).write(to: place(of: key), options: .atomic)
    }
    let names = Set(program.map { place(of: $0).lastPathComponent })
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    where !names.contains(name) {
      try? FileManager.default.removeItem(at: folder.appending(path: name))
    }
  }

  /// Whether all in a chapter's folder is as it was written.
  static func areWhole(in folder: URL) -> Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.allSatisfy { name in
      content(of: folder.appending(path: name)).map { fileName($0.key) == name } ?? false
    }
  }

  private func place(of key: String) -> URL { folder.appending(path: Self.fileName(key)) }

  private static func fileName(_ key: String) -> String { key.prefix(20) + ".o" }

  private static func content(of file: URL) -> (key: String, object: Data)? {
    guard let data = (try? Data(ofFile: file.path)).flatMap(Digest.unsealed), data.count > 64 else {
      return nil
    }
    return (String(decoding: data.prefix(64), as: UTF8.self), Data(data.dropFirst(64)))
  }
}
