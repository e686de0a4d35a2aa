import Foundation
import Plotting

/// Forty-nine figures, seven kinds of seven sizes, each as SVG, PDF and PNG, beside matplotlib's of the same data.
struct Gallery {
  let sizes = [10, 20, 40, 60, 80, 100, 120]

  var name: String { "49 figures as SVG, PDF and PNG" }

  private func wave(_ count: Int, _ phase: Int) -> [Double] {
    (0..<count).map { sin((Double($0 * 37 % count) + Double(phase * 11)) * 0.11) + Double(phase) }
  }

  private func figures(_ n: Int) -> [Figure] {
    let steps = Array(0..<n)
    let level = wave(n, 1)
    let marks: [[any Mark]] = [
      (0..<3).map { LineMark(x: steps, y: wave(n, $0), series: "series \($0)") },
      (0..<3).map { ScatterMark(x: wave(n, $0), y: wave(n, $0 + 3), series: "series \($0)") },
      [BarMark(x: steps, y: wave(n, 2), low: wave(n, 2).map { $0 - 0.2 }, high: wave(n, 2).map { $0 + 0.2 })],
      [
        BandMark(x: steps, low: level.map { $0 - 0.3 }, high: level.map { $0 + 0.3 }),
        LineMark(x: steps, y: level),
      ],
      [HeatMapMark(wave(n * 10, 1), rows: 10, columns: n, label: "value")],
      [HistogramMark(wave(n * 10, 1), bins: 20)],
    ]
    let single = marks.map { marks in
      Figure(width: 640, height: 360) { for mark in marks { mark } }.xAxis("Step").yAxis("Value")
    }
    let grid = Figure.grid(columns: 2, width: 640, height: 360, shared: .horizontal) {
      for number in 0..<4 {
        Panel("panel \(number)") { LineMark(x: steps, y: wave(n, number)) }.xAxis("Step").yAxis("Value")
      }
    }
    return single + [grid]
  }

  func compare(python: String, peers folder: URL) throws -> Result {
    // The first figure of a process reads the fonts.
    _ = try figures(10)[0].render(.png(scale: 2))
    let times = try (0..<3).map { _ in
      let start = ContinuousClock.now
      for figure in sizes.flatMap(figures) {
        for format in [ImageFormat.svg, .pdf, .png(scale: 2)] { _ = try figure.render(format) }
      }
      return (ContinuousClock.now - start) / .milliseconds(1)
    }
    let theirs =
      (try? output(of: [folder.appending(path: "matplotlib_gallery.py").path], program: python)) ?? []
    let milliseconds = theirs.first.map { $0 * 1e3 }
    return Result(
      name: name, oursMs: median(times), peer: milliseconds == nil ? "no peer is installed" : "matplotlib",
      peerMs: milliseconds, ratio: (milliseconds ?? .nan) / median(times), goal: 1)
  }
}
