import CellRecords
import Foundation

/// Turns a book into a report: reads the chapters, runs them side by side, and weaves the page.
public struct Builder: Sendable {
  public var book: Book
  /// The `--set` of the command line.
  public var settings: [ParameterSetting]
  private let report: @Sendable (ProgressEvent) -> Void

  public struct Outcome: Sendable {
    /// The page; nil where none was made.
    public var page: URL?
    /// What the user should mend, in the order of the book.
    public var problems: [Problem]
    public var chapters: Int
    /// How many chapters took the results of an earlier run.
    public var kept: Int
    /// Why each chapter and each kept value was run or computed, or that it was not.
    public var explanations: [String] = []
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
    let reading = try await read()
    let installation = try await Installation.find()
    let scratch = FileManager.default.temporaryDirectory.appending(path: "neuronbook-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: scratch) }
    let compiled = try await inParallel(reading.chapters) { chapter in
      let folder = RunFolder(scratch.appending(path: chapter.slug))
      try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
      report(.compiling(chapter: chapter.slug))
      return try await Compiler(installation: installation).compile(chapter, into: folder).problems
    }
    return inOrder(reading.problems + compiled.flatMap { $0 })
  }

  /// Builds the report; chapters that fail are shown as far as they came.
  ///
  /// - Throws: `Problem` where nothing can be made: a missing tool, a folder that can't be written.
  ///
  /// - Parameter installation: Where the library is; found anew if not given.
  public func build(_ installation: Installation? = nil) async throws -> Outcome {
    let work = try makeWorkFolder()
    defer { try? FileManager.default.removeItem(at: work) }
    let reading = try await read()
    var problems = reading.problems
    guard !reading.chapters.isEmpty else { return Outcome(problems: inOrder(problems), chapters: 0, kept: 0) }

    let installation = if let installation { installation } else { try await Installation.find() }
    let runner = Runner(
      installation: installation, cache: book.output.appending(path: "cache"), profile: book.profile,
      report: report)
    let runs = try await inParallel(reading.chapters) { chapter in try await runner.run(chapter) }
    defer {
      for run in runs where !run.problems.isEmpty {
        run.folder.map { try? FileManager.default.removeItem(at: $0.url) }
      }
    }

    var blocks: [JSON] = []
    for (chapter, run) in zip(reading.chapters, runs) {
      var weaver = Weaver(chapter, run: run, labels: reading.labels, citations: reading.citations)
      blocks += weaver.weave().array ?? []
      problems += run.problems + weaver.problems
      try export(chapter, run)
    }
    for entry in book.chapters where !reading.chapters.contains(where: { $0.source.path == entry.path }) {
      blocks.append(
        .rawHTML(
          "<div class=\"failure\" role=\"alert\"><p>The chapter <code>\(escapedHTML(entry.path))</code> could not be read.</p></div>"
        ))
    }
    // With a bad bibliography the page is made without it.
    var readable = book
    if reading.citations == nil { readable.bibliography = nil }
    let record = await RunRecord(book, installation, reading.chapters, runs)
    let html = try await Page(book: readable, blocks: blocks, record: record).html(workFolder: work)
    let page = book.output.appending(path: "report.html")
    try replace(page, with: html)
    try replace(book.output.appending(path: "run.json"), with: record.json)
    try writeScorecard(runs)
    return Outcome(
      page: page, problems: inOrder(problems), chapters: runs.count, kept: runs.count { $0.isKept },
      explanations: zip(reading.chapters, runs).flatMap { $1.explanation(of: $0) })
  }

  // MARK: Reading

  private struct Reading {
    var chapters: [Chapter]
    var labels: Labels
    var citations: Set<String>?
    var problems: [Problem]
  }

  private func read() async throws -> Reading {
    let results = try await inParallel(book.chapters) { entry -> Result<Chapter, Problem> in
      do {
        return .success(try await Chapter.read(entry.url, path: entry.path, profile: book.profile))
      } catch let problem as Problem where problem.location != nil {
        return .failure(problem)
      }
    }
    var chapters: [Chapter] = []
    var problems: [Problem] = []
    for (index, result) in results.enumerated() {
      switch result {
      case .success(var chapter):
        if book.chapters.count > 1 { chapter.number = index + 1 }
        let own = Set(chapter.parameters.map(\.name))
        chapter.parameters = book.parameters.filter { !own.contains($0.name) } + chapter.parameters
        chapters.append(chapter)
        problems += chapter.problems
      case .failure(let problem):
        problems.append(problem)
      }
    }
    try apply(settings, to: &chapters)
    var citations: Set<String>?
    if let bibliography = book.bibliography {
      do {
        citations = Set(try await Pandoc.keys(ofBibliography: bibliography.url, path: bibliography.path))
      } catch let problem as Problem where problem.location != nil {
        problems.append(problem)
      }
    }
    let labels = Labels(chapters)
    problems += labels.problems
    for chapter in chapters {
      var weaver = Weaver(chapter, run: nil, labels: labels, citations: citations)
      _ = weaver.weave()
      problems += weaver.problems
    }
    return Reading(chapters: chapters, labels: labels, citations: citations, problems: problems)
  }

  /// Gives the parameters their values of the command line.
  ///
  /// - Throws: `Problem` for a parameter that no chapter has, or a value of another type.
  private func apply(_ settings: [ParameterSetting], to chapters: inout [Chapter]) throws {
    for setting in settings {
      var isKnown = false
      for chapter in chapters.indices {
        for index in chapters[chapter].parameters.indices
        where chapters[chapter].parameters[index].name == setting.name {
          let declared = chapters[chapter].parameters[index]
          guard let value = declared.value.reading(setting.text) else {
            throw Problem(
              "`--set \(setting.name)=\(setting.text)`: \(declared.value.typeName) was expected.",
              at: declared.location,
              advice: "It is declared here as \(declared.value.text).")
          }
          chapters[chapter].parameters[index].value = value
          isKnown = true
        }
      }
      guard isKnown else {
        let names = Set(chapters.flatMap { $0.parameters.map(\.name) }).sorted()
        let near = nearest(to: setting.name, among: names).map { "Did you mean `\($0)`? " } ?? ""
        throw Problem(
          "No chapter has a parameter `\(setting.name)`.",
          advice: near + (names.isEmpty ? "None is declared." : "There are \(names.listed)."))
      }
    }
  }

  /// Each problem once, in the order of the book.
  private func inOrder(_ problems: [Problem]) -> [Problem] {
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

  // MARK: Writing

  private func makeWorkFolder() throws -> URL {
    let work = book.output.appending(path: ".work-\(ProcessInfo.processInfo.processIdentifier)")
    do {
      try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
    } catch {
      throw Problem(
        "The output folder can't be written: \(error.localizedDescription)",
        at: Problem.Location(file: book.output.displayPath),
        advice: "Check its permissions, or name another one: --output DIR")
    }
    return work
  }

  /// Copies the PNG and PDF of labelled figures to the folder of figures.
  private func export(_ chapter: Chapter, _ run: ChapterRun) throws {
    guard let folder = run.folder else { return }
    for cell in chapter.cells {
      guard let label = cell.options.label, let result = run.cells[cell.index] else { continue }
      for case .figure(let figure) in result.shown.prefix(1) {
        try FileManager.default.createDirectory(at: book.figures, withIntermediateDirectories: true)
        for (name, ending) in [(figure.png, "png"), (figure.pdf, "pdf")] {
          try replace(
            book.figures.appending(path: "\(label).\(ending)"), with: Data(contentsOf: folder.file(name)))
        }
      }
    }
  }

  /// Collects the claims of all chapters, in the order of the text, into `scorecard.json`; a book without claims
  /// has none.
  private func writeScorecard(_ runs: [ChapterRun]) throws {
    let shown = runs.flatMap { run in run.cells.sorted { $0.key < $1.key }.flatMap(\.value.shown) }
    let claims = shown.compactMap { if case .claim(let claim) = $0 { claim } else { nil } }
    guard !claims.isEmpty else {
      // One of an earlier build would speak of claims that are gone.
      try? FileManager.default.removeItem(at: book.output.appending(path: "scorecard.json"))
      return
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try replace(book.output.appending(path: "scorecard.json"), with: encoder.encode(claims))
  }

  /// Writes beside and renames, so that no file is ever half there.
  private func replace(_ url: URL, with data: Data) throws {
    if let current = try? Data(contentsOf: url), current == data { return }
    do {
      try data.write(to: url, options: .atomic)
    } catch {
      throw Problem(
        "The file can't be written: \(error.localizedDescription)",
        at: Problem.Location(file: url.displayPath),
        advice: "Check the permissions and the space on the disk.")
    }
  }
}

extension URL {
  /// The path as a user would write it: from the current folder, where the file lies below it.
  public var displayPath: String {
    let here = FileManager.default.currentDirectoryPath + "/"
    let path = standardizedFileURL.path
    return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
  }
}

/// The results of an action on each item, in their order; as many at once as there are cores.
func inParallel<Item: Sendable, Result: Sendable>(
  _ items: [Item], _ action: @escaping @Sendable (Item) async throws -> Result
) async throws -> [Result] {
  let width = max(1, ProcessInfo.processInfo.activeProcessorCount)
  return try await withThrowingTaskGroup(of: (Int, Result).self) { group in
    var results = [Result?](repeating: nil, count: items.count)
    var next = 0
    func start() {
      guard next < items.count else { return }
      let index = next
      let item = items[index]
      group.addTask { (index, try await action(item)) }
      next += 1
    }
    for _ in 0..<width { start() }
    while let (index, result) = try await group.next() {
      results[index] = result
      start()
    }
    return results.compactMap { $0 }
  }
}
