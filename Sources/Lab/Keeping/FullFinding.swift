import Base
import CellRecords
import Foundation

/// A finding of the full profile, which takes too long for every build: computed by `--profile full` alone, and read from a
/// small file by the others, so that a chapter can show it beside its own.
///
/// The full profile writes `findings/NAME.json` below the folder of the report. Put beside the chapters, as `make full`
/// does, the file is read by the other profiles.
///
/// - Returns: The finding; nil in another profile, where the file is not there yet.
/// - Throws: What `compute` throws; `DataError` for a file that is not of this type.
public func fullFinding<Value: Codable>(_ name: String, _ compute: () throws -> Value) throws -> Value? {
  let environment = ProcessInfo.processInfo.environment
  let path = "findings/\(name).json"
  guard profile == .full else {
    let file = ChapterProgram.chapterFolder.appending(path: path)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    do {
      return try JSONDecoder().decode(Value.self, from: data(path))
    } catch let error as DecodingError {
      throw DataError(path: path, reason: "it is not a \(Value.self): \(error). Make it anew: make full")
    }
  }
  let value = try compute()
  // A program that lists or computes the points of a sweep writes no report.
  let mode = environment[ProgramEnvironment.sweepMode].flatMap(SweepMode.init)
  if mode != .planned, mode != .task, let output = environment[ProgramEnvironment.output] {
    let file = URL(filePath: output, directoryHint: .isDirectory).appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    try encoder.encode(value).writeWhole(to: file, through: ChapterProgram.drafts)
  }
  return value
}

/// When and on what the findings of the full profile were made, for the prose; what to do where there are none.
///
/// - Throws: `DataError` for a record that can't be read.
public func fullRecord() throws -> String {
  struct Run: Decodable {
    var commit: String?
    var compiler, processor, profile: String
    var cores: Int
  }
  if profile == .full { return "These findings were made with this page." }
  let path = "findings/run.json"
  guard FileManager.default.fileExists(atPath: ChapterProgram.chapterFolder.appending(path: path).path) else {
    return "The full profile was not run yet: `make full`."
  }
  let run: Run
  do {
    run = try JSONDecoder().decode(Run.self, from: data(path))
  } catch let error as DecodingError {
    throw DataError(path: path, reason: "it is not the record of a run: \(error)")
  }
  return "The record of the full run: commit \(run.commit ?? "unknown"), \(run.compiler), \(run.processor), "
    + "\(run.cores) cores; the whole of it is findings/run.json."
}
