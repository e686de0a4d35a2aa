import CellRecords
import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// A chapter's program, and how it is run.
struct RunningProgram {
  var program: URL
  var environment: [String: String]
  /// The folder in which it runs.
  var place: URL
  /// Where it tells what it does, and its output goes.
  var folder: RunFolder
  /// The command to put before it so that it has no network.
  var isolation: [String]

  /// Runs the program to its end.
  ///
  /// - Parameter look: Called when the program may have told something, and from time to time, with its process once that is
  ///   there; and once after its end. Says whether the program is to be ended.
  /// - Returns: How it ended; nil where it was ended.
  /// - Throws: `CancellationError` where the task is cancelled; the program is ended.
  func run(look: (_ process: Int32?, _ isEnded: Bool) -> Bool) async throws -> TerminationStatus? {
    let executable: Executable =
      isolation.isEmpty ? .path(FilePath(program.path)) : Tool.executable(isolation[0])
    let arguments = Arguments(isolation.isEmpty ? [] : isolation.dropFirst() + [program.path])
    let output = try Self.create(folder.standardOutput)
    let errors = try Self.create(folder.standardError)
    let started = StartedProgram()
    let notice = FolderNotice()
    notice?.follow(folder.url.path)
    return try await withThrowingTaskGroup(
      of: TerminationStatus?.self, returning: TerminationStatus?.self
    ) { group in
      group.addTask {
        var options = PlatformOptions()
        // Ctrl-C is for the engine; the program's guardian ends all that the program began.
        options.createSession = true
        options.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(10))]
        let result = try await Subprocess.run(
          executable, arguments: arguments,
          environment: .custom(
            Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), $1) })),
          workingDirectory: FilePath(place.path), platformOptions: options, input: .none,
          output: .fileDescriptor(output, closeAfterSpawningProcess: true),
          error: .fileDescriptor(errors, closeAfterSpawningProcess: true)
        ) { execution in started.identifier.withLock { $0 = execution.processIdentifier.value } }
        return result.terminationStatus
      }
      // What the program writes is noticed; what it holds has to be looked at from time to time.
      func wait(after seen: Int) {
        group.addTask {
          try await notice?.change.wait(after: seen, atMost: .milliseconds(100))
          // Much may be written at once.
          try await Task.sleep(for: .milliseconds(notice == nil ? 50 : 10))
          return nil
        }
      }
      wait(after: notice?.change.count ?? 0)
      var ended: TerminationStatus?
      while let next = try await group.next() {
        let seen = notice?.change.count ?? 0
        let isToEnd = look(started.identifier.withLock { $0 }, next != nil)
        if next == nil, isToEnd {
          // The program is killed when its task is cancelled.
          group.cancelAll()
          while let ended = try? await group.next() { _ = ended }
          return nil
        }
        if let next {
          ended = next
          group.cancelAll()
          break
        }
        wait(after: seen)
      }
      try Task.checkCancellation()
      return ended
    }
  }

  private static func create(_ url: URL) throws -> FileDescriptor {
    try FileDescriptor.open(
      FilePath(url.path), .writeOnly, options: [.create, .truncate, .append, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
  }
}

/// Tells those who follow a program which process it is, once it has started.
private final class StartedProgram: Sendable {
  let identifier = Mutex<Int32?>(nil)
}
