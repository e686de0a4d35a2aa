import Foundation

/// Runs tasks beside the threads that all tests share, which others may hold for minutes.
final class OwnThread: TaskExecutor {
  private let queue = DispatchQueue(label: "own thread")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  /// Holds it, so that no task goes on.
  func hold(for time: TimeInterval) { queue.async { Thread.sleep(forTimeInterval: time) } }
}
