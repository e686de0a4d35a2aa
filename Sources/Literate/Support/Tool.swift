import Base
import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// Other programs that the command calls.
enum Tool {
  struct Result {
    var status: TerminationStatus
    var output: Data
    var error: String
  }

  /// More than any of them has to say, in bytes.
  private static let (mostOutput, mostErrors) = (512 << 20, 16 << 20)

  /// Runs a program found on the path to its end.
  ///
  /// - Parameters:
  ///   - folder: Where it runs; where this command does, if not given.
  ///   - temporaryFiles: Its folder for files that are needed for a while: it leaves them where it is killed.
  ///   - limit: How long it may take; it is ended then.
  ///   - place: What is to blame where it takes longer, or says too much.
  /// - Throws: `Problem` where there is no such program, or it takes too long; `CancellationError` where the build was interrupted.
  static func run(
    _ name: String, _ arguments: [String], input: Data = Data(), in folder: URL? = nil,
    temporaryFiles: URL? = nil, limit: Duration = .seconds(1800),
    for place: Problem.Location? = nil, advice: String
  ) async throws -> Result {
    do {
      // Through a file, since a program that ends before it has read a pipe would end us with it.
      let source = try Self.opened(input)
      let program = Started()
      return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask {
          let result = try await Subprocess.run(
            executable(name), arguments: Arguments(arguments),
            environment: temporaryFiles.map { .inherit.updating(["TMPDIR": $0.path]) } ?? .inherit,
            workingDirectory: folder.map { FilePath($0.path) },
            input: .fileDescriptor(source, closeAfterSpawningProcess: true), output: .sequence,
            error: .sequence
          ) { execution in
            program.process.withLock { $0 = execution.processIdentifier.value }
            async let output = collected(execution.standardOutput, atMost: mostOutput)
            async let error = collected(execution.standardError, atMost: mostErrors)
            return try await (output: output, error: error)
          }
          return Result(
            status: result.terminationStatus, output: result.closureResult.output,
            error: String(decoding: result.closureResult.error, as: UTF8.self))
        }
        group.addTask {
          let clock = ContinuousClock()
          var end = clock.now + limit
          while true {
            try await Task.sleep(until: end, clock: clock)
            // Woken late, this process was held up, and the program perhaps with it: that is not the program's time, nor is what
            // this process takes to hear of its end.
            let late = clock.now - end
            if late < .milliseconds(50), program.isRunning { return nil }
            end = clock.now + max(late, .milliseconds(200))
          }
        }
        defer { group.cancelAll() }
        let first = try await group.next() ?? nil
        try Task.checkCancellation()
        guard let first else {
          throw Problem(
            "The program `\(name)` took longer than \(limit.components.seconds) seconds and was ended.",
            at: place,
            advice: "Make what it works on shorter or simpler.")
        }
        return first
      }
    } catch is TooMuch {
      throw Problem(
        "The program `\(name)` said more than anybody reads and was ended.", at: place,
        advice: "Make what it works on shorter or simpler.")
    } catch let error as SubprocessError where error.code == .executableNotFound {
      throw Problem("The program `\(name)` was not found.", advice: advice)
    } catch let error as SubprocessError where !Task.isCancelled {
      throw Problem("The program `\(name)` could not be run: \(error)", at: place, advice: advice)
    }
  }

  private struct TooMuch: Error {}

  /// What a program writes, to its end.
  private static func collected(_ output: SubprocessOutputSequence, atMost most: Int) async throws -> Data {
    var data = Data()
    for try await piece in output {
      guard data.count + piece.count <= most else { throw TooMuch() }
      piece.withUnsafeBytes { data.append(contentsOf: $0) }
    }
    return data
  }

  /// A program by the first folder of the path that has it: trying to start it in each folder costs a process each.
  static func executable(_ name: String) -> Executable {
    path(name).map { .path(FilePath($0)) } ?? .name(name)
  }

  /// Where a program is; nil where it is not on the path. One that is named with its place is there.
  static func path(_ name: String) -> String? {
    if name.hasPrefix("/") { return name }
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return folders.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  /// A file that holds some bytes and has no name any more.
  private static func opened(_ bytes: Data) throws -> FileDescriptor {
    let url = FileManager.default.temporaryDirectory.appending(path: "neuronbook-input-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    return try inTemporaryFolder {
      try bytes.write(to: url)
      return try FileDescriptor.open(FilePath(url.path), .readOnly, options: .closeOnExec)
    }
  }

  /// Does what writes to the folder for temporary files.
  ///
  /// - Throws: `Problem` where it can't be written.
  static func inTemporaryFolder<Result>(_ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch {
      throw Problem(
        "The folder for temporary files can't be written: \(systemReason(of: error)).",
        at: Problem.Location(file: FileManager.default.temporaryDirectory.path),
        advice: "Make room in it, or name another: TMPDIR=/var/tmp")
    }
  }
}

/// A program that was asked for, which may not have been started yet.
private final class Started: Sendable {
  let process = Mutex<pid_t?>(nil)

  /// Whether the system has it running.
  var isRunning: Bool {
    guard let process = process.withLock({ $0 }) else { return false }
    var found = siginfo_t()
    // It stays to be waited for.
    return waitid(P_PID, id_t(process), &found, WEXITED | WNOHANG | WNOWAIT) == 0 && found.si_signo == 0
  }
}
