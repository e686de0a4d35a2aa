import Foundation
import Synchronization

/// The machine's cores and memory, which the chapters that run side by side share.
///
/// A chapter begins when a core is free and what it held the last time fits beside what the running ones hold, or when
/// none runs. Of several the one that took longest the last time begins first: were it last, a core would wait for it at the end.
final class Machine: Sendable {
  /// What a chapter that wants to begin says of itself.
  struct Request {
    /// What it will come to hold, in bytes, as far as that is known.
    var memory: Int
    /// How long it took the last time; one of which nothing is known may take longer than any.
    var seconds = Double.infinity
    /// Which is first of those that take as long.
    var place: Int

    fileprivate func isBefore(_ other: Request) -> Bool {
      (other.seconds, place) < (seconds, other.place)
    }
  }

  private struct Share {
    /// What it will come to hold, as far as that is known.
    var expected: Int
    var held = 0
    var taken: Int { max(expected, held) }
  }

  private struct State {
    var shares: [String: Share] = [:]
    var requests: [String: Request] = [:]
  }

  private let state = Mutex(State())
  /// Told when a chapter left, or holds another amount.
  private let change = Change()

  /// What all chapters together may hold if the user does not say so, in bytes: the machine must stay usable.
  static let usualMemoryLimit = Int(Double(ProcessInfo.processInfo.physicalMemory) * 0.8)

  private let cores: Int

  /// - Parameter cores: How many run at once.
  init(cores: Int = max(1, ProcessInfo.processInfo.activeProcessorCount)) { self.cores = cores }

  /// Waits until there is room for a chapter and it is its turn.
  ///
  /// - Parameter waiting: Called once where it has to wait for memory.
  func enter(_ chapter: String, _ request: Request, limit: Int, waiting: () -> Void) async throws {
    var isFirstTry = true
    state.withLock { $0.requests[chapter] = request }
    defer {
      state.withLock { $0.requests[chapter] = nil }
      // There may be room for the next one too.
      change.tell()
    }
    while true {
      let seen = change.count
      let (isAdmitted, lacksMemory) = state.withLock { state in
        let taken = state.shares.values.reduce(0) { $0 + $1.taken }
        func fits(_ request: Request) -> Bool { state.shares.isEmpty || taken + request.memory <= limit }
        let hasCore = state.shares.count < cores
        guard hasCore, fits(request),
          !state.requests.values.contains(where: { fits($0) && $0.isBefore(request) })
        else { return (false, hasCore && !fits(request)) }
        state.shares[chapter] = Share(expected: request.memory)
        state.requests[chapter] = nil
        return (true, false)
      }
      if isAdmitted { return }
      if lacksMemory, isFirstTry {
        waiting()
        isFirstTry = false
      }
      try await change.wait(after: seen)
    }
  }

  func leave(_ chapter: String) {
    state.withLock { $0.shares[chapter] = nil }
    change.tell()
  }

  /// Who waits, in the order in which they begin where there is memory for each.
  var queue: [String] {
    state.withLock { state in state.requests.sorted { $0.value.isBefore($1.value) }.map(\.key) }
  }

  enum Room {
    case enough
    /// The chapter alone holds more than there is.
    case tooLittle
    /// The chapters together hold more than there is, and this one the most.
    case crowded
  }

  /// Notes what a chapter holds, in bytes, and says whether there is room for all.
  func note(_ held: Int, for chapter: String, limit: Int) -> Room {
    let isOther = state.withLock { state in
      defer { state.shares[chapter]?.held = held }
      return state.shares[chapter]?.held != held
    }
    if isOther { change.tell() }
    return state.withLock { state in
      let shares = state.shares
      guard shares.values.reduce(0, { $0 + $1.held }) > limit else { return .enough }
      if held > limit || shares.count == 1 { return .tooLittle }
      return shares.values.allSatisfy { $0.held <= held } ? .crowded : .enough
    }
  }
}
