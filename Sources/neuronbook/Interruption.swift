import Dispatch
import Foundation

/// Turns Ctrl-C and a polite kill into the cancellation of the work, so that it cleans up behind itself.
struct Interruption: Sendable {
  /// How long the work may take to clean up behind itself.
  private static let patience = DispatchTimeInterval.seconds(5)
  /// The status of a command that was interrupted.
  private static let status: Int32 = 130

  /// Runs work; SIGINT, SIGTERM and SIGHUP cancel it. Work that does not hear of it ends with the command all the same.
  func cancelling<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws
    -> Result
  {
    let task = Task { try await work() }
    // A queue of its own has a thread even when all others are busy.
    let queue = DispatchQueue(label: "neuronbook.interruption", qos: .userInteractive)
    let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        if task.isCancelled { _exit(Self.status) }
        task.cancel()
        queue.asyncAfter(deadline: .now() + Self.patience) { _exit(Self.status) }
      }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    do {
      return try await task.value
    } catch  where task.isCancelled {
      throw CancellationError()
    }
  }
}
