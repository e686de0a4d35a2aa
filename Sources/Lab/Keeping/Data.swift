import CellRecords
import Foundation

/// The content of a file beside the chapter.
///
/// The file becomes part of what the chapter depends on: when its content changes, the chapter is run again.
///
/// - Parameter path: The path from the chapter's folder.
/// - Throws: `DataError` where the file can't be read.
public func data(_ path: String) throws -> Data {
  let folder = ProcessInfo.processInfo.environment[ProgramEnvironment.chapterFolder] ?? "."
  let url = URL(filePath: folder, directoryHint: .isDirectory).appending(path: path)
  let content: Data
  do {
    content = try Data(contentsOf: url)
  } catch {
    throw DataError(path: path, reason: systemReason(of: error))
  }
  ChapterProgram.append(.read(path: path, digest: Digest.sha256(content)))
  return content
}

/// A file that a cell asked for and that can't be read.
public struct DataError: Error, CustomStringConvertible, Sendable {
  public var path: String
  public var reason: String

  public var description: String {
    "the file \"\(path)\", looked for in the chapter's folder, can't be read: \(reason)"
  }
}
