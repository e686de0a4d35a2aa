import Dispatch
import Foundation

/// Turns Ctrl-C and a polite kill into the cancellation of the work, so that it cleans up behind itself.
struct Interruption: Sendable {
  /// Runs work; SIGINT, SIGTERM and SIGHUP cancel it.
  func cancelling<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws
    -> Result
  {
    let task = Task { try await work() }
    let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { task.cancel() }
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
