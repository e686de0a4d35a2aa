import Dispatch
import Foundation
import Synchronization

/// Calls `body(0)` here and `body(1)` on a second thread, if there is one with time for it, and returns when both are done.
///
/// For work that is cut in two some thousand times a second, where `inParallel` would spend as long on waking a thread. The
/// calls must write to different places.
package func inTwo(_ body: (Int) -> Void) {
  if Threads.count > 1 {
    Partner.shared.share(body)
  } else {
    body(0)
    body(1)
  }
}

/// A second thread that looks out for its next piece of work a little while before it sleeps.
///
/// A piece that it has not begun when the first is done, its owner takes back; and where the partner has another owner, one
/// thread does both pieces. So no work waits for a thread that does not run: on a busy machine, or in a process that was
/// forked and has no partner.
private final class Partner: Sendable {
  static let shared = Partner()

  private enum State: Int, AtomicRepresentable {
    case idle, asleep, offered, taken, done
  }

  private let state = Atomic(State.idle)
  private let hasOwner = Atomic(false)
  private let wakeUp = DispatchSemaphore(value: 0)
  /// Written by the owner before it offers it, read by the partner after it has taken it.
  private nonisolated(unsafe) var piece: ((Int) -> Void)?
  /// Some tenth of a millisecond, in which a step of training offers its next piece.
  private static let looks = 300

  private init() {
    let thread = Thread { [unowned self] in self.work() }
    thread.name = "partner"
    thread.start()
  }

  func share(_ body: (Int) -> Void) {
    if hasOwner.exchange(true, ordering: .acquiring) {
      body(0)
      body(1)
      return
    }
    defer { hasOwner.store(false, ordering: .releasing) }
    withoutActuallyEscaping(body) { body in
      piece = body
      if state.exchange(.offered, ordering: .acquiringAndReleasing) == .asleep { wakeUp.signal() }
      body(0)
      if !change(.offered, to: .idle) {
        // Whoever else wants this core gets it.
        while state.load(ordering: .acquiring) != .done { sched_yield() }
        state.store(.idle, ordering: .releasing)
      } else {
        body(1)
      }
      piece = nil
    }
  }

  private func change(_ old: State, to new: State) -> Bool {
    state.compareExchange(expected: old, desired: new, ordering: .acquiringAndReleasing).exchanged
  }

  private func work() -> Never {
    var looks = 0
    while true {
      if change(.offered, to: .taken) {
        piece?(1)
        state.store(.done, ordering: .releasing)
        looks = 0
      } else if looks < Self.looks {
        looks += 1
        sched_yield()
      } else if change(.idle, to: .asleep) {
        wakeUp.wait()
        looks = 0
      }
    }
  }
}
