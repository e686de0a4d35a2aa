import Foundation

/// The results of an action on each item, in their order; as many at once as there are cores, or as said.
func inParallel<Item: Sendable, Result: Sendable>(
  _ items: [Item], width: Int = max(1, ProcessInfo.processInfo.activeProcessorCount),
  _ action: @escaping @Sendable (Item) async throws -> Result
) async throws -> [Result] {
  return try await withThrowingTaskGroup(of: (Int, Result).self) { group in
    var results = [Result?](repeating: nil, count: items.count)
    var next = 0
    func start() {
      guard next < items.count else { return }
      let index = next
      let item = items[index]
      group.addTask { (index, try await action(item)) }
      next += 1
    }
    for _ in 0..<width { start() }
    while let (index, result) = try await group.next() {
      results[index] = result
      start()
    }
    return results.compactMap { $0 }
  }
}
