import Base
import CellRecords
import Foundation

/// What is known of a point of a sweep.
public enum PointState: Sendable, Equatable {
  case kept
  case missing
  /// A scheduler has it, and calls its state so.
  case waiting(String)
  /// A process computes it.
  case running(PointMark)
  /// A process began and ended without a word: it was killed, or its machine stopped.
  case killed(PointMark?)
  case failed(PointFailure)

  /// The word for it.
  var name: String {
    switch self {
    case .kept: "kept"
    case .missing: "missing"
    case .waiting: "waiting"
    case .running: "running"
    case .killed: "killed"
    case .failed: "failed"
    }
  }

  static let names = ["kept", "running", "waiting", "failed", "killed", "missing"]

  /// Whether it is for nobody to compute now.
  var isTakenCareOf: Bool {
    switch self {
    case .kept, .waiting, .running: true
    case .missing, .killed, .failed: false
    }
  }
}

/// A sweep of a chapter, with the states of its points.
public struct ListedSweep: Sendable {
  public var chapter: String
  public var name: String
  var folder: SweepFolder
  var plan: PlanFolder
  public var points: [SweepPoint]
  public var states: [PointState]

  /// Looks at a sweep: some readings of folders, whatever the number of its points.
  ///
  /// - Parameter waiting: What schedulers say of points, by their keys.
  init(
    chapter: String, name: String, folder: SweepFolder, plan: PlanFolder, waiting: [String: String]
  ) {
    (self.chapter, self.name, self.folder, self.plan) = (chapter, name, folder, plan)
    points = SweepPoint.listed(in: plan)
    let (kept, failed, marked) = (folder.keys(.kept), folder.keys(.failed), folder.keys(.running))
    states = points.map { point in
      let key = point.key
      if kept.contains(key) { return .kept }
      let mark = marked.contains(key) ? PointMark(key, in: folder) : nil
      if marked.contains(key), PointLock.isTaken(key, in: folder) {
        return .running(mark ?? PointMark())
      }
      if let state = waiting[key] { return .waiting(state) }
      // Who fails takes the mark away: one that is left is of a later try.
      if marked.contains(key) { return .killed(mark) }
      if failed.contains(key), let failure = PointFailure(key, in: folder) { return .failed(failure) }
      return .missing
    }
  }

  /// Names it among all.
  public var identifier: String { folder.name + "/" + plan.url.lastPathComponent }

  public var isComplete: Bool { states.allSatisfy { $0 == .kept } }

  /// The keys of the points that nobody computes.
  var open: [String] { zip(points, states).filter { !$1.isTakenCareOf }.map(\.0.key) }

  /// "sizes (07-sizes): 1000 points: 312 kept, 2 running, 686 missing".
  public var summary: String {
    let counts = Dictionary(states.map { ($0.name, 1) }, uniquingKeysWith: +)
    let parts = PointState.names.compactMap { name in counts[name].map { "\($0) \(name)" } }
    return "\(name) (\(chapter)): \(points.count) points" + (parts.isEmpty ? "" : ": ")
      + parts.joined(separator: ", ")
  }

  /// A line for each point, with its key, state and what it is; those that failed have their logs below.
  ///
  /// - Parameter most: How many of each state; nil for all.
  public func lines(most: Int?) -> [String] {
    var shown: [String: Int] = [:]
    var lines: [String] = []
    for (point, state) in zip(points, states) {
      let count = shown[state.name, default: 0]
      shown[state.name] = count + 1
      if let most, count >= (state == .kept ? 0 : most) { continue }
      lines.append("  \(folder.taskKey(point.key))  \(state.name)  \(point.text)")
      lines += details(point.key, state).map { "    " + $0 }
    }
    guard let most else { return lines }
    for name in PointState.names {
      let left = shown[name, default: 0] - (name == PointState.kept.name ? 0 : most)
      if left > 0, name != PointState.kept.name { lines.append("  … and \(left) more \(name) (--all)") }
    }
    return lines
  }

  private func details(_ key: String, _ state: PointState) -> [String] {
    switch state {
    case .kept, .missing: return []
    case .waiting(let words): return [words]
    case .running(let mark):
      return ["process \(mark.process) on \(mark.host), since \(mark.began) UTC by its clock"]
    case .killed(let mark):
      let who =
        mark.map { "process \($0.process) on \($0.host), begun \($0.began) UTC by its clock, " }
        ?? "its process "
      return [who + "ended without a word"] + logged(key)
    case .failed(let failure): return ["on \(failure.host): \(failure.reason)"] + logged(key)
    }
  }

  /// Where the log of a point is, and its last lines.
  private func logged(_ key: String) -> [String] {
    let file = folder.file(.logs, key)
    guard let log = try? RegularFile(file.path, followsLinks: false), log.count > 0,
      let end = try? log.bytes(max(0, log.count - 2000)..<log.count)
    else { return [] }
    return ["log: \(file.displayPath)"]
      + String(decoding: end, as: UTF8.self).split(separator: "\n").suffix(3).map { "| " + $0 }
  }
}
