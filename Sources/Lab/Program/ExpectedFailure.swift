import Base
import CProcess
import Foundation

/// Runs code that must fail in a forked copy of this process.
enum ExpectedFailure {
  /// What the failure said, or nil if the body came to its end.
  static func run(_ body: () throws -> Void, transcript: URL) -> String? {
    let child = ProcessCopy.begin {
      // In the copy: only the way out matters, and what it says.
      for signalNumber in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE] {
        signal(signalNumber, SIG_DFL)
      }
      let file = open(transcript.path, O_CREAT | O_TRUNC | O_WRONLY, 0o644)
      if file >= 0 { dup2(file, STDERR_FILENO) }
      do {
        try body()
      } catch {
        FileHandle.standardError.write(Data("\(error)".utf8))
        _ = process_flush_output()
        _exit(Exit.threw)
      }
      _ = process_flush_output()
      _exit(Exit.completed)
    }
    ensure(child > 0, "no process can be begun: \(String(cString: strerror(errno)))")
    var status: Int32 = 0
    while waitpid(child, &status, 0) == -1 && errno == EINTR {}
    let said = (try? String(contentsOf: transcript, encoding: .utf8)) ?? ""
    if status & 0x7f == 0 {
      switch (status >> 8) & 0xff {
      case Exit.completed: return nil
      case Exit.threw: return said
      default: return "The cell ended the program with status \((status >> 8) & 0xff)."
      }
    }
    // The library's own file and line before "Fatal error" help nobody.
    let trap = said.split(separator: "\n").lazy.compactMap {
      $0.range(of: "Fatal error").map { $0.lowerBound }
    }.first
    return trap.map { String(said[$0...].prefix { $0 != "\n" }) }
      ?? "The cell was ended by signal \(status & 0x7f)."
  }

  private enum Exit {
    static let completed: Int32 = 0
    static let threw: Int32 = 3
  }
}
