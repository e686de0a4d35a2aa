import Foundation
import Synchronization

/// Tells those who wait that something may be other than it was; nobody looks while nothing happens.
///
///     var seen = change.count
///     while !isDone() { seen = try await change.wait(after: seen) }
final class Change: Sendable {
  private struct State {
    var count = 0
    var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    var nextWaiter = 0
    /// Those whose task was cancelled before they waited.
    var cancelled: Set<Int> = []
  }

  private let state = Mutex(State())

  /// How often it was told: to be read before one looks, so that nothing is missed in between.
  var count: Int { state.withLock(\.count) }

  func tell() {
    let waiting = state.withLock { state in
      state.count += 1
      defer { state.waiting = [:] }
      return state.waiting.values
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Waits until it was told once more than so often.
  ///
  /// - Returns: How often it was told then.
  /// - Throws: `CancellationError` where the task is cancelled.
  @discardableResult
  func wait(after seen: Int) async throws -> Int {
    let waiter = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          guard state.count == seen, state.cancelled.remove(waiter) == nil else { return true }
          state.waiting[waiter] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      let continuation = state.withLock { state in
        let waiting = state.waiting.removeValue(forKey: waiter)
        if waiting == nil { state.cancelled.insert(waiter) }
        return waiting
      }
      continuation?.resume()
    }
    _ = state.withLock { $0.cancelled.remove(waiter) }
    try Task.checkCancellation()
    return count
  }

  /// Waits as `wait(after:)`, but no longer than some time.
  @discardableResult
  func wait(after seen: Int, atMost duration: Duration) async throws -> Int {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.wait(after: seen) }
      group.addTask { try await Task.sleep(for: duration) }
      defer { group.cancelAll() }
      try await group.next()
    }
    return count
  }
}
