import CellRecords
import Foundation
import Subprocess
import SystemPackage

/// Any command that reads lines of a shell from its standard input and has them run, such as
/// `parallel --sshlogin hosts` or `xargs -P 4 -I{} sh -c {}`.
public struct CommandExecutor: Executor {
  public let taskSeconds = 60.0
  public var width: Int
  private let command: String

  /// - Parameter width: How many tasks there are at least, so that all machines have some; four for each core of this one if not given.
  public init(_ command: String, width: Int?) {
    self.command = command
    self.width = width ?? 4 * max(1, ProcessInfo.processInfo.activeProcessorCount)
  }

  public func run(_ tasks: [SweepTask], of sweep: ListedSweep) async throws -> String {
    let lines = tasks.map { $0.commandLine + "\n" }.joined()
    let file = FileManager.default.temporaryDirectory.appending(path: "neuronbook-tasks-\(UUID().uuidString)")
    try Data(lines.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let input = try FileDescriptor.open(FilePath(file.path), .readOnly, options: .closeOnExec)
    var options = PlatformOptions()
    options.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(10))]
    let result = try await Subprocess.run(
      .path("/bin/sh"), arguments: ["-c", command], platformOptions: options,
      input: .fileDescriptor(input, closeAfterSpawningProcess: true),
      output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
      error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
    try Task.checkCancellation()
    switch result.terminationStatus {
    case .exited(126), .exited(127):
      throw Problem(
        "The command of --command could not be run: `\(command)`",
        advice:
          "It is given to a shell, reads the command lines of tasks from its standard input, and runs them.")
    case .exited(0): return "\(tasks.count) tasks ended"
    default:
      return "\(tasks.count) tasks were given to the command, which ended with \(result.terminationStatus)"
    }
  }
}
