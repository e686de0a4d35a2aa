import Foundation
import Plotting
import Tasks

/// Large figures beside matplotlib's: a line of a million points as PDF, and a cloud of a hundred thousand as SVG.
struct LargeFigures {
  static let names = ["a line of 1,000,000 points (PDF)", "a cloud of 100,000 points (SVG)"]

  private static var values: [Double] {
    var values = (0..<1_000_000).map { Double(($0 &* 7919) % 1000) }
    values[400_000] = 5000
    return values
  }

  static func compare(_ index: Int, python: String, peers folder: URL) throws -> Result {
    let values = values
    let times = try (0..<5).map { _ in
      let start = ContinuousClock.now
      if index == 0 {
        _ = try Figure { LineMark(x: 0..<1_000_000, y: values) }.render(.pdf)
      } else {
        _ = try Figure {
          ScatterMark(x: Array(values[0..<100_000]), y: Array(values.reversed()[0..<100_000]))
        }.render(.svg)
      }
      return (ContinuousClock.now - start) / .milliseconds(1)
    }
    let theirs =
      (try? output(of: [folder.appending(path: "matplotlib_line.py").path], program: python)) ?? []
    let milliseconds = theirs.count == 2 ? theirs[index] * 1e3 : nil
    return Result(
      name: names[index], oursMs: median(times),
      peer: milliseconds == nil ? "no peer is installed" : "matplotlib",
      peerMs: milliseconds, ratio: (milliseconds ?? .nan) / median(times), goal: 1)
  }
}

/// A hundred thousand rows of the published task, drawn and told apart, beside NumPy's.
struct ManyRows {
  static let names = ["100,000 rows drawn", "100,000 rows told apart"]

  static func compare(_ index: Int, python: String, peers folder: URL) throws -> Result {
    let task = try TokenPositioning(
      weights: [0.4, 0.3, 0.2, 0.1], lengths: 1...13, context: .drawn, publishedRows: 100_000)
    let times = (0..<5).map { seed in
      var draws = Draws(seed: UInt64(seed))
      let start = ContinuousClock.now
      let rows = Rows(task.rows(using: &draws))
      let drawn = ContinuousClock.now
      precondition(rows.count == 100_000)
      if index == 0 { return (drawn - start) / .milliseconds(1) }
      precondition(rows.distinctInputs > 1000)
      return (ContinuousClock.now - drawn) / .milliseconds(1)
    }
    let theirs = (try? output(of: [folder.appending(path: "numpy_rows.py").path], program: python)) ?? []
    let milliseconds = theirs.count == 3 ? theirs[index] * 1e3 : nil
    return Result(
      name: names[index], oursMs: median(times), peer: milliseconds == nil ? "no peer is installed" : "NumPy",
      peerMs: milliseconds, ratio: (milliseconds ?? .nan) / median(times), goal: 1)
  }
}
