import CellRecords
import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// Processes of this machine, within its cores and memory as chapters are.
public struct LocalExecutor: Executor {
  public let taskSeconds = 20.0
  public var width: Int
  /// What all may hold together, in bytes.
  var memoryLimit: Int
  private let report: @Sendable (String) -> Void

  /// - Parameters:
  ///   - width: How many at once; as many as there are cores if not given.
  ///   - report: Told how far it is.
  public init(width: Int?, memoryLimit: Int?, report: @escaping @Sendable (String) -> Void) {
    self.width = width ?? max(1, ProcessInfo.processInfo.activeProcessorCount)
    self.memoryLimit = memoryLimit ?? Machine.usualMemoryLimit
    self.report = report
  }

  public func run(_ tasks: [SweepTask], of sweep: ListedSweep) async throws -> String {
    let machine = Machine(cores: width)
    let expected = min(SweepCost(of: sweep)?.memory ?? 0, memoryLimit)
    let done = Mutex(0)
    let total = tasks.map(\.keys.count).reduce(0, +)
    _ = try await inParallel(Array(tasks.enumerated()), width: width) { index, task in
      var request = Machine.Request(memory: expected, place: index)
      let name = "task \(index + 1)"
      while true {
        try await machine.enter(name, request, limit: memoryLimit) {
          report(
            "\(sweep.name): \(name) waits for others to end: it needs \(ByteCount.text(request.memory)) of memory"
          )
        }
        defer { machine.leave(name) }
        if try await run(task, name, machine) { break }
        report("\(sweep.name): \(name) was ended to leave the others their memory; it runs again after them")
        request.memory = memoryLimit
      }
      let count = done.withLock { done in
        done += task.keys.count
        return done
      }
      report("\(sweep.name): \(count) of \(total) points")
    }
    return "\(tasks.count) tasks ended"
  }

  /// Runs a task to its end.
  ///
  /// - Returns: Whether it came to it; not where it was ended for the others' sake.
  private func run(_ task: SweepTask, _ name: String, _ machine: Machine) async throws -> Bool {
    let arguments = task.arguments + ["--memory", "\(max(1, memoryLimit / 1_000_000))MB"]
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(10))]
    // Each has its share of the cores, which changes no bits.
    let cores = max(1, ProcessInfo.processInfo.activeProcessorCount / width)
    return try await withThrowingTaskGroup(of: Bool?.self) { [options] group in
      let (started, start) = AsyncStream.makeStream(of: Int32.self)
      group.addTask {
        _ = try await Subprocess.run(
          .path(FilePath(arguments[0])), arguments: Arguments(Array(arguments.dropFirst())),
          environment: .inherit.updating(["NEURONBOOK_THREADS": "\(cores)"]),
          workingDirectory: FilePath(task.place), platformOptions: options, input: .none,
          output: .discarded, error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
        ) { execution in
          start.yield(execution.processIdentifier.value)
          start.finish()
        }
        return true
      }
      group.addTask {
        for await process in started {
          // What it holds has to be looked at from time to time.
          while true {
            try await Task.sleep(for: .milliseconds(200))
            if machine.note(ProcessTree.memory(of: process), for: name, limit: memoryLimit) == .crowded {
              return false
            }
          }
        }
        return nil
      }
      var isEnded = false
      while let next = try await group.next() {
        guard let next else { continue }
        isEnded = next
        break
      }
      group.cancelAll()
      while (try? await group.next()) != nil {}
      try Task.checkCancellation()
      return isEnded
    }
  }
}
