import CellRecords
import Foundation
import Subprocess
import SystemPackage

/// Runs chapters, each in a process of its own, or takes the results of an earlier run of the same code.
struct Runner {
  var installation: Installation
  /// The folder of kept runs and values.
  var cache: URL
  var profile: Profile
  var report: @Sendable (ProgressEvent) -> Void

  /// Compiles and runs a chapter; what it produced before a failure is in the result, with the failure.
  ///
  /// - Throws: `Problem` where the tools or the cache folder fail; `CancellationError` where interrupted.
  func run(_ chapter: Chapter) async throws -> ChapterRun {
    let key = key(of: chapter)
    let runs = cache.appending(path: "runs")
    let kept = RunFolder(runs.appending(path: "\(chapter.slug)-\(key.hexadecimal.prefix(20))"))
    var changedFile: String?
    if let run = keptRun(in: kept, of: chapter, changedFile: &changedFile) {
      report(.kept(chapter: chapter.slug))
      return run
    }
    let reason =
      changedFile.map { "the file \($0) changed" } ?? key.reason(among: keys(of: chapter, in: runs))
    // A run is made beside its final place and renamed when it is complete.
    let partial = RunFolder(
      cache.appending(path: "runs/partial-\(chapter.slug)-\(ProcessInfo.processInfo.processIdentifier)"))
    try? FileManager.default.removeItem(at: partial.url)
    try FileManager.default.createDirectory(at: partial.url, withIntermediateDirectories: true)
    do {
      var run = try await makeRun(chapter, in: partial)
      run.reason = reason
      guard run.problems.isEmpty, run.isFinished else { return run }
      try JSONEncoder().encode(key).write(to: partial.key)
      try? FileManager.default.removeItem(at: kept.url)
      try FileManager.default.moveItem(at: partial.url, to: kept.url)
      run.folder = kept
      return run
    } catch {
      try? FileManager.default.removeItem(at: partial.url)
      throw error
    }
  }

  /// The name of everything that a run's results depend on, but the files that it reads.
  private func key(of chapter: Chapter) -> ContentKey {
    var key = ContentKey()
    Program.addParts(of: chapter, to: &key)
    key.add("the profile", profile.rawValue)
    for (module, digest) in installation.modules.sorted(by: { $0.key < $1.key }) {
      key.add("module \(module)", digest)
    }
    key.add("the compiler", installation.compiler)
    return key
  }

  /// The keys of the chapter's kept runs.
  private func keys(of chapter: Chapter, in runs: URL) -> [ContentKey] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: runs.path)) ?? []
    return names.filter { $0.hasPrefix(chapter.slug + "-") }.sorted().compactMap { name in
      let folder = RunFolder(runs.appending(path: name))
      return (try? Data(contentsOf: folder.key)).flatMap {
        try? JSONDecoder().decode(ContentKey.self, from: $0)
      }
    }
  }

  /// The run kept in a folder, if it is whole and the files that it read are as they were.
  private func keptRun(in folder: RunFolder, of chapter: Chapter, changedFile: inout String?) -> ChapterRun? {
    var reader = RecordReader(folder.records)
    guard let records = try? reader.next() else { return nil }
    var run = ChapterRun(folder: folder)
    for record in records { run.add(record) }
    guard run.isFinished else { return nil }
    let chapterFolder = chapter.source.url.deletingLastPathComponent()
    for (path, digest) in run.files.sorted(by: { $0.key < $1.key }) {
      let content = try? Data(contentsOf: chapterFolder.appending(path: path))
      guard let content, Digest.sha256(content) == digest else {
        changedFile = path
        return nil
      }
    }
    for shown in run.cells.values.flatMap(\.shown) {
      guard case .figure(let figure) = shown else { continue }
      guard figure.files.allSatisfy({ FileManager.default.fileExists(atPath: folder.file($0).path) }) else {
        return nil
      }
    }
    run.isKept = true
    // The time of the records is that of their last use.
    try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: folder.records.path)
    return run
  }

  // MARK: A new run

  private func makeRun(_ chapter: Chapter, in folder: RunFolder) async throws -> ChapterRun {
    var run = ChapterRun(folder: folder)
    report(.compiling(chapter: chapter.slug))
    let outcome = try await Compiler(installation: installation).compile(chapter, into: folder)
    for warning in outcome.warnings { report(.said(chapter: chapter.slug, warning)) }
    guard outcome.problems.isEmpty else {
      run.problems = outcome.problems
      return run
    }
    let modelSources = try JSONEncoder().encode(installation.modelSources)
    let values = [
      ProgramEnvironment.runFolder: folder.url.path,
      ProgramEnvironment.chapterFolder: chapter.source.url.deletingLastPathComponent().path,
      ProgramEnvironment.cache: cache.appending(path: "values").path,
      ProgramEnvironment.modelSources: String(decoding: modelSources, as: UTF8.self),
      ProgramEnvironment.profile: profile.rawValue,
      "SWIFT_BACKTRACE": "enable=yes,color=no,interactive=no,threads=crashed,limit=64",
    ]
    let environment = Environment.inherit.updating(
      Dictionary(
        uniqueKeysWithValues: values.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }))
    let isolation = await NetworkIsolation.arguments()
    let executable: Executable =
      isolation.isEmpty ? .path(FilePath(folder.program.path)) : .name(isolation[0])
    let arguments = Arguments(isolation.isEmpty ? [] : isolation.dropFirst() + [folder.program.path])
    let output = try Self.create(folder.standardOutput)
    let errors = try Self.create(folder.standardError)

    var listener = Listener(chapter: chapter, folder: folder, run: run, report: report)
    let status = try await withThrowingTaskGroup(
      of: TerminationStatus?.self, returning: TerminationStatus?.self
    ) { group in
      group.addTask {
        var options = PlatformOptions()
        options.teardownSequence = [.send(signal: .kill, allowedDurationToNextStep: .seconds(1))]
        let result = try await Subprocess.run(
          executable, arguments: arguments, environment: environment, platformOptions: options,
          output: .fileDescriptor(output, closeAfterSpawningProcess: true),
          error: .fileDescriptor(errors, closeAfterSpawningProcess: true))
        return result.terminationStatus
      }
      group.addTask {
        try await Task.sleep(for: .milliseconds(50))
        return nil
      }
      var ended: TerminationStatus?
      while let next = try await group.next() {
        try listener.listen()
        if next == nil, let problem = listener.exceededLimit() {
          listener.run.problems.append(problem)
          // The program is killed when its task is cancelled.
          group.cancelAll()
          while let ended = try? await group.next() { _ = ended }
          return nil
        }
        if let next {
          ended = next
          group.cancelAll()
          break
        }
        group.addTask {
          try await Task.sleep(for: .milliseconds(50))
          return nil
        }
      }
      try Task.checkCancellation()
      return ended
    }
    run = listener.run
    for (cell, message) in outcome.failedAsExpected {
      run.cells[cell] = ChapterRun.CellResult(outputEnd: 0, seconds: 0, expectedFailure: message)
    }
    try Task.checkCancellation()
    if run.problems.isEmpty, !run.isFinished, let status {
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
    if run.problems.isEmpty, let said = try? String(contentsOf: folder.standardError, encoding: .utf8) {
      for line in said.split(separator: "\n").prefix(20) {
        report(.said(chapter: chapter.slug, String(line)))
      }
    }
    report(.ended(chapter: chapter.slug, failed: !run.problems.isEmpty))
    return run
  }

  private static func create(_ url: URL) throws -> FileDescriptor {
    try FileDescriptor.open(
      FilePath(url.path), .writeOnly, options: [.create, .truncate, .append, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
  }
}

/// Follows the records of a running chapter.
private struct Listener {
  let chapter: Chapter
  var run: ChapterRun
  private(set) var cell = 0
  private var cellStart = ContinuousClock.now
  private let folder: RunFolder
  private var reader: RecordReader
  private let report: @Sendable (ProgressEvent) -> Void

  init(
    chapter: Chapter, folder: RunFolder, run: ChapterRun, report: @escaping @Sendable (ProgressEvent) -> Void
  ) {
    self.chapter = chapter
    self.run = run
    self.folder = folder
    self.reader = RecordReader(folder.records)
    self.report = report
  }

  /// What a cell may print, in bytes, and how long it may take if it does not say so itself, in seconds.
  private static let outputLimit = 10_000_000
  private static let timeLimit = 3600.0

  /// The problem of a cell that prints too much or takes too long.
  func exceededLimit() -> Problem? {
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
    for url in [folder.standardOutput, folder.standardError] {
      let size = (try? FileManager.default.attributesOfItem(atPath: url.path))?[.size] as? Int ?? 0
      let start = url == folder.standardOutput ? run.cells[cell]?.outputStart ?? 0 : 0
      if size - start > Self.outputLimit {
        return Problem(
          "The cell printed more than \(Self.outputLimit / 1_000_000) MB and was ended.",
          at: current.location,
          advice: "Print less: a reader can't read it.")
      }
    }
    return nil
  }

  mutating func listen() throws {
    for record in try reader.next() {
      run.add(record)
      cell = record.cell
      switch record.event {
      case .started:
        cellStart = .now
        report(
          .cell(
            chapter: chapter.slug, number: record.cell + 1, of: chapter.cells.count,
            label: chapter.cells[record.cell].options.label))
      case .progress(let progress): report(.progress(chapter: chapter.slug, cell: record.cell + 1, progress))
      case .failed(let failure):
        run.problems.append(
          Problem(
            failure.message,
            at: Problem.Location(file: failure.file, line: failure.line, column: failure.column)))
      default: break
      }
    }
  }
}

/// What a build does at the moment, for those who wait.
public enum ProgressEvent: Encodable, Sendable {
  case compiling(chapter: String)
  case kept(chapter: String)
  case cell(chapter: String, number: Int, of: Int, label: String?)
  case progress(chapter: String, cell: Int, CellProgress)
  /// The chapter's program wrote this to standard error, or the compiler warned of this.
  case said(chapter: String, String)
  case ended(chapter: String, failed: Bool)
}
