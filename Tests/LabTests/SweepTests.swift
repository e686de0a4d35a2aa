import CellRecords
import Foundation
import Lab
import Synchronization
import Testing

/// What a sweep keeps and takes. It reads its folder from the environment, as `cached` does, and is of its suite.
extension CachedTests {
  struct Point: Codable, Hashable {
    var units: Int
    var rate = 0.1
  }

  private func sweepFolder(_ name: String) throws -> SweepFolder {
    let all = SweepFolder.all(in: folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: all.path)
    return SweepFolder(all.appending(path: try #require(names.first { $0.hasPrefix(name + "-") })))
  }

  @Test func eachPointIsComputedOnceAndALongerGridKeepsWhatAShorterOneHas() throws {
    let runs = Runs()
    func study(_ units: [Int]) throws -> Study<Point, [Double]> {
      try sweep("sizes", over: units.map { Point(units: $0) }) { point in
        runs.note(point.units)
        return [Double(point.units) * 0.1, .nan, .infinity]
      }
    }
    // Equal points are one.
    let first = try study([1, 2, 2])
    #expect(runs.sorted == [1, 2])
    #expect(first.results.map { $0?[0] } == [0.1, 0.2, 0.2] && first.isComplete && first.missing.isEmpty)
    #expect(first.results[0]?[1].isNaN == true && first.results[0]?[2] == .infinity)
    let second = try study([3, 2, 1])
    #expect(runs.sorted == [1, 2, 3])
    #expect(second.completed.map(\.point.units) == [3, 2, 1])
    #expect(try study([]).points.isEmpty)
    let folder = try sweepFolder("sizes")
    #expect(folder.keys(.kept).count == 3 && folder.keys(.running).isEmpty && folder.keys(.failed).isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.drafts.path).isEmpty)
    #expect(Set(folder.plans.compactMap { SweepPlan(of: $0)?.points }) == [0, 2, 3])
    // Another library has other keys.
    setenv(ProgramEnvironment.modelSources, "{\"Networks\":\"b\"}", 1)
    _ = try study([1])
    #expect(runs.sorted == [1, 1, 2, 3])
  }

  @Test func aDamagedResultIsComputedAgain() throws {
    let runs = Runs()
    func study() throws -> [Int?] {
      try sweep("damaged", over: [1, 2]) { point in
        runs.note(point)
        return point * 10
      }.results
    }
    #expect(try study() == [10, 20])
    let folder = try sweepFolder("damaged")
    let file = folder.file(.kept, try #require(folder.keys(.kept).sorted().first))
    for damage in [0, 70, -2] {
      var bytes = try Data(contentsOf: file)
      bytes[damage < 0 ? bytes.count + damage : damage] ^= 1
      try bytes.write(to: file)
      #expect(folder.damaged() == [file.lastPathComponent])
      #expect(try study() == [10, 20])
      #expect(folder.damaged().isEmpty)
    }
    #expect(runs.sorted.count == 5)
  }

  @Test func aPointThatFailsKeepsNoOther() throws {
    struct Diverged: Error {}
    let runs = Runs()
    func study(failing: Int) throws -> Study<Int, Int> {
      try sweep("failing", over: Array(0..<6)) { point in
        runs.note(point)
        if point == failing { throw Diverged() }
        return point
      }
    }
    let error = #expect(throws: SweepError.self) { try study(failing: 4) }
    #expect(
      error?.description.contains("1 of 6 points of the sweep “failing” failed, first 4: Diverged()") == true)
    let folder = try sweepFolder("failing")
    #expect(folder.keys(.kept).count == 5)
    let failed = folder.keys(.failed)
    let key = try #require(failed.first)
    #expect(failed.count == 1 && PointFailure(key, in: folder)?.reason == "Diverged()")
    // It is tried again, and no other is.
    #expect(try study(failing: -1).isComplete)
    #expect(runs.sorted == [0, 1, 2, 3, 4, 4, 5])
    #expect(folder.keys(.failed).isEmpty)
  }

  @Test func whatCanBeNoGridIsSaid() throws {
    let many = Array(repeating: 1, count: SweepKey.mostPoints + 1)
    let error = #expect(throws: SweepError.self) { try sweep("many", over: many) { $0 } }
    #expect(error?.description.contains("1000001 points") == true)
    let nan = #expect(throws: SweepError.self) { try sweep("nan", over: [Double.nan]) { $0 } }
    #expect(nan?.description.contains("can't be a key: nan") == true)
  }

  @Test func withoutComputingThoseThatAreThereAreGiven() throws {
    func study(_ grid: [Int]) throws -> Study<Int, Int> { try sweep("part", over: grid) { $0 + 1 } }
    _ = try study([1, 3])
    setenv(ProgramEnvironment.sweepMode, SweepMode.kept.rawValue, 1)
    defer { unsetenv(ProgramEnvironment.sweepMode) }
    let part = try study([1, 2, 3])
    #expect(part.results == [2, nil, 4] && part.missing == [2] && !part.isComplete)
  }
}

/// Which points were computed, by whatever threads.
private final class Runs: Sendable {
  private let points = Mutex<[Int]>([])

  func note(_ point: Int) { points.withLock { $0.append(point) } }

  var sorted: [Int] { points.withLock { $0.sorted() } }
}
