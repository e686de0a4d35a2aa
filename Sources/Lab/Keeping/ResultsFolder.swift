import CellRecords
import Foundation

/// The folder for files that a chapter makes: `try data.save(to: resultsFolder.appending(path: "positioning.tsv"))`.
///
/// It is `results` below the folder of the report, or of a chapter's own package, and is made when it is first asked for.
/// Elsewhere a chapter may write only into its folder of temporary files, which is gone when it ends. Its files are no part
/// of the report: they stay as they are while the chapter is not run again.
public var resultsFolder: URL {
  let output = ProcessInfo.processInfo.environment[ProgramEnvironment.output] ?? "."
  let folder = URL(filePath: output, directoryHint: .isDirectory).appending(
    path: "results", directoryHint: .isDirectory)
  // Where it can't be made, writing into it says why.
  try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder
}
