import Base
import CellRecords
import Foundation

/// Runs chapters, each in a process of its own, or takes the results of an earlier run of the same code.
struct Runner {
  var installation: Installation
  /// The folder that everything is written to.
  var output: URL
  /// The folder of kept runs and values.
  var cache: URL
  var profile: Profile
  /// The chapters' names in the order of the book.
  var slugs: [String]
  /// What the chapters that run side by side may hold, in bytes.
  var memoryLimit: Int
  /// The runs that were read before.
  var known: Memo<[String: FileState], ChapterRun>
  var machine: Machine
  var report: @Sendable (ProgressEvent) -> Void
  /// What a program does where it comes to a sweep.
  var mode = SweepMode.computed

  /// Compiles and runs a chapter, or takes a kept run; what a new one produced before a failure is in the result, with
  /// the failure.
  ///
  /// - Throws: `Problem` where the tools or the cache folder fail; `CancellationError` where interrupted.
  func run(_ chapter: ScannedChapter) async throws -> ChapterRun {
    let key = ContentKey(of: chapter, profile: profile, installation: installation)
    let runs = KeptRuns(of: chapter, in: cache, known: known)
    // Of two builds at once, the second waits and takes what the first has made.
    return try await runs.withLock(on: key) {
      report(.said(chapter: chapter.slug, "waits for another build that runs it"))
    } _: {
      let miss: String
      switch runs.take(key) {
      case .hit(let run):
        report(.kept(chapter: chapter.slug))
        return run
      case .damaged(let what):
        miss = "the kept one is damaged (\(what))"
        report(.said(chapter: chapter.slug, "warning: \(miss); running it again"))
      case .miss(let reason): miss = reason
      }
      let owned = try runs.makePartial()
      let partial = RunFolder(owned.url)
      do {
        var run = try await makeRun(chapter, in: partial, runs: runs)
        run.reason = miss
        guard run.problems.isEmpty, run.isFinished else {
          // What it gave is shown; until then nobody takes it for abandoned.
          run.owner = owned
          return run
        }
        run.folder = try runs.keep(partial, as: key)
        run.identity = run.folder?.identity
        return run
      } catch {
        owned.remove()
        guard !(error is Problem), !(error is CancellationError) else { throw error }
        throw Problem(
          "The results of \(chapter.slug) can't be written: \(systemReason(of: error))",
          at: Problem.Location(file: cache.displayPath),
          advice: "Check the permissions and the space on the disk.")
      }
    }
  }

  /// Names a run by everything that it depends on, but the files that it reads.
  func name(of chapter: ScannedChapter) -> String {
    "\(chapter.slug)-\(ContentKey(of: chapter, profile: profile, installation: installation).hexadecimal)"
  }

  /// What is kept of a chapter, marked where it is stale; runs nothing.
  func recall(_ chapter: ScannedChapter) -> ChapterRun {
    let key = ContentKey(of: chapter, profile: profile, installation: installation)
    return KeptRuns(of: chapter, in: cache, known: known).recall(key)
  }

  // MARK: A new run

  /// Makes a run when there is memory for it; one that was ended for the others' sake is made again, alone.
  func makeRun(_ chapter: ScannedChapter, in folder: RunFolder, runs: KeptRuns) async throws
    -> ChapterRun
  {
    let lastSeconds = runs.lastSeconds()
    var request = Machine.Request(
      memory: runs.lastPeakMemory ?? 0, seconds: lastSeconds.map { $0.values.reduce(0, +) } ?? .infinity,
      place: slugs.firstIndex(of: chapter.slug) ?? 0)
    while true {
      try await machine.enter(chapter.slug, request, limit: memoryLimit) {
        report(
          .said(
            chapter: chapter.slug,
            "waits for others to end: it needs \(ByteCount.text(request.memory)) of memory"))
      }
      defer { machine.leave(chapter.slug) }
      let run = try await makeRun(chapter, in: folder, lastSeconds: lastSeconds ?? [:])
      guard run.isCrowdedOut else { return run }
      // The next program begins anew; until it has done so its listener would take what this one told for its own.
      if FileManager.default.fileExists(atPath: folder.records.path) {
        try FileManager.default.removeItem(at: folder.records)
      }
      request.memory = memoryLimit
    }
  }

  private func makeRun(
    _ chapter: ScannedChapter, in folder: RunFolder, lastSeconds: [Int: Double]
  ) async throws -> ChapterRun {
    var run = ChapterRun(folder: folder)
    report(.compiling(chapter: chapter.slug))
    let outcome = try await Compiler(installation: installation).compile(
      chapter, into: folder, keeping: KeptObjects(of: chapter, in: cache))
    run.warnings = outcome.warnings + ChapterEnvironment.refusedVariables(of: chapter)
    try JSONEncoder().encode(run.warnings).write(to: folder.warnings)
    for warning in run.warnings {
      var place = chapter.cells[warning.cell].codeLocation
      place.line += warning.line - 1
      report(.said(chapter: chapter.slug, "\(place): warning: \(warning.message)"))
    }
    guard outcome.problems.isEmpty else {
      run.problems = outcome.problems
      return run
    }
    try JSONEncoder().encode(KeptBlocks.blocks(in: chapter)).write(to: folder.blocks)
    let told = ChapterEnvironment(
      chapter: chapter, installation: installation, output: output, cache: cache, profile: profile, mode: mode
    )
    let environment = try told.variables(folder)
    try JSONEncoder().encode(told.rules).write(to: folder.rules)
    var listener = Listener(
      chapter: chapter, folder: folder, run: run, lastSeconds: lastSeconds, machine: machine,
      memoryLimit: memoryLimit, report: report)
    let program = RunningProgram(
      program: folder.program, environment: environment, place: chapter.folder, folder: folder,
      isolation: installation.isolation)
    let status = try await program.run { process, isEnded in
      let broken = listener.listen()
      guard let problem = broken ?? (isEnded ? nil : listener.exceededLimit(processIdentifier: process))
      else { return false }
      listener.run.problems.append(problem)
      return true
    }
    run = listener.run
    if listener.isCrowdedOut {
      report(.said(chapter: chapter.slug, "ended to leave the others their memory; it runs again after them"))
      run.isCrowdedOut = true
      return run
    }
    var peak = listener.peakMemory
    peak.most = max(peak.most ?? 0, run.peakMemory)
    try JSONEncoder().encode(peak).write(to: folder.peakMemory)
    let log = (try? Data(ofFile: folder.reads.path)) ?? Data()
    run.inputs = Input.seen(in: log, from: chapter.folder) + chapter.measuredTimes
    try JSONEncoder().encode(run.inputs).write(to: folder.inputs)
    for (cell, message) in outcome.failedAsExpected {
      run.cells[cell] = ChapterRun.CellResult(
        outputEnd: OutputOffsets(standardOutput: 0, standardError: 0), seconds: 0, expectedFailure: message)
    }
    try Task.checkCancellation()
    run.problems += folder.removeStrangers(of: chapter, in: listener.cell)
    if run.problems.isEmpty, !run.isFinished, !run.isStopped, let status {
      let report = CrashReport(chapter: chapter, folder: folder)
      run.problems = [await report.problem(status: status, cell: listener.cell)]
    }
    for cell in chapter.cells where cell.options.error {
      guard let result = run.cells[cell.index], result.isEnded, result.expectedFailure == nil else {
        continue
      }
      run.problems.append(
        Problem(
          "The cell is marked `error: true`, but it did not fail.", at: cell.location,
          advice: "Remove the option, or make the cell show the failure that it is about."))
    }
    if run.problems.isEmpty {
      let said = try? RegularFile(folder.standardError.path, followsLinks: false).bytes(0..<20_000)
      let places = ProgramPlaces(of: chapter)
      for line in String(decoding: said ?? Data(), as: UTF8.self).split(separator: "\n").prefix(20) {
        report(.said(chapter: chapter.slug, places.placed(line)))
      }
    }
    report(.ended(chapter: chapter.slug, failed: !run.problems.isEmpty))
    return run
  }
}

extension RunFolder {
  /// Removes what a cell put into the folder that is no file, such as a pipe in the place of one: whoever reads it later would wait.
  fileprivate func removeStrangers(of chapter: ScannedChapter, in cell: Int) -> [Problem] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    let strangers = names.filter { name in
      var status = stat()
      guard lstat(file(name).path, &status) == 0, file(name).lastPathComponent != temporary.lastPathComponent
      else { return false }
      return status.st_mode & S_IFMT != S_IFREG
    }
    return strangers.sorted().map { name in
      try? FileManager.default.removeItem(at: file(name))
      return Problem(
        "A cell put something into the folder of the run that is no file: `\(name)`.",
        at: chapter.cells.indices.contains(cell)
          ? chapter.cells[cell].location : .init(file: chapter.source.path),
        advice: "Write results below the folder of the report.")
    }
  }
}
