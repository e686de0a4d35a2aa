import Base
import CellRecords
import Foundation

/// The sweeps that a chapter comes to, as it is now.
struct Planning {
  /// In their order; all but the last are complete.
  var sweeps: [ChapterRun.ReachedSweep] = []
  /// Why they can't be told.
  var problems: [Problem] = []
}

/// What is kept of a planning, which holds while the chapter and what it read are as they were.
private struct KeptPlanning: Codable {
  var sweeps: [ChapterRun.ReachedSweep]
  var inputs: [Input]
  /// Whether the chapter came to its end.
  var isWhole: Bool
}

extension ScannedChapter {
  /// Whether it may hold a sweep.
  var hasSweeps: Bool { cells.contains { SweepPoints.asks($0.code) } }
}

extension Runner {
  /// Finds the sweeps of a chapter: its program runs to the first that is not complete, computes none of the points, and ends
  /// there. The program is kept beside the list of the points, for tasks.
  ///
  /// - Throws: `Problem` where the tools or the cache folder fail; `CancellationError` where interrupted.
  func plan(_ chapter: ScannedChapter) async throws -> Planning {
    let key = ContentKey(of: chapter, profile: profile, installation: installation)
    let kept = cache.appending(path: "plans/\(chapter.slug)-\(key.hexadecimal.prefix(20)).json")
    if let known = known(kept, chapter) { return known }
    let runs = KeptRuns(of: chapter, in: cache, known: self.known)
    let owned = try runs.makePartial()
    defer { owned.remove() }
    var planner = self
    planner.mode = .planned
    let run = try await planner.makeRun(chapter, in: RunFolder(owned.url), runs: runs)
    guard run.problems.isEmpty else { return Planning(problems: run.problems) }
    do {
      for sweep in run.sweeps { try keepProgram(of: chapter, from: RunFolder(owned.url), for: sweep) }
      try FileManager.default.createDirectory(
        at: kept.deletingLastPathComponent(), withIntermediateDirectories: true)
      let planning = KeptPlanning(sweeps: run.sweeps, inputs: run.inputs, isWhole: run.isFinished)
      try JSONEncoder().encode(planning).writeWhole(to: kept, through: owned.url)
    } catch {
      throw Problem(
        "The plan of the sweeps of \(chapter.slug) can't be written: \(systemReason(of: error))",
        at: Problem.Location(file: cache.displayPath),
        advice: "Check the permissions and the space on the disk.")
    }
    return Planning(sweeps: run.sweeps)
  }

  /// What an earlier planning found; nil where the chapter would come to something else now.
  private func known(_ kept: URL, _ chapter: ScannedChapter) -> Planning? {
    guard let data = try? Data(ofFile: kept.path),
      let planning = try? JSONDecoder().decode(KeptPlanning.self, from: data),
      planning.inputs.allSatisfy({ $0.change(from: chapter.folder) == nil })
    else { return nil }
    var sweeps: [ChapterRun.ReachedSweep] = []
    for (index, sweep) in planning.sweeps.enumerated() {
      let (folder, plan) = places(of: sweep)
      guard SweepPlan(of: plan) != nil, (try? TaskSettings(of: plan)) != nil,
        FileManager.default.fileExists(atPath: plan.program.path)
      else { return nil }
      let kept = folder.keys(.kept).intersection(SweepPoint.listed(in: plan).map(\.key)).count
      // Where the last is complete the chapter goes on; where one before it no longer is, it stops there.
      let isComplete = kept >= sweep.points
      let isLast = index == planning.sweeps.count - 1
      guard isComplete == (!isLast || planning.isWhole) else { return nil }
      var current = sweep
      current.kept = kept
      sweeps.append(current)
    }
    return Planning(sweeps: sweeps)
  }

  /// The folders of a sweep and of its plan.
  func places(of sweep: ChapterRun.ReachedSweep) -> (folder: SweepFolder, plan: PlanFolder) {
    let all = SweepFolder.all(in: cache.appending(path: "values"))
    let folder = SweepFolder(all.appending(path: sweep.folder))
    return (folder, folder.plan(sweep.plan))
  }

  /// Keeps what a task needs.
  private func keepProgram(
    of chapter: ScannedChapter, from run: RunFolder, for sweep: ChapterRun.ReachedSweep
  )
    throws
  {
    let (folder, plan) = places(of: sweep)
    let told = ChapterEnvironment(
      chapter: chapter, installation: installation, output: output, cache: cache, profile: profile)
    let cell = chapter.cells.indices.contains(sweep.cell) ? chapter.cells[sweep.cell] : nil
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try Data(ofFile: run.blocks.path).writeWhole(to: plan.blocks, through: folder.drafts)
    let draft = folder.drafts.appending(path: "draft-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: run.program, to: draft)
    guard rename(draft.path, plan.program.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    try encoder.encode(TaskSettings(told, cell: cell)).writeWhole(to: plan.task, through: folder.drafts)
    removeAbandonedDrafts(in: folder)
    for old in folder.plans.dropFirst(Self.mostPlans) { try? FileManager.default.removeItem(at: old.url) }
  }

  /// How many plans of a sweep are kept; a task of an older one must be planned again.
  private static let mostPlans = 20

  /// Removes what processes left behind that were killed while they wrote.
  private func removeAbandonedDrafts(in folder: SweepFolder) {
    guard !folder.keys(.running).contains(where: { PointLock.isTaken($0, in: folder) }) else { return }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.drafts.path)) ?? []
    for name in names where name.hasPrefix("draft-") {
      try? FileManager.default.removeItem(at: folder.drafts.appending(path: name))
    }
  }

  // MARK: Without computing points

  /// What is kept of a chapter; where it has a sweep and its run is not kept, the program is run with the points that are there.
  ///
  /// - Throws: `Problem` where the tools or the cache folder fail; `CancellationError` where interrupted.
  func showKept(_ chapter: ScannedChapter) async throws -> ChapterRun {
    let kept = recall(chapter)
    guard let reason = kept.staleBecause, chapter.hasSweeps else { return kept }
    let runs = KeptRuns(of: chapter, in: cache, known: known)
    let owned = try runs.makePartial()
    var shower = self
    shower.mode = .kept
    var run = try await shower.makeRun(chapter, in: RunFolder(owned.url), runs: runs)
    run.owner = owned
    guard !run.sweeps.isEmpty else { return kept }
    let lacking = run.sweeps.filter { $0.kept < $0.points }.map {
      "\($0.points - $0.kept) of \($0.points) points of “\($0.name)” are missing"
    }
    run.staleBecause = lacking.isEmpty ? reason : lacking.listed
    run.missingPoints = lacking.isEmpty ? nil : lacking.listed
    return run
  }
}
