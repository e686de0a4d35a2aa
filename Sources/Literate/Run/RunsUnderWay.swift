import Synchronization

/// Runs of chapters that go on while a preview builds anew.
final class RunsUnderWay: Sendable {
  private struct Entry {
    /// Names what the run is made of.
    var name: String
    var task: Task<Void, Never>
    var start = ContinuousClock.now
    var result: Result<ChapterRun, any Error>?
  }

  private let entries = Mutex<[String: Entry]>([:])
  /// Told when a run has come to its end, or was ended.
  private let change = Change()

  /// What the run of a chapter gives. One that is under way under this name is waited for; one under another name ends,
  /// and a new one begins.
  ///
  /// - Parameter patience: How long to wait since it began; for ever if not given.
  /// - Returns: Nil where it still goes on.
  /// - Throws: What the run throws; `CancellationError` where the caller is cancelled, while the run goes on.
  func run(
    of chapter: String, _ name: String, patience: Duration?,
    _ work: @escaping @Sendable () async throws -> ChapterRun
  ) async throws -> ChapterRun? {
    if let other = entries.withLock({ $0[chapter] }), other.name != name { await end(chapter) }
    let isOlder = entries.withLock { $0[chapter] != nil }
    entries.withLock { entries in
      guard entries[chapter] == nil else { return }
      let task = Task {
        let result: Result<ChapterRun, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        self.entries.withLock { $0[chapter]?.result = result }
        self.change.tell()
      }
      entries[chapter] = Entry(name: name, task: task)
    }
    while true {
      let seen = change.count
      guard let entry = entries.withLock({ $0[chapter] }), entry.name == name else {
        throw CancellationError()
      }
      if let result = entry.result {
        entries.withLock { $0[chapter] = nil }
        let run = try result.get()
        // A file that it read may have changed since: what it kept is looked up anew.
        return isOlder && run.problems.isEmpty
          ? try await self.run(of: chapter, name, patience: patience, work) : run
      }
      guard let patience else {
        try await change.wait(after: seen)
        continue
      }
      let left = ContinuousClock.now.duration(to: entry.start + patience)
      if left <= .zero { return nil }
      try await change.wait(after: seen, atMost: left)
    }
  }

  /// Ends all runs.
  func endAll() async {
    for chapter in entries.withLock({ Array($0.keys) }) { await end(chapter) }
  }

  private func end(_ chapter: String) async {
    guard let task = entries.withLock({ $0[chapter]?.task }) else { return }
    task.cancel()
    await task.value
    entries.withLock { $0[chapter] = nil }
    change.tell()
  }
}
