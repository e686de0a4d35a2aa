import Base
import CellRecords
import Foundation

/// How a chapter's program is run to compute points: what any machine needs to know that sees the cache.
struct TaskSettings: Codable {
  /// That of the files of a sweep, which another version of Neuronbook may write in another way.
  var version = Self.currentVersion
  /// The chapter's name.
  var chapter: String
  /// The folder in which the program runs.
  var place: String
  var variables: [String: String]
  /// The names of the variables that it gets from those who run the task.
  var passed: [String]
  var rules: ProgramRules
  /// The folder of the library that the program links, and the digests of the library's sources.
  var products: String
  var modules: [String: String]
  /// The seconds that a point may take, and the memory that the program may hold meanwhile, in bytes; 0 is no limit.
  var timeLimit: Double
  var memoryLimit: Int?

  static let currentVersion = 1

  init(_ told: ChapterEnvironment, cell: Cell?) throws {
    chapter = told.chapter.slug
    place = told.chapter.folder.path
    variables = try told.shared
    passed = ProgramEnvironment.inherited + told.chapter.environment
    rules = told.rules
    products = told.installation.products.path
    modules = told.installation.modules
    timeLimit = cell?.options.timeLimit ?? Listener.timeLimit
    memoryLimit = cell?.options.memoryLimit
  }

  /// - Throws: `Problem` where they can't be used here.
  init(of plan: PlanFolder) throws {
    let place = Problem.Location(file: plan.task.displayPath)
    guard let data = try? Data(ofFile: plan.task.path),
      let settings = try? JSONDecoder().decode(TaskSettings.self, from: data),
      settings.version == Self.currentVersion
    else {
      throw Problem(
        "How the points of this sweep are computed can't be read, or is of another version.", at: place,
        advice: "Plan the sweep again: neuronbook sweep")
    }
    self = settings
    let library = URL(filePath: products).appending(path: "libLab.so")
    guard let sources = LibrarySources(of: library) else {
      throw Problem(
        "The library that the program of this sweep links is not on this machine: \(library.path)", at: place,
        advice: "Mount the folder of Neuronbook at the same place on every machine.")
    }
    if let module = modules.keys.sorted().first(where: { modules[$0] != sources.modules[$0] }) {
      throw Problem(
        "The library was built again since the sweep was planned: its module \(module) is another one.",
        at: place,
        advice: "Plan the sweep again: neuronbook sweep. What the module computes has other keys then.")
    }
  }

  /// The variables of the program of a task that runs in a folder.
  func variables(_ folder: RunFolder, sweep: SweepFolder) -> [String: String] {
    let here = ProcessInfo.processInfo.environment
    let given = passed.compactMap { name in here[name].map { (name, $0) } }
    return variables.merging(ChapterEnvironment.own(folder)) { $1 }
      .merging([
        ProgramEnvironment.sweepMode: SweepMode.task.rawValue, ProgramEnvironment.sweep: sweep.name,
      ]) { $1 }
      .merging(given) { own, _ in own }
  }
}
