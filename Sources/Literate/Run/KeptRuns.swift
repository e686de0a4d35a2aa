import Base
import CellRecords
import Foundation

/// The kept runs of one chapter, each in a folder named by the key of everything that its results depend on.
///
/// A run is made beside its final place and renamed when it is complete and sealed with the digests of its files.
struct KeptRuns {
  let chapter: ScannedChapter
  /// The folder of all kept runs.
  private let folder: URL
  private let known: Memo<[String: FileState], ChapterRun>

  init(of chapter: ScannedChapter, in cache: URL, known: Memo<[String: FileState], ChapterRun>) {
    self.chapter = chapter
    self.known = known
    folder = cache.appending(path: "runs")
  }

  enum Finding {
    case hit(ChapterRun)
    /// Something is there that is not what was written.
    case damaged(String)
    /// Why there is nothing.
    case miss(String)
  }

  /// The run kept under a key, if it is whole and the files that it read are as they were.
  func take(_ key: ContentKey) -> Finding {
    let kept = place(of: key)
    guard FileManager.default.fileExists(atPath: kept.url.path) else {
      return .miss(key.reason(among: latest().prefix(10).compactMap(\.keptKey)))
    }
    var run: ChapterRun
    if let earlier = known[kept.states] {
      run = earlier
    } else {
      if let damage = kept.damage() { return .damaged(damage) }
      guard let read = kept.keptRun else { return .damaged("its records can't be read") }
      run = read
    }
    // Another entry may have been put in its place.
    guard kept.keptKey == key else { return .damaged("it is of another chapter or state") }
    if let change = run.inputs.lazy.compactMap({ $0.change(from: chapter.folder) }).first {
      return .miss(change)
    }
    if let limit = kept.peakMemoryOfCells.exceededLimit(of: chapter, run) { return .miss(limit) }
    run.isKept = true
    run.identity = kept.identity
    // The time of the records is that of their last use.
    try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: kept.records.path)
    known[kept.states] = run
    return .hit(run)
  }

  /// How long each cell took when the chapter was last run; nil where it never came to its end.
  func lastSeconds() -> [Int: Double]? {
    latest().lazy.compactMap(\.keptRun).first?.cells.compactMapValues(\.seconds)
  }

  /// The most memory that the chapter held when it was last run, in bytes.
  var lastPeakMemory: Int? {
    latest().lazy.compactMap(\.peakMemoryOfCells.most).first.map { min(max($0, 0), ByteCount.largest) }
  }

  /// An empty folder for a run that is being made; those that commands left behind that were killed are removed.
  func makePartial() throws -> OwnedFolder {
    let partial = try OwnedFolder("partial-", in: folder)
    try FileManager.default.createDirectory(
      at: RunFolder(partial.url).temporary, withIntermediateDirectories: true)
    return partial
  }

  /// Keeps a run that is complete.
  ///
  /// - Returns: Its new place.
  func keep(_ partial: RunFolder, as key: ContentKey) throws -> RunFolder {
    let kept = place(of: key)
    for leftover in [
      partial.program, partial.temporary, partial.lastThrow, partial.reads, partial.blocks, partial.rules,
    ] {
      try? FileManager.default.removeItem(at: leftover)
    }
    try JSONEncoder().encode(key).write(to: partial.key)
    try partial.seal()
    try? FileManager.default.removeItem(at: kept.url)
    try FileManager.default.moveItem(at: partial.url, to: kept.url)
    return kept
  }

  /// The folders of the kept runs, the last used first.
  func latest() -> [RunFolder] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    func lastUse(_ folder: RunFolder) -> Date {
      let attributes = try? FileManager.default.attributesOfItem(atPath: folder.records.path)
      return attributes?[.modificationDate] as? Date ?? .distantPast
    }
    return names.filter { $0.dropLast(Self.digits) == chapter.slug + "-" }
      .map { RunFolder(folder.appending(path: $0)) }
      .map { (folder: $0, lastUse: lastUse($0)) }.sorted { $0.lastUse > $1.lastUse }.map(\.folder)
  }

  /// Does some work while no other build does any under the same key.
  ///
  /// - Parameter waiting: Called once where another build has to be waited for.
  func withLock<Result: Sendable>(
    on key: ContentKey, waiting: () -> Void, _ work: () async throws -> Result
  ) async throws -> Result {
    let locks = folder.deletingLastPathComponent().appending(path: "locks")
    try? FileManager.default.createDirectory(at: locks, withIntermediateDirectories: true)
    let path = locks.appending(path: place(of: key).url.lastPathComponent).path
    // Where no lock can be written, nothing else can: the work will say so.
    guard let lock = try await FileLock.taken(path, waiting: waiting) else { return try await work() }
    defer { lock.release() }
    return try await work()
  }

  private static let digits = 20

  /// Whether a folder has the name of a key.
  static func isNamed(_ folder: URL, by key: ContentKey) -> Bool {
    folder.lastPathComponent.hasSuffix("-" + key.hexadecimal.prefix(digits))
  }

  private func place(of key: ContentKey) -> RunFolder {
    RunFolder(folder.appending(path: "\(chapter.slug)-\(key.hexadecimal.prefix(Self.digits))"))
  }
}

extension RunFolder {
  /// The most memory that the program held.
  var peakMemory: URL { url.appending(path: "peak-memory.json") }

  var peakMemoryOfCells: PeakMemory {
    let data = try? Data(ofFile: peakMemory.path)
    return data.flatMap { try? JSONDecoder().decode(PeakMemory.self, from: $0) } ?? PeakMemory()
  }

  /// The key that the run was kept under.
  var keptKey: ContentKey? {
    (try? Data(ofFile: key.path)).flatMap { try? JSONDecoder().decode(ContentKey.self, from: $0) }
  }

  /// What the run gave; nil where that can't be read to its end.
  var keptRun: ChapterRun? {
    var reader = RecordReader(records)
    var run = ChapterRun(folder: self)
    while let records = try? reader.next(), !records.isEmpty {
      for record in records {
        // How many cells and values there were is not known here.
        guard record.fault(cells: .max, values: .max) == nil else { return nil }
        run.add(record.showable)
      }
    }
    if let data = try? Data(ofFile: warnings.path) {
      run.warnings = (try? JSONDecoder().decode([CellWarning].self, from: data)) ?? []
    }
    guard run.isFinished, let data = try? Data(ofFile: inputs.path),
      let read = try? JSONDecoder().decode([Input].self, from: data)
    else { return nil }
    run.inputs = read
    return run
  }
}

extension ContentKey {
  /// The name of everything that a run's results depend on, but the files that it reads.
  init(of chapter: ScannedChapter, profile: Profile, installation: Installation) {
    self.init()
    Program.addParts(of: chapter, to: &self)
    add("the profile", profile.rawValue)
    for (module, digest) in installation.modules.sorted(by: { $0.key < $1.key }) {
      add("module \(module)", digest)
    }
    add("the compiler", installation.compiler)
    let passed = ChapterEnvironment.passed(to: chapter)
    for name in Set(passed.keys).union(chapter.environment).sorted() {
      add("the environment's \(name)", passed[name].map { "=" + $0 } ?? "not set")
    }
  }
}
