import Base
import CellRecords
import Foundation

/// The jobs of Slurm that were given points of a sweep: the command lines of each, and what its tasks printed.
struct SlurmFolder {
  let url: URL
  private let sweep: SweepFolder

  init(_ sweep: SweepFolder) {
    self.sweep = sweep
    url = sweep.url.appending(path: "slurm")
  }

  /// The name of its jobs in the queue.
  var jobName: String { "neuronbook-" + sweep.name }

  /// Writes the command lines of the tasks of a job, a line each.
  func write(_ tasks: [SweepTask]) throws -> URL {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    let file = url.appending(path: "tasks-\(UUID().uuidString).txt")
    try Data(tasks.map { $0.commandLine + "\n" }.joined().utf8).writeWhole(to: file, through: sweep.drafts)
    return file
  }

  /// Remembers which job was given some command lines.
  func note(_ file: URL, job: String) throws {
    try Data(file.lastPathComponent.utf8).writeWhole(
      to: url.appending(path: job + ".job"), through: sweep.drafts)
  }

  /// The numbers of all jobs.
  var jobs: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return names.filter { $0.hasSuffix(".job") }.map { String($0.dropLast(4)) }.sorted()
  }

  /// The keys of the points of each task of a job.
  func keys(of job: String) -> [[String]] {
    guard let name = try? Data(ofFile: url.appending(path: job + ".job").path),
      let lines = try? Data(ofFile: url.appending(path: String(decoding: name, as: UTF8.self)).path)
    else { return [] }
    let prefix = sweep.taskKey("")
    return String(decoding: lines, as: UTF8.self).split(separator: "\n").map { line in
      line.split(separator: " ").filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
  }

  /// How many jobs had some of these points before.
  func tries(_ tasks: [SweepTask]) -> Int {
    let wanted = Set(tasks.flatMap(\.keys))
    return jobs.count { job in keys(of: job).contains { $0.contains(where: wanted.contains) } }
  }
}
