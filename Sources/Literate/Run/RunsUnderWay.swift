import Synchronization

/// Runs of chapters that go on while a preview builds anew.
final class RunsUnderWay: Sendable {
  private struct Entry {
    var task: Task<Void, Never>
    var start = ContinuousClock.now
    var result: Result<ChapterRun, any Error>?
  }

  private let entries = Mutex<[String: Entry]>([:])

  /// What a run gives; one that is under way under this name is waited for, or else one begins.
  ///
  /// - Parameter patience: How long to wait since it began; for ever if not given.
  /// - Returns: Nil where it still goes on.
  /// - Throws: What the run throws; `CancellationError` where the caller is cancelled, while the run goes on.
  func run(
    _ name: String, patience: Duration?,
    _ work: @escaping @Sendable () async throws -> ChapterRun
  ) async throws -> ChapterRun? {
    entries.withLock { entries in
      guard entries[name] == nil else { return }
      let task = Task {
        let result: Result<ChapterRun, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        self.entries.withLock { $0[name]?.result = result }
      }
      entries[name] = Entry(task: task)
    }
    while true {
      guard let entry = entries.withLock({ $0[name] }) else { throw CancellationError() }
      if let result = entry.result {
        entries.withLock { $0[name] = nil }
        return try result.get()
      }
      if let patience, entry.start + patience < .now { return nil }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Ends all runs but those under some names.
  func end(except names: Set<String>) async {
    let unwanted = entries.withLock { entries in
      defer { entries = entries.filter { names.contains($0.key) } }
      return entries.filter { !names.contains($0.key) }.values.map(\.task)
    }
    for task in unwanted { task.cancel() }
    for task in unwanted { await task.value }
  }
}
