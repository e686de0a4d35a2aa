import Foundation
import Synchronization

/// A file that one process at a time holds; the kernel lets go of it when the process ends, however it ends.
final class FileLock: Sendable {
  private let descriptor: Int32
  private let path: String

  private init(_ descriptor: Int32, _ path: String) { (self.descriptor, self.path) = (descriptor, path) }

  /// Takes the lock, as soon as nobody else holds it.
  ///
  /// - Parameter waiting: Called once where it has to be waited for.
  /// - Returns: Nil where the file can't be written.
  /// - Throws: `CancellationError` where the task is cancelled meanwhile.
  static func taken(_ path: String, waiting: () -> Void) async throws -> FileLock? {
    var isFirstTry = true
    while true {
      let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { return nil }
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
        if isFirstTry { waiting() }
        isFirstTry = false
        try await wait(for: descriptor)
      }
      let lock = FileLock(descriptor, path)
      // One that was removed meanwhile locks nothing.
      if lock.isAtItsPath { return lock }
      close(descriptor)
    }
  }

  func release() {
    unlink(path)
    close(descriptor)
  }

  private var isAtItsPath: Bool {
    var (opened, named) = (stat(), stat())
    return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino
  }

  /// Waits in a thread of its own, which the kernel wakes. Where the task is cancelled the thread closes the file.
  private static func wait(for descriptor: Int32) async throws {
    let waiter = Waiter()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        waiter.begin(continuation)
        Thread.detachNewThread {
          while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
          if !waiter.end(.success(())) { close(descriptor) }
        }
      }
    } onCancel: {
      waiter.end(.failure(CancellationError()))
    }
  }
}

/// One who waits for a thread or for the end of its task, whichever comes first.
private final class Waiter: Sendable {
  private struct State {
    var continuation: CheckedContinuation<Void, any Error>?
    var result: Result<Void, any Error>?
  }

  private let state = Mutex(State())

  func begin(_ continuation: CheckedContinuation<Void, any Error>) {
    let early = state.withLock { state in
      if state.result == nil { state.continuation = continuation }
      return state.result
    }
    if let early { continuation.resume(with: early) }
  }

  /// - Returns: Whether it was this that ended the waiting.
  @discardableResult
  func end(_ result: Result<Void, any Error>) -> Bool {
    let (isFirst, continuation) = state.withLock { state in
      guard state.result == nil else { return (false, nil as CheckedContinuation<Void, any Error>?) }
      state.result = result
      defer { state.continuation = nil }
      return (true, state.continuation)
    }
    continuation?.resume(with: result)
    return isFirst
  }
}
