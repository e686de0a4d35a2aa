import Base
import CProcess
import CellRecords
import Dispatch
import Foundation
import LinearAlgebra
import Synchronization

/// The frame around a chapter's cells; the engine writes the calls, a chapter never does.
public enum ChapterProgram {
  private struct Session {
    var folder: RunFolder
    var writer: RecordWriter
    var cell = 0
    var cellStart = ContinuousClock.now
    var shownCount = 0
    /// Whether the cell has shown a model with a goal, or words.
    var hasGoal = false
    var lastProgress: ContinuousClock.Instant?
    /// What computes the kept values.
    var blocks: [KeptBlock] = []
  }

  private static let session = Mutex<Session?>(nil)
  private static let background = DispatchQueue(label: "neuronbook.background")

  /// Opens the stream of records in the folder that the environment names.
  public static func begin() {
    // Nothing that the chapter begins must outlive it, nor it the command that runs it, whatever ended the command.
    if process_supervise(CommandLine.unsafeArgv) != 0 {
      stop("No process can be begun: \(String(cString: strerror(errno)))")
    }
    // What a cell prints must be on disk when the next one traps.
    process_buffer_output_by_line()
    process_keep_memory()
    guard let path = ProcessInfo.processInfo.environment[ProgramEnvironment.runFolder] else {
      stop("This program is a chapter of a Neuronbook report: run it with `neuronbook build`.")
    }
    let folder = RunFolder(URL(filePath: path))
    do {
      let writer = try RecordWriter(folder.records)
      let blocks = (try? Data(contentsOf: folder.blocks)).flatMap {
        try? JSONDecoder().decode([KeptBlock].self, from: $0)
      }
      session.withLock { $0 = Session(folder: folder, writer: writer, blocks: blocks ?? []) }
    } catch {
      stop("The run folder \(path) can't be written: \(error)")
    }
    ThrowTrace.install(writingTo: folder.lastThrow)
    guard let content = try? Data(contentsOf: folder.rules),
      let rules = try? JSONDecoder().decode(ProgramRules.self, from: content)
    else { stop("The rules of this run can't be read.") }
    for freedom in Confinement.begin(rules) {
      append(.noted(what: ProgramEnvironment.notHeldBack, value: freedom))
    }
    recordReads(in: folder.reads, passingOver: rules.passedOver)
  }

  /// Called by the program before each cell, counted from 0.
  public static func startCell(_ index: Int) {
    session.withLock {
      $0?.cell = index
      $0?.cellStart = .now
      $0?.shownCount = 0
      $0?.hasGoal = false
    }
    process_reads_of_cell(Int32(index))
    append(.started(outputOffsets()))
  }

  /// Fails unless the experiment of an exercise showed a model with a goal, or said in words why there is none.
  ///
  /// - Parameters:
  ///   - file: Where the cell stands.
  public static func requireGoal(file: StaticString, line: UInt) {
    if session.withLock({ $0?.hasGoal ?? true }) { return }
    fail(
      "The experiment of this exercise shows no model with a goal: give `LiveModel` a `goal`, or, where there can be none, show a text that says why.",
      file: file, line: line, column: 1)
  }

  /// Called by the program after each cell: notes its time and what it has printed.
  public static func endCell() {
    let start = session.withLock { $0?.cellStart } ?? .now
    noteKernels()
    append(.ended(seconds: (ContinuousClock.now - start).seconds, outputOffsets()))
  }

  /// Records an inline value as the text that the page shows.
  public static func value<Value>(_ index: Int, _ compute: () throws -> Value) throws {
    let text = displayText(try compute())
    // The engine refuses a text that is too long for a line; the rest of it would only fill the records.
    append(.value(index: index, text: String(text.prefix(InlineText.limit + 1))))
  }

  /// Runs a cell that must fail, in a copy of this process, so that a trap does not end the chapter.
  public static func expectFailure(_ body: () throws -> Void) {
    _ = process_flush_output()
    // A copy of the process has none of its threads.
    finishBackground()
    let folder = session.withLock { $0?.folder }
    guard let folder else { return }
    let failure = ExpectedFailure.run(body, transcript: folder.file("expected-failure.txt"))
    append(.expectedFailure(message: failure))
  }

  /// Runs the solution of an exercise with its check, and in a copy of this process the starter with it.
  ///
  /// A check that the untouched starter passes would tell every student that all is done.
  ///
  /// - Parameters:
  ///   - file: Where the check stands.
  public static func exercise(
    _ body: () throws -> Void, starter: (() throws -> Void)?, file: StaticString, line: UInt
  ) rethrows {
    let trial = starter.map { starter in
      _ = process_flush_output()
      finishBackground()
      return StarterTrial {
        session.withLock { $0 = nil }
        try starter()
      }
    }
    let start = ContinuousClock.now
    defer { trial?.end() }
    do {
      try body()
    } catch let failure as RequirementFailure {
      trial?.end()
      fail(
        "The solution does not pass the check: \(failure.message)", file: failure.file, line: failure.line,
        column: failure.column)
    }
    let taken = start.duration(to: .now)
    if trial?.passes(within: taken * 2 + .seconds(2)) ?? false {
      // The chapter can go on, and say what else is wrong.
      append(
        .failed(
          Failure(
            message: "The untouched starter passes this check, so it can't tell an answer from none.",
            file: "\(file)", line: Int(line), column: 1)))
    }
  }

  /// Called at the program's end: nothing is recorded thereafter.
  public static func finish() {
    finishBackground()
    if let sweep = SweepAsked.current {
      stop(
        "The chapter came to its end without the sweep \(sweep.folder): it is of another state of the chapter."
      )
    }
    noteKernels()
    _ = outputOffsets()
    append(.finished(peakMemory: peakMemory))
  }

  /// The most that the program held, in bytes.
  static var peakMemory: Int {
    var usage = rusage()
    return getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 ? usage.ru_maxrss * 1024 : 0
  }

  /// For the record, the kernels of the products that ran, or that kept values were computed with.
  private static func noteKernels() {
    if let kernels = productKernelsInUse {
      append(.noted(what: ProgramEnvironment.matrixKernels, value: kernels))
    }
  }

  // MARK: For the rest of Lab

  static func append(_ event: Record.Event) {
    let isReported = session.withLock { session in
      guard let current = session else { return false }
      do {
        try current.writer.append(Record(cell: current.cell, event: event))
      } catch {
        stop("The records of this run can't be written: \(error)")
      }
      switch event {
      case .shown(.text): session?.hasGoal = true
      case .shown(.liveModel(let model)) where model.hasGoal: session?.hasGoal = true
      default: break
      }
      return true
    }
    if !isReported { ChapterPackage.tell(event) }
  }

  /// Where files are written before they are renamed; nil outside a run.
  static var drafts: URL? { session.withLock { $0?.folder.temporary } }

  /// Ends the program where it was asked to do no more.
  static func endHere() -> Never {
    finishBackground()
    _ = outputOffsets()
    append(.sweep(.stopped))
    exit(0)
  }

  /// The points that a task computes.
  static var askedPoints: [(key: String, place: Int)] {
    let file = session.withLock { $0?.folder.asked }
    let text = file.flatMap { try? String(contentsOf: $0, encoding: .utf8) } ?? ""
    return text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      return words.count == 2 ? Int(words[1]).map { (String(words[0]), $0) } : nil
    }
  }

  /// The file that tells what the program reads; nil outside a run.
  static var readsFile: URL? { session.withLock { $0?.folder.reads } }

  /// The digest of the code around a line that computes a kept value; nil where it is not the chapter's.
  static func code(file: String, line: Int) -> String? {
    session.withLock { session in
      session?.blocks.first { $0.file == file && ($0.firstLine...$0.lastLine).contains(line) }?.digest
    }
  }

  /// The folder of this run and a name for the next thing that the current cell shows.
  static func nextShownFile() -> (folder: RunFolder, name: String)? {
    session.withLock { session in
      guard session != nil else { return nil }
      session?.shownCount += 1
      return session.map { ($0.folder, "cell-\($0.cell)-\($0.shownCount)") }
    }
  }

  /// Does some work, in order, while the cells go on; the program does not end before it is done.
  static func later(_ work: @escaping @Sendable () -> Void) {
    background.async(execute: work)
  }

  private static func finishBackground() {
    background.sync {}
  }

  /// True at most ten times a second, so that a chapter may report progress at every step.
  static func mayReportProgress() -> Bool {
    session.withLock { session in
      if let last = session?.lastProgress, last + .milliseconds(100) > .now { return false }
      session?.lastProgress = .now
      return true
    }
  }

  /// Ends the chapter with a failure at a place in the chapter.
  static func fail(_ message: String, file: StaticString, line: UInt, column: UInt) -> Never {
    _ = process_flush_output()
    if session.withLock({ $0 == nil }) { stop("\(file):\(line):\(column): \(message)") }
    append(.failed(Failure(message: message, file: "\(file)", line: Int(line), column: Int(column))))
    exit(1)
  }

  static func stop(_ message: String) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(ProgramEnvironment.stopped)
  }

  private static func outputOffsets() -> OutputOffsets {
    guard process_flush_output() == 0 else {
      stop("What the cell printed can't be written: \(String(cString: strerror(errno)))")
    }
    func size(_ descriptor: Int32) -> Int {
      var status = stat()
      return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }
    return OutputOffsets(standardOutput: size(STDOUT_FILENO), standardError: size(STDERR_FILENO))
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
