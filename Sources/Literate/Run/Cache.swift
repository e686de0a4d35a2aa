import CellRecords
import Foundation

/// The kept runs and compiled programs of chapters and the kept values of cells, as a user manages them.
public struct Cache: Sendable {
  var folder: URL

  public init(of book: Book) {
    folder = book.cache
  }

  public struct Entry: Sendable {
    public enum Kind: String, Sendable {
      case run, value, sweep
      /// The compiled files of a chapter's program.
      case program
    }

    public var kind: Kind
    public var url: URL
    /// In bytes.
    public var size: Int
    /// When it was last written or taken.
    public var lastUse: Date

    /// "value  model-0a1b…  158 kB  2 days ago".
    public var line: String {
      let days = Int(-lastUse.timeIntervalSinceNow / 86400)
      let age = days == 0 ? "today" : days == 1 ? "1 day ago" : "\(days) days ago"
      return "\(kind.rawValue)  \(url.lastPathComponent)  \(ByteCount.text(size))  \(age)"
    }

    /// Whether it can be read and is what was written.
    public func isWhole() -> Bool {
      switch kind {
      case .value: return KeptValue.isWhole(url)
      case .sweep: return SweepFolder(url).damaged().isEmpty
      case .program: return KeptObjects.areWhole(in: url)
      case .run:
        let folder = RunFolder(url)
        guard folder.damage() == nil, let key = folder.keptKey else { return false }
        return KeptRuns.isNamed(url, by: key)
      }
    }
  }

  /// What is kept, the last used first.
  public func entries() throws -> [Entry] {
    let runs = try contents(of: "runs").filter { !$0.lastPathComponent.hasPrefix("partial-") }.map { url in
      Entry(kind: .run, url: url, size: folderSize(url), lastUse: lastUse(RunFolder(url).records))
    }
    let sweeps = try contents(of: "values/sweeps").map { url in
      let used = SweepFolder(url).plans.first.map { Date(timeIntervalSince1970: Double($0.time)) }
      return Entry(
        kind: .sweep, url: url, size: folderSize(url),
        lastUse: max(used ?? .distantPast, lastUse(SweepFolder(url).folder(.kept))))
    }
    let values = try contents(of: "values").filter { $0.pathExtension == "json" }.map { url in
      Entry(kind: .value, url: url, size: fileSize(url), lastUse: lastUse(url))
    }
    let programs = try contents(of: KeptObjects.folderName).map { url in
      Entry(kind: .program, url: url, size: folderSize(url), lastUse: lastUse(url))
    }
    return (runs + values + sweeps + programs).sorted {
      ($1.lastUse, $0.url.path) < ($0.lastUse, $1.url.path)
    }
  }

  /// Removes what is older than some days, and then the least recently used until the rest is small enough.
  ///
  /// - Returns: What was removed.
  public func prune(keepDays: Double?, maxSize: Int?) throws -> [Entry] {
    if let keepDays, !(keepDays >= 0 && keepDays.isFinite) {
      throw Problem("`\(keepDays)` is no number of days.", advice: "Write --keep-days 30, for example.")
    }
    var kept = try entries()
    var removed: [Entry] = []
    if let keepDays {
      removed = kept.filter { -$0.lastUse.timeIntervalSinceNow > keepDays * 86400 }
      kept.removeAll { -$0.lastUse.timeIntervalSinceNow > keepDays * 86400 }
    }
    while let maxSize, kept.map(\.size).reduce(0, +) > maxSize { removed.append(kept.removeLast()) }
    for entry in removed {
      try FileManager.default.removeItem(at: entry.url)
      try? FileManager.default.removeItem(atPath: entry.url.path + ".lock")
    }
    return removed
  }

  private func contents(of name: String) throws -> [URL] {
    let url = folder.appending(path: name)
    guard FileManager.default.fileExists(atPath: url.path) else { return [] }
    return try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
  }

  private func folderSize(_ url: URL) -> Int {
    let names = FileManager.default.enumerator(atPath: url.path)?.allObjects as? [String] ?? []
    return names.map { fileSize(url.appending(path: $0)) }.reduce(0, +)
  }

  private func fileSize(_ url: URL) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: url.path))?[.size] as? Int ?? 0
  }

  private func lastUse(_ url: URL) -> Date {
    (try? FileManager.default.attributesOfItem(atPath: url.path))?[.modificationDate] as? Date ?? .distantPast
  }
}
