import Foundation
import LinearAlgebra
import Synchronization
import Testing

struct PartnerTests {
  /// Long enough for the partner to take the second piece: else whoever has the first does both.
  private func waitForThePartner() {
    let end = ContinuousClock.now + .microseconds(20)
    while ContinuousClock.now < end {}
  }

  /// Many times, with pauses in which the partner falls asleep, and from several threads at once, of which one has it.
  @Test func bothPiecesAreDoneOnceAndBeforeTheCallReturns() {
    let wrong = Atomic(0)
    inParallel(4) { thread in
      for round in 0..<3000 {
        var done = [0, 0]
        done.withUnsafeMutableBufferPointer { done in
          nonisolated(unsafe) let done = done
          inTwo { piece in
            if piece == 0 { waitForThePartner() }
            done[piece] += piece + 1
          }
        }
        if done != [1, 2] { wrong.add(1, ordering: .relaxed) }
        if round % 1000 == thread { usleep(2000) }
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }

  @Test func aPieceMayBeCutAgain() {
    let count = Atomic(0)
    for _ in 0..<500 {
      inTwo { piece in
        if piece == 0 { waitForThePartner() }
        inTwo { _ in count.add(1, ordering: .relaxed) }
      }
    }
    #expect(count.load(ordering: .relaxed) == 2000)
  }

  @Test func withOneThreadAllIsDoneHere() {
    let here = pthread_self()
    let others = Atomic(0)
    Threads.$count.withValue(1) {
      for _ in 0..<200 {
        inTwo { piece in
          if piece == 0 { waitForThePartner() }
          if pthread_equal(here, pthread_self()) == 0 { others.add(1, ordering: .relaxed) }
        }
      }
    }
    #expect(others.load(ordering: .relaxed) == 0)
  }

  /// Other tests may have the partner at the moment; it is asked until it is free.
  @Test(.enabled(if: Threads.count > 1)) func theSecondPieceRunsBesideTheFirst() {
    let met = Atomic(false)
    for _ in 0..<3000 where !met.load(ordering: .relaxed) {
      let arrived = Atomic(false)
      inTwo { piece in
        if piece == 1 {
          arrived.store(true, ordering: .releasing)
        } else {
          let end = ContinuousClock.now + .milliseconds(100)
          while ContinuousClock.now < end, !arrived.load(ordering: .acquiring) { sched_yield() }
          if arrived.load(ordering: .acquiring) { met.store(true, ordering: .relaxed) }
        }
      }
    }
    let hasMet = met.load(ordering: .relaxed)
    #expect(hasMet)
  }
}
