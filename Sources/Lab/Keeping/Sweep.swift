import Base
import CellRecords
import Foundation
import LinearAlgebra

/// The results of one block for each point of a grid, such as units × seeds × tasks; each computed once and kept.
///
///     struct Point: Codable { var units: Int; var seed: UInt64 }
///     let grid = [16, 32].flatMap { units in (1...100).map { Point(units: units, seed: $0) } }
///     let study = try sweep("sizes", over: grid) { point in
///       try train(Configuration(units: point.units, …), on: data, seed: point.seed).history.accuracy
///     }
///
/// What names a result is known before it is computed: the name of the sweep, the point, the code of the block with all that
/// it names in the chapter, the sources of networks and analyses, and the kernels of matrix products. So a longer grid keeps
/// the results of a shorter one, `neuronbook sweep` lists the points and has them computed by other processes and machines,
/// and `neuronbook task` computes one. A build computes what is missing in threads of its own, as many points at once as there
/// are cores; the block must not change what another point reads, and shows nothing.
///
/// - Parameters:
///   - name: What is studied, such as "sizes".
///   - points: Equal points, which have the same JSON, are computed once.
///   - compute: Gives the result of a point. Where it throws, that point has failed and the others go on.
/// - Throws: `SweepError` where points failed, or there are more than a million.
public func sweep<Point: Encodable, Value: Codable>(
  _ name: String, over points: [Point], file: StaticString = #filePath, line: UInt = #line,
  _ compute: (Point) throws -> Value
) throws -> Study<Point, Value> {
  let environment = ProcessInfo.processInfo.environment
  let mode = environment[ProgramEnvironment.sweepMode].flatMap(SweepMode.init) ?? .computed
  let run = try SweepRun<Point, Value>(
    name, points, code: ChapterProgram.code(file: "\(file)", line: Int(line)),
    values: environment[ProgramEnvironment.cache].map { URL(filePath: $0) },
    modelSources: environment[ProgramEnvironment.modelSources], asked: mode == .task ? .current : nil)
  switch mode {
  case .computed: return try run.computing(compute)
  case .kept: return try run.taking()
  case .planned: return try run.planning()
  case .task: return try run.doingTask(compute)
  }
}

/// The sweep whose points this program computes as a task.
struct SweepAsked {
  /// The name of its folder.
  var folder: String
  var points: [(key: String, place: Int)]

  static var current: SweepAsked? {
    ProcessInfo.processInfo.environment[ProgramEnvironment.sweep].map {
      SweepAsked(folder: $0, points: ChapterProgram.askedPoints)
    }
  }
}

/// A sweep in the program of its chapter: its points with their keys, and what there is of them.
struct SweepRun<Point: Encodable, Value: Codable> {
  let name: String
  /// Of a task's sweep, those that it is asked for.
  let points: [Point]
  /// The key of each point; equal points have one.
  let keys: [String]
  /// The places of the points, of equal ones the first.
  let places: [Int]
  /// The points as JSON.
  let texts: [String]
  let plan: SweepPlan
  /// Nil where nothing is kept.
  let folder: SweepFolder?
  private let digest: String
  private let listing: Data

  init(
    _ name: String, _ points: [Point], code: String?, values: URL?, modelSources: String?, asked: SweepAsked?
  )
    throws
  {
    guard points.count <= SweepKey.mostPoints else {
      throw SweepError(
        "The sweep “\(name)” has \(points.count) points, and each is a file: at most \(SweepKey.mostPoints) can be. "
          + "Let a point stand for many, such as a range of seeds, and give their results as one.")
    }
    var key = ContentKey()
    key.add("its name", name)
    key.add("its type", String(reflecting: Value.self))
    key.addCircumstances(code: code, isAnalysed: true, modelSources: modelSources)
    let digest = key.hexadecimal
    folder = values.map { SweepFolder(name, key, in: $0) }
    var points = points
    // A task names no other points than its own.
    if let asked, folder?.name == asked.folder {
      points = asked.points.map(\.place).filter(points.indices.contains).map { points[$0] }
    }
    let named = try Self.named(points, in: digest, of: name)
    keys = named.map(\.key)
    texts = named.map(\.text)
    var seen: Set<String> = []
    places = named.indices.filter { seen.insert(named[$0].key).inserted }
    listing = SweepPoint.listing(places.map { named[$0] })
    plan = SweepPlan(name: name, key: key, points: places.count, listing: Digest.sha256(listing))
    (self.name, self.points, self.digest) = (name, points, digest)
  }

  private static func named(_ points: [Point], in digest: String, of name: String) throws -> [SweepPoint] {
    let size = 1000
    let parts = try parallelMap((points.count + size - 1) / size) { part throws -> [SweepPoint] in
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return try (part * size..<min(points.count, (part + 1) * size)).map { place in
        let point = points[place]
        do {
          let text = String(decoding: try encoder.encode(point), as: UTF8.self)
          return SweepPoint(
            key: SweepKey.name(SweepKey.contentKey(of: text, in: digest)), place: place, text: text)
        } catch {
          throw SweepError("A point of the sweep “\(name)” can't be a key: \(point): \(error)")
        }
      }
    }
    return parts.flatMap { $0 }
  }

  /// All that the result of a point depends on.
  func contentKey(_ place: Int) -> ContentKey { SweepKey.contentKey(of: texts[place], in: digest) }

  /// Writes down which points there are.
  ///
  /// - Throws: `CocoaError` where the folder can't be written.
  func writePlan() throws {
    guard let folder else { return }
    try ChapterProgram.withoutRecording {
      let place = folder.plan(plan.identifier)
      if SweepPlan(of: place) == plan {
        // The time of the file is that of its last use.
        let size = (try? Data(ofFile: place.plan.path).count) ?? 0
        if size > 0 { truncate(place.plan.path, off_t(size)) }
        return
      }
      try folder.make()
      try FileManager.default.createDirectory(at: place.url, withIntermediateDirectories: true)
      try listing.writeWhole(to: place.points, through: folder.drafts)
      try JSONEncoder().encode(plan).writeWhole(to: place.plan, through: folder.drafts)
    }
  }

  /// The study of some results, by their keys.
  func study(_ results: [String: Value]) -> Study<Point, Value> {
    Study(name: name, points: points, results: keys.map { results[$0] })
  }

  /// Tells that the program has come to the sweep.
  func tellReached(kept: Int) {
    ChapterProgram.append(
      .sweep(
        .reached(
          name: name, folder: folder?.name ?? "none", plan: plan.identifier, points: places.count, kept: kept)
      ))
  }
}
