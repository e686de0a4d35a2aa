import Synchronization

/// What was worked out before, by everything that it was worked out from.
final class Memo<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct State {
    var values: [Key: Value] = [:]
    var asked: Set<Key> = []
  }

  private let state = Mutex(State())

  subscript(key: Key) -> Value? {
    get {
      state.withLock { state in
        guard let value = state.values[key] else { return nil }
        state.asked.insert(key)
        return value
      }
    }
    set {
      state.withLock { state in
        state.values[key] = newValue
        state.asked.insert(key)
      }
    }
  }

  /// The value of a key, made if it is not known.
  func value(for key: Key, _ make: () async throws -> Value) async rethrows -> Value {
    if let known = self[key] { return known }
    let made = try await make()
    self[key] = made
    return made
  }

  /// All that is known.
  var values: [Key: Value] { state.withLock(\.values) }

  /// Adds what was worked out elsewhere.
  func add(_ others: [Key: Value]) {
    state.withLock { $0.values.merge(others) { own, _ in own } }
  }

  /// Forgets what was not asked for since the last call, so that a long preview does not grow.
  func forgetUnasked() {
    state.withLock { state in
      let asked = state.asked
      state.values = state.values.filter { asked.contains($0.key) }
      state.asked = []
    }
  }
}
