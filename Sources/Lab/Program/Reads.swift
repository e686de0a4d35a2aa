import CProcess
import CellRecords
import Foundation

/// What the chapter's program reads, by whatever library, becomes part of what its results depend on.
extension ChapterProgram {
  /// The folder of the chapter's Markdown.
  static var chapterFolder: URL {
    URL(
      filePath: ProcessInfo.processInfo.environment[ProgramEnvironment.chapterFolder] ?? ".",
      directoryHint: .isDirectory)
  }

  static func recordReads(in file: URL, passingOver passedOver: [String]) {
    Confinement.withPaths(passedOver) { process_record_reads(file.path, $0, Int32(passedOver.count)) }
  }

  /// Does what belongs to the library: it is no input of the chapter.
  static func withoutRecording<Result>(_ work: () throws -> Result) rethrows -> Result {
    process_pause_reads()
    defer { process_resume_reads() }
    return try work()
  }

  /// What was read since the file of reads had some length.
  static func inputs(since length: Int64) -> [Input] {
    withoutRecording {
      guard let file = readsFile, let log = try? Data(contentsOf: file) else { return [] }
      return Input.seen(in: log.dropFirst(Int(length)), from: chapterFolder)
    }
  }

  /// Notes an input of a value that is taken, as if it had been read.
  static func note(_ input: Input) {
    let place = input.kind == .unfollowed ? input.path : input.absolutePath(from: chapterFolder)
    process_note_read(CChar(bitPattern: input.kind.rawValue.utf8.first ?? 0), place)
  }
}
