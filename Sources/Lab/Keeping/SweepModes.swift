import Base
import CellRecords
import Foundation
import LinearAlgebra
import Synchronization

/// What a chapter's program does where it comes to a sweep.
extension SweepRun {
  /// Takes what is there and computes the rest.
  func computing(_ compute: (Point) throws -> Value) throws -> Study<Point, Value> {
    do {
      try writePlan()
    } catch {
      warn("the points of “\(name)” can't be listed: \(systemReason(of: error))")
    }
    var results = load(keptKeys(), removes: true)
    tellReached(kept: results.count)
    let missing = places.filter { results[keys[$0]] == nil }
    let queue = PointQueue(missing.count)
    var outcomes = [PointOutcome<Value>?](repeating: nil, count: missing.count)
    outcomes.withUnsafeMutableBufferPointer { buffer in
      // Each point has its own place.
      nonisolated(unsafe) let buffer = buffer
      // Each thread takes the next point when it is done with one.
      inParallel(min(Threads.count, missing.count)) { _ in
        while let index = queue.next() {
          buffer[index] = computed(missing[index], waits: false, isAlone: false, by: compute)
          guard let done = queue.end() else { continue }
          ChapterProgram.append(.sweep(.advanced(name: name, done: done, of: missing.count)))
        }
      }
    }
    var failures: [(place: Int, reason: String)] = []
    for (place, outcome) in zip(missing, outcomes) {
      var outcome = outcome
      if case .elsewhere = outcome { outcome = computed(place, waits: true, isAlone: false, by: compute) }
      switch outcome {
      case .value(let value): results[keys[place]] = value
      case .failed(let reason): failures.append((place, reason))
      case .elsewhere, nil: failures.append((place, "another process has it"))
      }
    }
    ChapterProgram.append(
      .cached(
        name: name,
        computedBecause: missing.isEmpty ? nil : "\(missing.count) of \(places.count) points were missing"))
    if let (place, reason) = failures.first {
      throw SweepError(
        "\(failures.count) of \(places.count) points of the sweep “\(name)” failed, first \(texts[place]): \(reason)\n"
          + "The others are kept. `neuronbook sweep --name \(name)` lists them.")
    }
    return study(results)
  }

  /// Takes what is there.
  func taking() throws -> Study<Point, Value> {
    let results = load(keptKeys(), removes: false)
    tellReached(kept: results.count)
    return study(results)
  }

  /// Writes down which points there are, and ends the program unless all have their results.
  func planning() throws -> Study<Point, Value> {
    try writePlan()
    let kept = keptKeys()
    guard kept.count == places.count, case let results = load(kept, removes: true),
      results.count == places.count
    else {
      tellReached(kept: min(kept.count, places.count - 1))
      ChapterProgram.endHere()
    }
    tellReached(kept: places.count)
    return study(results)
  }

  /// Computes the points that the task is asked for, one after the other, and ends the program.
  ///
  /// A sweep that comes before is taken as it is.
  ///
  /// - Throws: `SweepError` where it is not complete, or the sweep has become another.
  func doingTask(_ compute: (Point) throws -> Value) throws -> Study<Point, Value> {
    guard let folder, let asked = SweepAsked.current else { return study([:]) }
    guard folder.name == asked.folder else {
      let results = load(keptKeys(), removes: false)
      if results.count == places.count { return study(results) }
      throw SweepError(
        "The task is to compute points of \(asked.folder), but this program comes to \(folder.name) first, of which "
          + "\(places.count - results.count) of \(places.count) points are missing.\(difference(from: asked, in: folder))"
      )
    }
    let places = Dictionary(places.map { (keys[$0], $0) }, uniquingKeysWith: { first, _ in first })
    for (key, _) in asked.points {
      guard let place = places[key] else {
        ChapterProgram.append(.sweep(.ended(key: key, .unknown)))
        continue
      }
      ChapterProgram.append(.sweep(.began(key: key)))
      let end: SweepEvent.PointEnd =
        switch computed(place, waits: false, isAlone: true, by: compute) {
        case .value: .kept
        case .failed: .failed
        case .elsewhere: .elsewhere
        }
      ChapterProgram.append(.sweep(.ended(key: key, end)))
    }
    ChapterProgram.endHere()
  }

  /// Why a sweep of this name has another key here.
  private func difference(from asked: SweepAsked, in folder: SweepFolder) -> String {
    let other = SweepFolder(folder.url.deletingLastPathComponent().appending(path: asked.folder))
    guard let key = other.plans.lazy.compactMap({ SweepPlan(of: $0) }).first?.key,
      plan.name == name, asked.folder.dropLast(13) == folder.name.dropLast(13)
    else { return "" }
    return " They are one sweep, but \(plan.key.reason(among: [key]))."
  }
}

/// What the threads share that compute points: which comes next, and how many are done.
private final class PointQueue: Sendable {
  private struct State {
    var next = 0
    var done = 0
    var lastTold = ContinuousClock.now
  }

  private let state = Mutex(State())
  private let count: Int

  init(_ count: Int) { self.count = count }

  func next() -> Int? {
    state.withLock { state in
      guard state.next < count else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }

  /// Counts a point that is done.
  ///
  /// - Returns: How many are, ten times a second at most; nil else.
  func end() -> Int? {
    state.withLock { state in
      state.done += 1
      guard state.lastTold + .milliseconds(100) <= .now else { return nil }
      state.lastTold = .now
      return state.done
    }
  }
}
