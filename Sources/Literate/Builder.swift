import Base
import CellRecords
import Foundation

/// Turns a book into a report: reads the chapters, runs them side by side, and weaves the page.
public struct Builder: Sendable {
  public var book: Book
  /// The `--set` of the command line.
  public var settings: [ParameterSetting]
  /// Whether chapters may be run; if not, the report shows what is kept and marks what is stale.
  public var runsChapters = true
  public var edition = Edition.student
  /// What is made besides the page.
  public var formats: Set<Format> = []
  /// What the chapters that run side by side may hold, in bytes; nil for four fifths of the machine's memory.
  public var memoryLimit: Int?
  /// How long to wait for a chapter since it began to run, where runs go on after a build: after that its kept results
  /// are shown. Nil: to its end.
  public var patience: Duration?
  /// Whoever builds again and again keeps it.
  public var session = Session()
  private let report: @Sendable (ProgressEvent) -> Void

  public struct Outcome: Sendable {
    /// The page; nil where none was made.
    public var page: URL?
    public var text: PageText?
    /// What else was made.
    public var files: [URL] = []
    /// What the user should mend, in the order of the book.
    public var problems: [Problem]
    public var chapters: Int
    /// How many chapters took the results of an earlier run.
    public var kept: Int
    /// How many chapters show results of an earlier state, or none, in a build that runs nothing.
    public var stale = 0
    /// The chapters that still run.
    public var running: [String] = []
    /// Why each chapter and each kept value was run or computed, or that it was not.
    public var explanations: [String] = []
    /// The paths of the files that the chapters show and that their runs read.
    var used: Set<String> = []
    /// What the user should know, though nothing is wrong.
    public var warnings: [String] = []
  }

  public init(
    _ book: Book, settings: [ParameterSetting] = [], report: @escaping @Sendable (ProgressEvent) -> Void
  ) {
    self.book = book
    self.settings = settings
    self.report = report
  }

  /// Reads and compiles all chapters and resolves their references, but runs nothing.
  public func check() async throws -> [Problem] {
    try TemporaryFolder.check()
    try SystemLimits.check(chapters: book.chapters.count)
    async let found = Installation.find()
    let scan = try Manuscript.scan(book, settings: settings, session: session)
    let manuscript = try await Manuscript.read(scan, of: book, session: session)
    let installation = try await found
    let scratch = FileManager.default.temporaryDirectory.appending(path: "neuronbook-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: scratch) }
    let compiled = try await inParallel(manuscript.chapters) { chapter in
      let folder = RunFolder(scratch.appending(path: chapter.slug))
      try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
      report(.compiling(chapter: chapter.slug))
      return try await Compiler(installation: installation).compile(chapter.scanned, into: folder).problems
    }
    return inOrder(manuscript.problems + compiled.flatMap { $0 })
  }

  /// Builds the report; chapters that fail are shown as far as they came.
  ///
  /// - Parameter ready: Called with the page as soon as it is made, before it is written.
  /// - Throws: `Problem` where nothing can be made: a missing tool, a folder that can't be written.
  public func build(ready: (Outcome) async -> Void = { _ in }) async throws -> Outcome {
    let started = Date()
    let place = OutputFolder(book: book, edition: edition)
    try TemporaryFolder.check()
    try SystemLimits.check(chapters: book.chapters.count)
    let work = try place.makeWorkFolder()
    defer { work.remove() }
    async let found = findInstallation()
    async let commit = RunRecord.commit(of: book)
    let scan = try Manuscript.scan(book, settings: settings, session: session)
    guard !scan.chapters.isEmpty else {
      return Outcome(problems: inOrder(scan.problems), chapters: 0, kept: 0)
    }
    let shown = scan.chapters.filter { book.shows($0.source.path) }
    session.pandoc.takeUp(from: keptAnswers)
    async let read = Manuscript.read(scan, of: book, session: session)
    let installation = try await found
    let runner = runner(installation)
    async let early = run(shown.filter(\.canRun), by: runner)
    let manuscript = try await read
    var problems = manuscript.problems
    guard !manuscript.chapters.isEmpty else {
      for run in try await early.values { run.owner?.remove() }
      return Outcome(problems: inOrder(problems), chapters: 0, kept: 0)
    }
    let waiting = Set(shown.filter { !$0.canRun }.map(\.slug))
    async let late = run(
      manuscript.chapters.map(\.scanned).filter { waiting.contains($0.slug) }, by: runner)
    // The listings take most of the time to set, but do not depend on results.
    _ = try await session.pandoc.html(ofEach: manuscript.drafts.filter(\.isNew).flatMap(\.listings))
    let ended = try await early.merging(late) { first, _ in first }
    let runs = manuscript.chapters.compactMap { ended[$0.slug] }
    defer {
      for run in ended.values { run.owner?.remove() }
    }
    let results = zip(manuscript.chapters, runs).map { $1.results(of: $0, for: edition) }
    var woven: [Woven] = []
    var weights: [String: Int] = [:]
    for (chapter, run) in zip(manuscript.chapters, runs) {
      let text = Woven(
        chapter, run, edition: edition, labels: manuscript.labels, citations: manuscript.citations,
        foldsCode: book.foldsCode, session: session.page)
      woven.append(text)
      weights.merge(text.weights, uniquingKeysWith: +)
      problems += run.problems + text.problems
    }
    for entry in book.shownChapters
    where !manuscript.chapters.contains(where: { $0.source.path == entry.path }) {
      let notice = Block.html(
        "<div class=\"failure\" role=\"alert\"><p>The chapter <code>\(escapedHTML(Problem.Location(file: entry.path).onPage.file))</code> could not be read.</p></div>"
      )
      woven.append(Woven([notice], name: entry.path))
    }
    // With a bad bibliography the page is made without it.
    var readable = book
    if manuscript.citations == nil { readable.bibliography = nil }
    let record = RunRecord(book, installation, manuscript.chapters, results, edition, commit: await commit)
    let text = try await Page(book: readable, chapters: woven, record: record).text(by: session.page)
    var outcome = Outcome(
      text: text, problems: inOrder(problems), chapters: runs.count,
      kept: runs.count { $0.isKept && $0.staleBecause == nil }, stale: runs.count { $0.staleBecause != nil },
      running: runsChapters
        ? zip(manuscript.chapters, runs).filter { $1.staleBecause != nil }.map(\.0.slug) : [],
      explanations: zip(manuscript.chapters, runs).flatMap { $1.explanation(of: $0.scanned) },
      used: manuscript.usedFiles(runs))
    await ready(outcome)

    let html = text.html
    try FileManager.default.createDirectory(at: place.folder, withIntermediateDirectories: true)
    let page = place.folder.appending(path: "report.html")
    try OutputFolder.replace(page, with: html, through: work.url)
    outcome.page = page
    outcome.warnings =
      SizeBudget.warnings(pageBytes: html.count, weights: weights)
      + [PageModels(woven).warning].compactMap { $0 }
      + record.notHeldBack.map { "chapters are not held back from \($0); SECURITY.md says what that means" }
    try OutputFolder.replace(place.folder.appending(path: "run.json"), with: record.json, through: work.url)
    try place.writeScorecard(results, through: work.url)
    let values = try BuildValues.file(book, manuscript.chapters, results, record, known: session.values)
    try OutputFolder.replace(
      place.folder.appending(path: BuildValues.fileName), with: values, through: work.url)
    try FiguresFolder(book: book, drafts: work.url).export(
      manuscript.chapters, results, isWhole: problems.isEmpty)
    if !formats.isEmpty {
      let made = try await export(
        Publication(
          book: readable, edition: edition, chapters: manuscript.chapters.map { $0.text(for: edition) },
          runs: results, labels: manuscript.labels, citations: manuscript.citations, page: page,
          folder: place.folder, work: work.url, sources: installation.package, pandoc: session.pandoc,
          record: record,
          started: started))
      outcome.files = made.files
      outcome.problems = inOrder(problems + made.problems)
    }
    return outcome
  }

  /// What runs the chapters.
  func runner(_ installation: Installation) -> Runner {
    Runner(
      installation: installation, output: book.output, cache: book.cache, profile: book.profile,
      slugs: book.slugs,
      memoryLimit: memoryLimit ?? Machine.usualMemoryLimit, known: session.runs, machine: session.machine,
      report: report)
  }

  /// The results of chapters by their names; of those that still run when patience ends, what is kept.
  private func run(_ chapters: [ScannedChapter], by runner: Runner) async throws -> [String: ChapterRun] {
    let runs = try await inParallel(chapters, width: chapters.count) { chapter in
      guard runsChapters else { return try await runner.showKept(chapter) }
      guard let runsUnderWay = session.runsUnderWay else { return try await runner.run(chapter) }
      let name = runner.name(of: chapter)
      let run = try await runsUnderWay.run(of: chapter.slug, name, patience: patience) {
        try await runner.run(chapter)
      }
      return run ?? runner.recall(chapter)
    }
    return Dictionary(uniqueKeysWithValues: zip(chapters.map(\.slug), runs))
  }

  /// Makes the formats; one that can't be made does not keep the others.
  private func export(_ publication: Publication) async throws -> (files: [URL], problems: [Problem]) {
    var files: [URL] = []
    var problems: [Problem] = []
    for format in Format.allCases where formats.contains(format) {
      do {
        files.append(try await format.exporter.write(publication))
      } catch let problem as Problem {
        problems.append(problem)
      } catch  where !(error is CancellationError) {
        problems.append(
          Problem(
            "The format \(format.rawValue) can't be written: \(systemReason(of: error)).",
            at: Problem.Location(file: publication.folder.displayPath),
            advice: "Check the permissions and the space on the disk."))
      }
    }
    return (files, problems)
  }

  /// Forgets what the build did not ask for, and keeps what Pandoc answered for a later one.
  public func tidy() {
    session.forgetUnasked()
    let drafts = try? OwnedFolder(".work-", in: book.output)
    defer { drafts?.remove() }
    session.pandoc.keep(in: keptAnswers, through: drafts?.url)
  }

  /// Not in the cache that a lone chapter shares with its book: it would forget what the others ask.
  private var keptAnswers: URL { book.output.appending(path: "cache/pandoc.plist") }

  func findInstallation() async throws -> Installation {
    if let known = session.installation.withLock(\.self), known.isCurrent { return known }
    let found = try await Installation.find()
    session.installation.withLock { $0 = found }
    return found
  }

  /// Each problem once, in the order of the book.
  func inOrder(_ problems: [Problem]) -> [Problem] {
    var seen: Set<Problem> = []
    let unique = problems.filter { seen.insert($0).inserted }
    let order = Dictionary(book.chapters.enumerated().map { ($1.path, $0) }, uniquingKeysWith: min)
    return unique.enumerated().sorted { left, right in
      func key(_ problem: Problem, _ index: Int) -> (Int, Int, Int, Int) {
        let place = problem.location
        return (order[place?.file ?? ""] ?? -1, place?.line ?? 0, place?.column ?? 0, index)
      }
      return key(left.element, left.offset) < key(right.element, right.offset)
    }.map(\.element)
  }
}
