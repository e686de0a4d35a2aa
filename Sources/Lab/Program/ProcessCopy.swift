import CProcess
import Foundation

/// A copy of this process, in which something is tried.
enum ProcessCopy {
  /// Runs `body` in a copy, which ends with it, and gives the copy's number; less than 0 where there is none.
  static func begin(_ body: () -> Void) -> pid_t {
    final class Work {
      let body: () -> Void
      init(_ body: @escaping () -> Void) { self.body = body }
    }
    return withoutActuallyEscaping(body) { body in
      let work = Unmanaged.passRetained(Work(body))
      let child = process_copy(
        { context in
          guard let context else { return }
          Unmanaged<Work>.fromOpaque(context).takeUnretainedValue().body()
        }, work.toOpaque())
      work.release()
      return child
    }
  }
}
