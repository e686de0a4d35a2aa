import Base
import CellRecords
import Foundation
import Subprocess

/// Jobs of Slurm: arrays whose tasks each compute some points, with the time and memory that measured points took.
///
/// The variables of sbatch choose a partition or an account: `SBATCH_PARTITION`, `SBATCH_ACCOUNT`.
public struct SlurmExecutor: Executor {
  public let taskSeconds = 600.0
  public var width: Int
  /// Whether to wait for the end of the jobs.
  private let waits: Bool

  /// - Parameter width: How many tasks of an array run at once; 100 if not given.
  public init(width: Int?, waits: Bool) {
    self.width = width ?? 100
    self.waits = waits
  }

  /// Slurm's own limit is 1001 where a cluster does not say otherwise.
  private static let mostTasks = 1000

  public func run(_ tasks: [SweepTask], of sweep: ListedSweep) async throws -> String {
    let jobs = stride(from: 0, to: tasks.count, by: Self.mostTasks).map {
      Array(tasks[$0..<min(tasks.count, $0 + Self.mostTasks)])
    }
    // Each waits for its end, where that is wished.
    let names = try await inParallel(jobs, width: jobs.count) { try await submit($0, of: sweep) }
    return
      "Slurm's \(names.count == 1 ? "job" : "jobs") \(names.listed): \(tasks.count) tasks, \(width) at once"
      + (waits ? ", ended" : "")
  }

  /// - Returns: The number of the job.
  private func submit(_ tasks: [SweepTask], of sweep: ListedSweep) async throws -> String {
    let folder = SlurmFolder(sweep.folder)
    let file = try folder.write(tasks)
    var arguments = [
      "--parsable", "--array=1-\(tasks.count)%\(width)", "--job-name=\(folder.jobName)", "--ntasks=1",
      "--cpus-per-task=1", "--no-requeue", "--output=\(folder.url.path)/%A_%a.out",
      "--wrap=export NEURONBOOK_THREADS=1; sed -n ${SLURM_ARRAY_TASK_ID}p \(SweepTask.quoted(file.path)) | sh",
    ]
    arguments += Self.requests(SweepCost(of: sweep), tasks, tries: folder.tries(tasks))
    if waits { arguments.append("--wait") }
    let submitted = try await Tool.run(
      "sbatch", arguments, limit: .seconds(waits ? 30 * 86400 : 600), advice: Self.advice)
    let said = String(decoding: submitted.output, as: UTF8.self).trimmingCharacters(
      in: .whitespacesAndNewlines)
    let job = String(said.prefix { $0.isNumber })
    // With --wait the status is that of the tasks.
    guard !job.isEmpty else {
      throw Problem(
        "Slurm did not take the job: \(submitted.error.trimmingCharacters(in: .whitespacesAndNewlines))",
        advice: "See `sinfo`. A partition or an account is chosen by SBATCH_PARTITION and SBATCH_ACCOUNT.")
    }
    try folder.note(file, job: job)
    return job
  }

  /// What is asked for each task: what measured points took with room to spare, twice as much each time that a task is tried again.
  static func requests(_ cost: SweepCost?, _ tasks: [SweepTask], tries: Int) -> [String] {
    guard let cost, let points = tasks.map(\.keys.count).max() else { return [] }
    let margin = Double(1 << min(tries, 5))
    let seconds = (cost.seconds * Double(points - 1) + cost.mostSeconds) * 2 * margin + 120
    let minutes = min(30 * 24 * 60, Int((seconds / 60).rounded(.up)))
    let memory = cost.memory.map { held in
      "--mem=\(Int(((Double(held) * 1.3 * margin + 200e6) / 1e6).rounded(.up)))M"
    }
    return ["--time=\(minutes)"] + (memory.map { [$0] } ?? [])
  }

  private static let advice =
    "Install Slurm's client on a machine of the cluster (Debian: apt-get install slurm-client), or run the tasks otherwise: --local, --command."

  /// What squeue says of the points whose jobs it knows.
  public static func waiting(in folder: SweepFolder) async -> [String: String] {
    let folder = SlurmFolder(folder)
    let jobs = Set(folder.jobs)
    guard !jobs.isEmpty,
      let queue = try? await Tool.run(
        "squeue", ["--noheader", "--array", "--format=%F %K %T %r", "--name=\(folder.jobName)"],
        advice: advice),
      queue.status.isSuccess
    else { return [:] }
    var states: [String: String] = [:]
    var keys: [String: [[String]]] = [:]
    for line in String(decoding: queue.output, as: UTF8.self).split(separator: "\n") {
      let fields = line.split(separator: " ", maxSplits: 3).map(String.init)
      guard fields.count >= 3, jobs.contains(fields[0]), let index = Int(fields[1]) else { continue }
      let tasks = keys[fields[0]] ?? folder.keys(of: fields[0])
      keys[fields[0]] = tasks
      guard tasks.indices.contains(index - 1) else { continue }
      let reason = fields.count > 3 && fields[3] != "None" ? " (\(fields[3]))" : ""
      for key in tasks[index - 1] { states[key] = "Slurm \(fields[0])_\(index): \(fields[2])\(reason)" }
    }
    return states
  }
}
