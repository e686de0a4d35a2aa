import CProcess
import Foundation

/// Runs the starter of an exercise with its check in a copy of this process, of which nobody hears, while the solution runs.
final class StarterTrial {
  /// Nil once it has ended.
  private var copy: pid_t?
  private var status: Int32 = -1

  /// Begins.
  init(_ body: () throws -> Void) {
    let child = ProcessCopy.begin {
      for signalNumber in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE] {
        signal(signalNumber, SIG_DFL)
      }
      let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
      for descriptor in [STDOUT_FILENO, STDERR_FILENO] where nowhere >= 0 { dup2(nowhere, descriptor) }
      do { try body() } catch { _exit(1) }
    }
    copy = child > 0 ? child : nil
  }

  /// Waits for its end, no longer than some time: who takes longer than the solution has passed nothing.
  func passes(within time: Duration) -> Bool {
    let deadline = ContinuousClock.now + time
    while let copy, ContinuousClock.now < deadline {
      let ended = waitpid(copy, &status, WNOHANG)
      if ended == copy { self.copy = nil }
      if ended < 0, errno != EINTR { return false }
      if ended == 0 { usleep(1000) }
    }
    end()
    return status == 0
  }

  /// Ends the copy where it goes on.
  func end() {
    guard let copy else { return }
    kill(copy, SIGKILL)
    while waitpid(copy, &status, 0) == -1, errno == EINTR {}
    self.copy = nil
  }
}
