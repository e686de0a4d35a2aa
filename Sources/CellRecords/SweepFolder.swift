import Base
import Foundation

/// The folder of one sweep among the kept values, in which any process on any machine that sees it can work.
///
/// Each point is a file that is made elsewhere and renamed to its place: of two that compute one point, one wins, and nobody
/// reads half a result. What is known of a point is told by where its files are, so that a hundred thousand take a few
/// readings of folders.
public struct SweepFolder: Hashable, Sendable {
  public let url: URL

  public init(_ url: URL) { self.url = url }

  /// The folder of a sweep.
  ///
  /// - Parameters:
  ///   - key: All that its results depend on besides the points.
  ///   - values: The folder of kept values.
  public init(_ name: String, _ key: ContentKey, in values: URL) {
    let plain = String(name.map { $0.isLetter || $0.isNumber ? $0 : "-" }.prefix(40))
    self.init(Self.all(in: values).appending(path: "\(plain)-\(key.hexadecimal.prefix(12))"))
  }

  /// Where the sweeps of a folder of kept values are.
  public static func all(in values: URL) -> URL { values.appending(path: "sweeps") }

  public var name: String { url.lastPathComponent }

  /// Where files are written before they are renamed.
  public var drafts: URL { url.appending(path: "drafts") }

  /// What there can be of a point; each has a folder.
  public enum Part: String, CaseIterable, Sendable {
    /// Its result, a `KeptValue` of a `KeptPoint`.
    case kept
    /// Why its last computation failed, a `PointFailure`.
    case failed
    /// Who computes it, a `PointMark`; its process holds the file's lock.
    case running
    /// What was printed while it was computed, unless it came to its result.
    case logs
  }

  public func folder(_ part: Part) -> URL { url.appending(path: part.rawValue) }

  public func file(_ part: Part, _ key: String) -> URL { folder(part).appending(path: key) }

  /// The keys of the points that have some part.
  public func keys(_ part: Part) -> Set<String> {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder(part).path)) ?? []
    return Set(names.filter(SweepKey.isKey))
  }

  private var plansFolder: URL { url.appending(path: "plans") }

  /// The plan of a grid.
  public func plan(_ identifier: String) -> PlanFolder {
    PlanFolder(plansFolder.appending(path: identifier))
  }

  /// The plans of all grids that the sweep was made over, the last made first.
  public var plans: [PlanFolder] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: plansFolder.path)) ?? []
    return names.map { plan($0) }.map { (plan: $0, time: $0.time) }
      .sorted { ($1.time, $0.plan.url.path) < ($0.time, $1.plan.url.path) }.map(\.plan)
  }

  /// The points whose results are not as they were written.
  public func damaged() -> [String] {
    keys(.kept).filter { key in
      guard let data = try? Data(ofFile: file(.kept, key).path), let kept = KeptValue(data) else {
        return true
      }
      return SweepKey.name(kept.key) != key
    }
  }

  /// - Throws: `CocoaError` where the folder can't be written.
  public func make() throws {
    for folder in Part.allCases.map(folder) + [drafts] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
  }

  /// The name of a point, by which a task is told to compute it.
  public func taskKey(_ key: String) -> String { "\(name)-\(key)" }

  /// The sweep and the point that a task's key names; nil where it can't be one.
  public static func named(_ taskKey: String, in values: URL) -> (folder: SweepFolder, key: String)? {
    guard let dash = taskKey.lastIndex(of: "-"), !taskKey.contains("/"), !taskKey.hasPrefix(".") else {
      return nil
    }
    let key = String(taskKey[taskKey.index(after: dash)...])
    guard SweepKey.isKey(key) else { return nil }
    return (SweepFolder(all(in: values).appending(path: String(taskKey[..<dash]))), key)
  }
}

/// The folder of a grid that a sweep is made over, with all that a task needs to compute its points.
///
/// Profiles and parameters make other grids, and other programs, of one sweep.
public struct PlanFolder: Hashable, Sendable {
  public let url: URL

  init(_ url: URL) { self.url = url }

  /// What the sweep is, a `SweepPlan`.
  public var plan: URL { url.appending(path: "plan.json") }
  /// A line for each point: its key, its place in the grid, the point as JSON, with tabs between.
  public var points: URL { url.appending(path: "points.tsv") }
  /// The chapter's program.
  public var program: URL { url.appending(path: "chapter") }
  /// What computes the kept values, an array of `KeptBlock`.
  public var blocks: URL { url.appending(path: "blocks.json") }
  /// How the program is run.
  public var task: URL { url.appending(path: "task.json") }

  /// When it was last made or used, in seconds.
  public var time: Int {
    var status = stat()
    return stat(plan.path, &status) == 0 ? Int(status.st_mtim.tv_sec) : 0
  }
}

/// The keys of a sweep's points.
public enum SweepKey {
  /// How many points a sweep may have.
  public static let mostPoints = 1_000_000

  private static let digits = 16

  /// All that the result of a point depends on.
  ///
  /// - Parameters:
  ///   - sweep: The digest of what all points depend on.
  ///   - point: The point as JSON.
  public static func contentKey(of point: String, in sweep: String) -> ContentKey {
    var key = ContentKey()
    key.add("the sweep", String(sweep.prefix(40)))
    key.add("the point", point)
    return key
  }

  public static func name(_ key: ContentKey) -> String { String(key.hexadecimal.prefix(digits)) }

  public static func isKey(_ text: String) -> Bool {
    text.utf8.count == digits && text.allSatisfy { $0.isASCII && $0.isHexDigit }
  }
}
