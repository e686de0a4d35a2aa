import Base
import CellRecords
import Foundation
import Subprocess

/// Computes some points of sweeps, in any process on any machine that sees the cache of their book.
public struct PointTask: Sendable {
  /// What became of the points.
  public struct Outcome: Sendable {
    public var kept = 0
    public var failed = 0
    /// Those that another process computes.
    public var elsewhere = 0
    public var problems: [Problem] = []
  }

  private let values: URL
  private let memoryLimit: Int

  /// - Parameter memoryLimit: What the program may hold, in bytes; four fifths of the machine's if not given.
  public init(of book: Book, memoryLimit: Int?) {
    values = book.cache.absoluteURL.appending(path: "values")
    self.memoryLimit = memoryLimit ?? Machine.usualMemoryLimit
  }

  /// Computes the points of these keys that are not kept; each failure is also left beside the others of the sweep.
  ///
  /// - Throws: `Problem` for a key that no sweep has; `CancellationError` where interrupted.
  public func run(_ taskKeys: [String]) async throws -> Outcome {
    try TemporaryFolder.check()
    var asked: [SweepFolder: [String]] = [:]
    for taskKey in taskKeys {
      guard let (folder, key) = SweepFolder.named(taskKey, in: values) else { throw unknown(taskKey) }
      asked[folder, default: []].append(key)
    }
    var outcome = Outcome()
    for (folder, keys) in asked.sorted(by: { $0.key.name < $1.key.name }) {
      var plans: [PlanFolder: [SweepPoint]] = [:]
      var left = Set(keys)
      for plan in folder.plans where !left.isEmpty {
        plans[plan] = SweepPoint.named(left, in: plan)
        left.subtract(plans[plan, default: []].map(\.key))
      }
      if let key = left.min() { throw unknown(folder.taskKey(key)) }
      for (plan, points) in plans where !points.isEmpty {
        do {
          try await compute(points, in: folder, plan, &outcome)
        } catch let problem as Problem {
          outcome.problems.append(problem)
        }
      }
    }
    return outcome
  }

  private func unknown(_ taskKey: String) -> Problem {
    Problem(
      "No sweep has a point `\(taskKey.prefix(200))`.", at: Problem.Location(file: values.displayPath),
      advice:
        "List the points with their keys: neuronbook sweep --all. A chapter that changed has other ones.")
  }

  /// Runs the chapter's program until it has come to an end with each point: one that ends the program does not keep the others.
  private func compute(
    _ points: [SweepPoint], in folder: SweepFolder, _ plan: PlanFolder, _ outcome: inout Outcome
  ) async throws {
    let settings = try TaskSettings(of: plan)
    let isolation = await NetworkIsolation.arguments()
    let kept = folder.keys(.kept)
    var left = points.filter { !kept.contains($0.key) }
    outcome.kept += points.count - left.count
    while !left.isEmpty {
      let owned = try OwnedFolder("neuronbook-task-", in: FileManager.default.temporaryDirectory)
      defer { owned.remove() }
      let run = RunFolder(owned.url)
      try prepare(run, left, plan, settings)
      let program = RunningProgram(
        program: plan.program, environment: settings.variables(run, sweep: folder),
        place: URL(filePath: settings.place), folder: run, isolation: isolation)
      var follower = TaskFollower(run, settings: settings, memoryLimit: memoryLimit)
      let status: TerminationStatus?
      do {
        status = try await program.run { process, isEnded in follower.look(process, isEnded: isEnded) }
      } catch let error as CancellationError {
        note("its task was told to end, as Slurm tells one whose time is over", follower.current, folder)
        throw error
      }
      left.removeAll { follower.ended[$0.key] != nil }
      for (_, end) in follower.ended {
        switch end {
        case .kept: outcome.kept += 1
        case .failed, .unknown: outcome.failed += 1
        case .elsewhere: outcome.elsewhere += 1
        }
      }
      if follower.isStopped || left.isEmpty { return }
      guard let current = follower.current else {
        throw Problem(
          "The program of \(settings.chapter) ended before it came to its sweep: \(Self.words(status, run.lastWords))",
          at: Problem.Location(file: plan.program.displayPath),
          advice: "Plan the sweep again: neuronbook sweep")
      }
      let log = try? RegularFile(folder.file(.logs, current).path, followsLinks: false)
      let said = try? log?.bytes(max(0, (log?.count ?? 0) - 100_000)..<(log?.count ?? 0))
      note(
        follower.exceeded ?? Self.words(status, String(decoding: said ?? Data(), as: UTF8.self)), current,
        folder)
      outcome.failed += 1
      left.removeAll { $0.key == current }
    }
  }

  /// Leaves word of a point that failed, and takes away the mark of the process that is no more.
  private func note(_ reason: String, _ key: String?, _ folder: SweepFolder) {
    guard let key, let lock = PointLock.taken(key, in: folder, waits: false) else { return }
    // On a full disk the mark stays, which tells that it was killed.
    if (try? PointFailure(reason).write(key, in: folder)) != nil { lock.release() }
  }

  private func prepare(_ run: RunFolder, _ points: [SweepPoint], _ plan: PlanFolder, _ settings: TaskSettings)
    throws
  {
    try FileManager.default.createDirectory(at: run.temporary, withIntermediateDirectories: true)
    try Data(points.map { "\($0.key) \($0.place)\n" }.joined().utf8).write(to: run.asked)
    try Data(ofFile: plan.blocks.path).write(to: run.blocks)
    var rules = settings.rules
    rules.writable.append(run.url.path)
    if !rules.readable.isEmpty { rules.readable.append(run.url.path) }
    rules.passedOver.append(run.url.path)
    try JSONEncoder().encode(rules).write(to: run.rules)
  }

  /// How a program ended, and what it said of that.
  static func words(_ status: TerminationStatus?, _ said: String) -> String {
    let fatal = said.split(separator: "\n").lazy.compactMap { line in
      line.firstMatch(of: /Fatal error(?:: (?<text>.*))?$/).flatMap(\.text).map(String.init)
    }.first
    if let fatal {
      let uncaught = "Error raised at top level: "
      return fatal.hasPrefix(uncaught)
        ? String(fatal.dropFirst(uncaught.count)) : "it stopped the program: \(fatal)"
    }
    switch status {
    case .signaled(let signal):
      return "its program was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
    case .exited(let code):
      let last = said.split(separator: "\n").last.map { ": \($0)" } ?? ""
      return "its program ended with status \(code)" + last
    case nil: return "its program was ended"
    }
  }
}

/// Follows what the program of a task tells.
private struct TaskFollower {
  /// How each point came off.
  private(set) var ended: [String: SweepEvent.PointEnd] = [:]
  /// The point that is being computed.
  private(set) var current: String?
  /// Whether the program has done what it was asked.
  private(set) var isStopped = false
  /// The limit for which the point was ended.
  private(set) var exceeded: String?
  private var reader: RecordReader
  private var begin = ContinuousClock.now
  private let settings: TaskSettings
  private let memoryLimit: Int

  init(_ run: RunFolder, settings: TaskSettings, memoryLimit: Int) {
    (self.settings, self.memoryLimit) = (settings, memoryLimit)
    reader = RecordReader(run.records)
  }

  /// - Returns: Whether the program is to be ended.
  mutating func look(_ process: Int32?, isEnded: Bool) -> Bool {
    while let records = try? reader.next(), !records.isEmpty { for record in records { take(record) } }
    guard !isEnded, current != nil else { return false }
    if settings.timeLimit > 0, begin.duration(to: .now) > .seconds(settings.timeLimit) {
      exceeded =
        "it took longer than its limit of \(settings.timeLimit.formatted()) seconds (`time-limit` of its cell) and was ended"
      return true
    }
    // A cell's own limit goes before that of the machine; 0 is none.
    let limit = settings.memoryLimit ?? memoryLimit
    let held = process.map(ProcessTree.memory) ?? 0
    guard limit > 0, held > limit else { return false }
    exceeded =
      "it held \(ByteCount.text(held)) of memory, more than its limit of \(ByteCount.text(limit)), and was ended"
    return true
  }

  private mutating func take(_ record: Record) {
    guard record.fault(cells: .max, values: .max) == nil else { return }
    switch record.event {
    case .sweep(.began(let key)): (current, begin) = (key, .now)
    case .sweep(.ended(let key, let end)): (current, ended[key]) = (nil, end)
    case .sweep(.stopped): isStopped = true
    default: break
    }
  }
}
