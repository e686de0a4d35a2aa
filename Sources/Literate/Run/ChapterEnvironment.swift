import CellRecords
import Foundation

/// What a chapter's program is told, and what it may see: the same on every machine, but for what its key holds.
struct ChapterEnvironment {
  var chapter: ScannedChapter
  var installation: Installation
  var output: URL
  var cache: URL
  var profile: Profile
  /// What the program does where it comes to a sweep.
  var mode = SweepMode.computed

  /// What of the engine's own environment the program gets: what the chapter asks for, and what decides how it computes.
  static func passed(to chapter: ScannedChapter) -> [String: String] {
    let all = ProcessInfo.processInfo.environment
    return Dictionary(
      (ProgramEnvironment.inherited + chapter.environment).compactMap { name in all[name].map { (name, $0) }
      },
      uniquingKeysWith: { first, _ in first })
  }

  /// The variables of the program that runs in a folder.
  func variables(_ folder: RunFolder) throws -> [String: String] {
    let values = cache.appending(path: "values")
    try FileManager.default.createDirectory(at: values, withIntermediateDirectories: true)
    return try shared.merging(Self.own(folder)) { $1 }
      .merging([ProgramEnvironment.sweepMode: mode.rawValue]) { $1 }
      .merging(Self.passed(to: chapter)) { own, _ in own }
  }

  /// Those that belong to the folder of a run.
  static func own(_ folder: RunFolder) -> [String: String] {
    let home = folder.temporary.path
    return ["HOME": home, "TMPDIR": home, ProgramEnvironment.runFolder: folder.url.path]
  }

  /// Those that are the same for every run of the chapter, in a task too.
  var shared: [String: String] {
    get throws {
      try [
        "LANG": "C.UTF-8", "TZ": "UTC", "PATH": "/usr/local/bin:/usr/bin:/bin",
        // Else sets and dictionaries would have another order each time.
        "SWIFT_DETERMINISTIC_HASHING": "1",
        "SWIFT_BACKTRACE": "enable=yes,color=no,interactive=no,threads=crashed,limit=64",
        ProgramEnvironment.chapterFolder: chapter.folder.path,
        ProgramEnvironment.output: output.path,
        ProgramEnvironment.cache: cache.appending(path: "values").path,
        ProgramEnvironment.modelSources: String(
          decoding: JSONEncoder().encode(installation.modelSources), as: UTF8.self),
        ProgramEnvironment.profile: profile.rawValue,
      ]
    }
  }

  var rules: ProgramRules {
    ProgramRules(
      writable: [output.path, cache.path, "/dev/null", "/dev/zero", "/dev/full", "/dev/tty"],
      readable: readable,
      passedOver: Self.system + [installation.toolchain.path, cache.path])
  }

  /// The variables that a chapter asks for by name and does not get, with their cells and lines.
  static func refusedVariables(of chapter: ScannedChapter) -> [CellWarning] {
    let given = Set(ProgramEnvironment.inherited + ProgramEnvironment.own + chapter.environment)
    return chapter.cells.flatMap { cell in
      cell.code.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap { index, line in
        line.matches(of: /(?:environment\s*\[\s*|getenv\s*\(\s*)"(?<name>\w+)"/).map { String($0.name) }
          .filter { !given.contains($0) && !$0.hasPrefix("NEURONBOOK_") }.map { name in
            CellWarning(
              cell: cell.index, line: index + 1,
              message:
                "the environment's `\(name)` does not reach a chapter; to take it, write `environment: [\(name)]` "
                + "into the front matter")
          }
      }
    }
  }

  /// Folders that belong to the system: what a program reads there is no input of a chapter.
  private static let system = [
    "/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/etc", "/proc", "/sys", "/dev", "/run",
    "/var/cache", "/var/lib",
  ]

  /// What the program may read: all but the user's home, of which only what the book and the tools need. Nothing where
  /// that can't be told apart, which means everything.
  private var readable: [String] {
    let homes = Set(
      [
        FileManager.default.homeDirectoryForCurrentUser.path,
        ProcessInfo.processInfo.environment["HOME"] ?? "",
      ]
      .filter { $0.hasPrefix("/") }.map { URL(filePath: $0).resolvingSymlinksInPath().path })
    let needed = [
      chapter.folder, Repository(of: chapter.folder).root, output, cache, installation.products,
      installation.package,
      installation.toolchain,
    ].map { $0.resolvingSymlinksInPath().path }
    guard !homes.contains("/"),
      !needed.contains(where: { need in homes.contains { Self.lies($0, in: need) } })
    else { return [] }
    return Self.folders(below: "", without: homes) + needed
  }

  private static func lies(_ path: String, in folder: String) -> Bool {
    path == folder || path.hasPrefix(folder + "/")
  }

  /// All that lies in a folder but some folders, as few paths as say so.
  private static func folders(below folder: String, without hidden: Set<String>) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "/" : folder)) ?? []
    return names.sorted().map { folder + "/" + $0 }.flatMap { path in
      if hidden.contains(path) { return [String]() }
      return hidden.contains { Self.lies($0, in: path) } ? folders(below: path, without: hidden) : [path]
    }
  }
}
