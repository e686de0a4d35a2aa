import CellRecords
import Foundation

/// The sweeps of a book's chapters.
extension Builder {
  public struct Sweeps: Sendable {
    /// Those that the chapters come to, in the order of the book.
    public var sweeps: [ListedSweep] = []
    public var problems: [Problem] = []
  }

  /// Finds the sweeps of the chapters as they are now, with the states of their points; computes none of these.
  ///
  /// A chapter that has a second sweep comes to it when the first is complete, since the second may be made of the first.
  ///
  /// - Parameter name: The sweep that is meant; all if not given.
  /// - Throws: `Problem` where a tool is missing or the cache can't be written; `CancellationError` where interrupted.
  public func sweeps(named name: String? = nil) async throws -> Sweeps {
    try TemporaryFolder.check()
    async let found = findInstallation()
    let scan = try Manuscript.scan(book, settings: settings, session: session)
    var chapters = scan.chapters.filter { book.shows($0.source.path) && $0.hasSweeps }
    var problems = scan.problems
    if chapters.contains(where: { !$0.canRun }) {
      // What the cells of exercises are for is told by the text.
      let manuscript = try await Manuscript.read(scan, of: book, session: session)
      let wanted = Set(chapters.map(\.slug))
      chapters = manuscript.chapters.map(\.scanned).filter { wanted.contains($0.slug) }
      problems = manuscript.problems
    }
    let runner = self.runner(try await found)
    let plannings = try await inParallel(chapters, width: max(1, chapters.count)) {
      try await runner.plan($0)
    }
    var sweeps = Sweeps(problems: problems + plannings.flatMap(\.problems))
    for (chapter, planning) in zip(chapters, plannings) {
      for sweep in planning.sweeps where name == nil || sweep.name == name {
        let (folder, plan) = runner.places(of: sweep)
        sweeps.sweeps.append(
          ListedSweep(
            chapter: chapter.slug, name: sweep.name, folder: folder, plan: plan,
            waiting: await SlurmExecutor.waiting(in: folder)))
      }
    }
    if let name, sweeps.sweeps.isEmpty, sweeps.problems.isEmpty { throw notReached(name, plannings) }
    sweeps.problems = inOrder(sweeps.problems)
    return sweeps
  }

  private func notReached(_ name: String, _ plannings: [Planning]) -> Problem {
    let reached = plannings.flatMap { $0.sweeps.map { "“\($0.name)”" } }
    let open = plannings.compactMap(\.sweeps.last).filter { $0.kept < $0.points }.map { "“\($0.name)”" }
    return Problem(
      reached.isEmpty
        ? "The chapters have no sweep “\(name)”, nor any other."
        : "The chapters come to the sweeps \(reached.listed), and to no “\(name)”.",
      at: Problem.Location(file: book.file?.displayPath ?? book.chapters.first?.path ?? "."),
      advice: open.isEmpty
        ? ""
        : "Where it stands below \(open.listed): what comes after a sweep is known once that is complete.")
  }

  /// Has the points of a sweep computed that nobody computes.
  ///
  /// - Parameter arguments: The command and its arguments, to which the keys of points are added.
  /// - Returns: What the executor says; nil where there was nothing to do.
  public static func run(_ sweep: ListedSweep, by executor: some Executor, arguments: [String]) async throws
    -> String?
  {
    let open = sweep.open
    guard !open.isEmpty else { return nil }
    let tasks = SweepTask.tasks(open, of: sweep, for: executor, arguments: arguments)
    return try await executor.run(tasks, of: sweep)
  }
}
