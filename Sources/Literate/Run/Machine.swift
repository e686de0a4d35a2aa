import Foundation
import Synchronization

/// The machine's cores and memory, which the chapters that run side by side share.
///
/// A chapter begins when a core is free and what it held the last time fits beside what the running ones hold, or when
/// none runs.
final class Machine: Sendable {
  private struct Share {
    /// What it will come to hold, as far as that is known.
    var expected: Int
    var held = 0
    var taken: Int { max(expected, held) }
  }

  private let shares = Mutex<[String: Share]>([:])
  /// Told when a chapter left, or holds another amount.
  private let change = Change()

  /// What all chapters together may hold if the user does not say so, in bytes: the machine must stay usable.
  static let usualMemoryLimit = Int(Double(ProcessInfo.processInfo.physicalMemory) * 0.8)

  private let cores: Int

  /// - Parameter cores: How many run at once.
  init(cores: Int = max(1, ProcessInfo.processInfo.activeProcessorCount)) { self.cores = cores }

  /// Waits until there is room for a chapter.
  ///
  /// - Parameter waiting: Called once where it has to wait for memory.
  func enter(_ chapter: String, expecting expected: Int, limit: Int, waiting: () -> Void) async throws {
    var isFirstTry = true
    while true {
      let seen = change.count
      let (isAdmitted, hasCore) = shares.withLock { shares in
        let taken = shares.values.reduce(0) { $0 + $1.taken }
        guard shares.count < cores, shares.isEmpty || taken + expected <= limit else {
          return (false, shares.count < cores)
        }
        shares[chapter] = Share(expected: expected)
        return (true, true)
      }
      if isAdmitted { return }
      if hasCore, isFirstTry {
        waiting()
        isFirstTry = false
      }
      try await change.wait(after: seen)
    }
  }

  func leave(_ chapter: String) {
    shares.withLock { $0[chapter] = nil }
    change.tell()
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
    let isOther = shares.withLock { shares in
      defer { shares[chapter]?.held = held }
      return shares[chapter]?.held != held
    }
    if isOther { change.tell() }
    return shares.withLock { shares in
      guard shares.values.reduce(0, { $0 + $1.held }) > limit else { return .enough }
      if held > limit || shares.count == 1 { return .tooLittle }
      return shares.values.allSatisfy { $0.held <= held } ? .crowded : .enough
    }
  }
}
