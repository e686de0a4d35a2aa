import Foundation
import Subprocess
import SystemPackage

/// Other programs that the command calls.
enum Tool {
  struct Result {
    var status: TerminationStatus
    var output: Data
    var error: String
  }

  /// Runs a program found on the path to its end.
  ///
  /// - Throws: `Problem` where there is no such program; `CancellationError` where the build was interrupted.
  static func run(_ name: String, _ arguments: [String], input: Data = Data(), advice: String) async throws
    -> Result
  {
    do {
      // Through a file, since a program that ends before it has read a pipe would end us with it.
      let source = try Self.opened(input)
      let result = try await Subprocess.run(
        executable(name), arguments: Arguments(arguments),
        input: .fileDescriptor(source, closeAfterSpawningProcess: true),
        output: .bytes(limit: 1 << 30), error: .bytes(limit: 1 << 26))
      try Task.checkCancellation()
      return Result(
        status: result.terminationStatus, output: Data(result.standardOutput),
        error: String(decoding: result.standardError, as: UTF8.self))
    } catch let error as SubprocessError where error.code == .executableNotFound {
      throw Problem("The program `\(name)` was not found.", advice: advice)
    } catch let error as SubprocessError where !Task.isCancelled {
      throw Problem("The program `\(name)` could not be run: \(error)", advice: advice)
    }
  }

  /// A program by the first folder of the path that has it: trying to start it in each folder costs a process each.
  static func executable(_ name: String) -> Executable {
    path(name).map { .path(FilePath($0)) } ?? .name(name)
  }

  /// Where a program is; nil where it is not on the path.
  static func path(_ name: String) -> String? {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return folders.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  /// A file that holds some bytes and has no name any more.
  private static func opened(_ bytes: Data) throws -> FileDescriptor {
    let url = FileManager.default.temporaryDirectory.appending(path: "neuronbook-input-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    try bytes.write(to: url)
    return try FileDescriptor.open(FilePath(url.path), .readOnly, options: .closeOnExec)
  }
}
