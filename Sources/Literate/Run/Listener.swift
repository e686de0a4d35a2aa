import CellRecords
import Foundation

/// Follows the records of a running chapter.
struct Listener {
  let chapter: ScannedChapter
  var run: ChapterRun
  private(set) var cell = 0
  private var cellStart = ContinuousClock.now
  private let folder: RunFolder
  private var reader: RecordReader
  /// How long each cell took the last time.
  private let lastSeconds: [Int: Double]
  private let machine: Machine
  /// What the chapters that run side by side may hold, in bytes.
  private let memoryLimit: Int
  private(set) var peakMemory = PeakMemory()
  /// Whether it was ended for the others' sake and may be run again, alone.
  private(set) var isCrowdedOut = false
  private let report: @Sendable (ProgressEvent) -> Void

  init(
    chapter: ScannedChapter, folder: RunFolder, run: ChapterRun, lastSeconds: [Int: Double],
    machine: Machine, memoryLimit: Int, report: @escaping @Sendable (ProgressEvent) -> Void
  ) {
    self.chapter = chapter
    self.lastSeconds = lastSeconds
    self.machine = machine
    self.memoryLimit = memoryLimit
    self.run = run
    self.folder = folder
    self.reader = RecordReader(folder.records)
    self.report = report
  }

  /// What a cell may print, in bytes, and how long it may take if it does not say so itself, in seconds.
  private static let outputLimit = 10_000_000
  static let timeLimit = 3600.0

  /// The problem of a cell that prints too much, takes too long or holds too much memory.
  ///
  /// - Parameter processIdentifier: The chapter's program; nil before it has started.
  mutating func exceededLimit(processIdentifier: Int32?) -> Problem? {
    let held = processIdentifier.map(ProcessTree.memory) ?? 0
    peakMemory.note(held, in: cell)
    let room = machine.note(held, for: chapter.slug, limit: memoryLimit)
    guard chapter.cells.indices.contains(cell), run.cells[cell].map({ !$0.isEnded }) ?? false else {
      return nil
    }
    let current = chapter.cells[cell]
    let limit = current.options.timeLimit ?? Self.timeLimit
    if limit > 0, cellStart.duration(to: .now) > .seconds(limit) {
      return Problem(
        "The cell took longer than its limit of \(limit.formatted()) seconds and was ended.",
        at: current.location,
        advice: "Make it faster, or give it more time: `//| time-limit: \(Int(limit * 2))`; 0 is no limit.")
    }
    let ownLimit = current.options.memoryLimit
    isCrowdedOut = room == .crowded && ownLimit != 0
    if isCrowdedOut || (ownLimit.map { $0 > 0 && held > $0 } ?? (room == .tooLittle)) {
      let limit = ownLimit ?? memoryLimit
      return Problem(
        "The cell held \(ByteCount.text(held)) of memory, more than its limit of \(ByteCount.text(limit)), and was ended.",
        at: current.location,
        advice:
          "Hold less at once, or allow more: `//| memory-limit: \(ByteCount.text(limit * 2))`; 0 is no limit."
      )
    }
    let start = run.cells[cell]?.outputStart
    for (url, start) in [
      (folder.standardOutput, start?.standardOutput), (folder.standardError, start?.standardError),
    ] {
      let size = (try? FileManager.default.attributesOfItem(atPath: url.path))?[.size] as? Int ?? 0
      if size - (start ?? 0) > Self.outputLimit {
        return Problem(
          "The cell printed more than \(Self.outputLimit / 1_000_000) MB and was ended.",
          at: current.location,
          advice: "Print less: a reader can't read it.")
      }
    }
    return nil
  }

  /// What the rest of the chapter took the last time, in seconds; nil where that is not known or not worth a word.
  private func secondsLeft(from cell: Int) -> Double? {
    let left = (cell..<chapter.cells.count).compactMap { lastSeconds[$0] }.reduce(0, +)
    return left < 1 ? nil : left
  }

  /// Takes in what the program told since the last call.
  ///
  /// - Returns: What is wrong with it; nil where all can be.
  mutating func listen() -> Problem? {
    while true {
      let records: [Record]
      do {
        records = try reader.next()
      } catch {
        return broken("What the chapter's program tells can't be read: \(error.reason).")
      }
      if records.isEmpty { return nil }
      for record in records {
        if let fault = record.fault(cells: chapter.cells.count, values: chapter.values.count) {
          return broken("The chapter's program tells of \(fault), which can't be.")
        }
        take(record.showable)
      }
    }
  }

  private func broken(_ message: String) -> Problem {
    Problem(
      message,
      at: chapter.cells.indices.contains(cell)
        ? chapter.cells[cell].location : .init(file: chapter.source.path),
      advice: "A cell tells by `show`, `progress` and its values; the folder of the run is not for cells.")
  }

  private mutating func take(_ record: Record) {
    run.add(record)
    cell = record.cell
    switch record.event {
    case .started:
      cellStart = .now
      report(
        .cell(
          chapter: chapter.slug, number: record.cell + 1, of: chapter.cells.count,
          label: chapter.cells[record.cell].options.label, secondsLeft: secondsLeft(from: record.cell)))
    case .progress(let progress): report(.progress(chapter: chapter.slug, cell: record.cell + 1, progress))
    case .sweep(.advanced(let name, let done, let count)):
      // The limit of time is that of a point.
      cellStart = .now
      report(
        .progress(
          chapter: chapter.slug, cell: record.cell + 1,
          CellProgress(
            task: "sweep \(name)", fraction: Double(done) / Double(max(1, count)),
            detail: "\(done) of \(count) points")))
    case .failed(let failure):
      let place = ProgramPlaces(of: chapter).location(
        file: failure.file, line: failure.line, column: failure.column)
      run.problems.append(Problem(failure.message, at: place ?? .init(file: chapter.source.path)))
    default: break
    }
  }
}
