import Base
import CellRecords
import Foundation

/// What running a chapter gave: each cell's outputs, the inline values, and why it stopped if it did.
public struct ChapterRun: Sendable {
  /// Where the files of the run lie; nil where the chapter was not run.
  var folder: RunFolder?
  /// Holds the folder of a run that is not kept.
  var owner: OwnedFolder?
  /// Names what it gave, where that is kept.
  var identity: String?
  var cells: [Int: CellResult] = [:]
  var values: [Int: String] = [:]
  public internal(set) var problems: [Problem] = []
  /// Whether the results were kept from an earlier build.
  public internal(set) var isKept = false
  /// Why it was run, where it was.
  public internal(set) var reason: String?
  /// Why the results are not those of the chapter as it is now, in a build that runs nothing; nil where they are.
  public internal(set) var staleBecause: String?
  /// What is missing of its sweeps, in a build that computes none of their points; nil where nothing is.
  public internal(set) var missingPoints: String?
  /// The inline values that may be other than the chapter would give now.
  var staleValues: Set<Int> = []
  /// What the compiler warned of in the cells.
  var warnings: [CellWarning] = []
  /// What the chapter read, listed or looked for.
  var inputs: [Input] = []
  /// The files that it read, with their digests.
  var files: [String: String] {
    Dictionary(
      inputs.filter { $0.kind == .file && !$0.content.isEmpty }.map { ($0.path, $0.content) },
      uniquingKeysWith: { first, _ in first })
  }
  /// The values that it took from the cache, or computed and why.
  var keptValues: [(name: String, computedBecause: String?)] = []
  /// What the program noted for the record, such as seeds, in the order of the cells.
  var notes: [String] = []
  /// What the program told, in its order.
  var records: [Record] = []
  var isFinished = false
  /// The sweeps that the program came to.
  var sweeps: [ReachedSweep] = []
  /// Whether it ended at a sweep, as it was asked.
  var isStopped = false
  /// The most that the program held, in bytes, as it said at its end.
  var peakMemory = 0
  /// Whether it was ended to leave other chapters their memory.
  var isCrowdedOut = false
  var seconds: Double { cells.values.compactMap(\.seconds).reduce(0, +) }

  /// A sweep that a chapter's program came to.
  struct ReachedSweep: Codable, Sendable {
    var name: String
    /// The names of its folder and of the plan in it.
    var folder: String
    var plan: String
    var points: Int
    var kept: Int
    var cell: Int
  }

  struct CellResult: Sendable {
    var shown: [Shown] = []
    var outputStart = OutputOffsets(standardOutput: 0, standardError: 0)
    var outputEnd: OutputOffsets?
    /// Whether it may show other things than the cell would now.
    var isStale = false
    var seconds: Double?
    /// What the failure of a cell with `error: true` said.
    var expectedFailure: String?
    var isEnded: Bool { seconds != nil }
  }

  mutating func add(_ record: Record) {
    switch record.event {
    case .progress, .sweep(.advanced): break
    default: records.append(record)
    }
    switch record.event {
    case .started(let offsets): cells[record.cell, default: CellResult()].outputStart = offsets
    case .shown(let shown): cells[record.cell, default: CellResult()].shown.append(shown)
    case .value(let index, let text): values[index] = text
    case .sweep(.reached(let name, let folder, let plan, let points, let kept)):
      sweeps.append(
        ReachedSweep(name: name, folder: folder, plan: plan, points: points, kept: kept, cell: record.cell))
    case .sweep(.stopped): isStopped = true
    case .progress, .failed, .sweep: break
    case .cached(let name, let reason): keptValues.append((name, reason))
    case .noted(let what, let value):
      let line = "\(what): \(value)"
      if !notes.contains(line) { notes.append(line) }
    case .expectedFailure(let message):
      cells[record.cell, default: CellResult()].expectedFailure = message
    case .ended(let seconds, let offsets):
      cells[record.cell, default: CellResult()].seconds = seconds
      cells[record.cell, default: CellResult()].outputEnd = offsets
    case .finished(let peakMemory):
      isFinished = true
      self.peakMemory = peakMemory
    }
  }

  /// How much of what a cell printed a page shows, in bytes.
  private static let shownBytes = 100_000

  /// What a cell printed, or wrote to standard error.
  ///
  /// - Throws: `Problem` where that is not UTF-8.
  func printed(by cell: Cell, to stream: Stream = .standardOutput) throws -> String {
    let (path, offset) =
      switch stream {
      case .standardOutput: (\RunFolder.standardOutput, \OutputOffsets.standardOutput)
      case .standardError: (\RunFolder.standardError, \OutputOffsets.standardError)
      }
    guard let folder, let result = cells[cell.index] else { return "" }
    let start = max(0, result.outputStart[keyPath: offset])
    let end = result.outputEnd?[keyPath: offset]
    // A byte more tells whether there is more.
    let wanted = start..<max(start, min(end ?? .max, start + Self.shownBytes + 1))
    let data: Data
    do {
      data = try RegularFile(folder[keyPath: path].path, followsLinks: false).bytes(wanted)
    } catch {
      return ""
    }
    if data.count > Self.shownBytes {
      let size =
        (try? FileManager.default.attributesOfItem(atPath: folder[keyPath: path].path))?[.size] as? Int
      let left = min(end ?? .max, size ?? 0) - start - Self.shownBytes
      return String(decoding: data.prefix(Self.shownBytes), as: UTF8.self) + "\n… and \(left) bytes more"
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Problem(
        "The cell printed bytes that are not UTF-8 text.", at: cell.location,
        advice: "Print text; for bytes, print their hexadecimal form.")
    }
    // A crash is told by the chapter's problem; the list of the machine's libraries behind it is for nobody.
    return text.firstRange(of: "\n*** Signal ").map { String(text[..<$0.lowerBound]) } ?? text
  }

  enum Stream {
    case standardOutput, standardError
  }

  /// What a cell depends on that no kept result can be compared with.
  func unfollowed(by cell: Cell) -> [String] {
    inputs.filter { $0.kind == .unfollowed && $0.cell == cell.index }.map(\.path)
  }

  /// Why the chapter was run or not, and why its kept values were computed or not.
  func explanation(of chapter: ScannedChapter) -> [String] {
    if let staleBecause { return ["\(chapter.slug): not run, \(staleBecause)"] }
    guard !isKept else { return ["\(chapter.slug): not run, nothing changed"] }
    return ["\(chapter.slug): run, \(reason ?? "it never came to its end before")"]
      + keptValues.map { "  \($0.name): " + ($0.computedBecause.map { "computed, \($0)" } ?? "kept") }
  }
}
