import Base
import CellRecords
import Foundation

/// The content of a file beside the chapter.
///
/// Like every file that a chapter reads, it becomes part of what the chapter depends on: when its content changes, the
/// chapter is run again.
///
/// - Parameter path: The path from the chapter's folder.
/// - Throws: `DataError` where the file can't be read.
public func data(_ path: String) throws -> Data {
  do {
    return try Data(ofFile: ChapterProgram.chapterFolder.appending(path: path).path)
  } catch {
    throw DataError(path: path, reason: systemReason(of: error))
  }
}

/// A file that a cell asked for and that can't be read.
public struct DataError: Error, CustomStringConvertible, Sendable {
  /// As the cell asked for it, relative to the chapter's folder.
  public var path: String
  /// What the system says.
  public var reason: String

  public var description: String {
    "the file \"\(path)\", looked for in the chapter's folder, can't be read: \(reason)"
  }
}
