import Foundation
import Plotting
import Testing

/// Intervals, bands, bars and areas that reach beyond what an axis can show are cut at its edge, whole, and it is said.
struct EndTests {
  private static let said = "beyond what the y axis can show, and cut at its edge."

  private func plotBottom(_ scene: Scene) throws -> Double {
    // The lowest of the lines across the plot, which the grid's are too.
    let lines = scene.strokes.map { $0.path.elements.flatMap(\.points) }.filter {
      $0.count == 2 && $0[0].y == $0[1].y
    }
    let longest = lines.map { abs($0[1].x - $0[0].x) }.max() ?? 0
    return try #require(lines.filter { abs($0[1].x - $0[0].x) > longest - 1e-9 }.map { $0[0].y }.max())
  }

  private func isUpright(_ points: [Point]) -> Bool {
    points.count == 2 && points[0].x == points[1].x && points[0].y != points[1].y
  }

  @Test func intervalsAreWhole() throws {
    let figure = Figure {
      PointRangeMark(x: [0, 1, 2], y: [7.0, 0.5, 1], low: [0.0, -3, 0.3], high: [12.0, 1, 2])
    }.yAxis("Rate", scale: .log)
    #expect(try figure.notes() == ["2 ends of intervals or shapes are \(Self.said)"])
    let scene = try figure.fixedScene()
    let bottom = try plotBottom(scene)
    let intervals = scene.strokes.filter { $0.stroke.cap == .round }.map {
      $0.path.elements.flatMap(\.points)
    }
    try #require(intervals.count == 3 && intervals.allSatisfy(isUpright))
    #expect(intervals.prefix(2).allSatisfy { abs(max($0[0].y, $0[1].y) - bottom) <= 1.6 })
    #expect(max(intervals[2][0].y, intervals[2][1].y) < bottom - 2)
  }

  @Test func lyingIntervalsAndInfiniteEndsAreWhole() throws {
    let lying = try Figure {
      PointRangeMark(y: ["a", "b"], x: [1.0, 2], low: [0.0, 1], high: [10.0, 3])
    }.xAxis("Rate", scale: .log).fixedScene()
    #expect(lying.strokes.count { $0.stroke.cap == .round } == 2)
    let open = Figure {
      PointRangeMark(x: ["a", "b"], y: [1.0, 2], low: [0.5, -.infinity], high: [.infinity, 3])
    }
    #expect(try open.notes() == ["2 ends of intervals or shapes are \(Self.said)"])
    #expect(try open.fixedScene().strokes.count { $0.stroke.cap == .round } == 2)
    let missing = Figure { PointRangeMark(x: ["a", "b"], y: [1.0, 2], low: [0.5, .nan], high: [2, 3]) }
    #expect(try missing.notes() == ["1 of 6 y values is missing or not finite."])
    #expect(try missing.fixedScene().strokes.count { $0.stroke.cap == .round } == 1)
  }

  @Test func bandsAreWhole() throws {
    let figure = Figure {
      BandMark(x: [0, 1, 2, 3], low: [0.1, 0, 0, 0.2], high: [1.0, 2, 3, 4], series: "a")
      LineMark(x: [0, 1, 2, 3], y: [0.5, 1, 1, 2], series: "a")
    }.yAxis("Rate", scale: .log).legend(.hidden)
    #expect(try figure.notes() == ["2 ends of intervals or shapes are \(Self.said)"])
    let scene = try figure.fixedScene()
    let bands = scene.fills.map { $0.path.elements.flatMap(\.points) }
    try #require(bands.count == 1 && scene.symbolGroups.isEmpty)
    let (xs, ys) = (bands[0].map(\.x), bands[0].map(\.y))
    let line = try #require(scene.strokes.map { $0.path.elements.flatMap(\.points) }.first { $0.count == 4 })
    #expect(abs((xs.min() ?? 0) - line[0].x) < 1e-9 && abs((xs.max() ?? 0) - line[3].x) < 1e-9)
    #expect(abs((ys.max() ?? 0) - (try plotBottom(scene))) < 1e-9)
  }

  @Test func barsKeepTheirIntervals() throws {
    let figure = Figure {
      BarMark(x: ["a", "b", "c"], y: [0.5, 2, 0], low: [0.0, 1, 0], high: [1.0, 3, 1])
    }.yAxis("Rate", scale: .log)
    #expect(
      try figure.notes() == [
        "1 of 9 y values is not above zero, which a log axis cannot show.",
        "2 ends of intervals or shapes are \(Self.said)",
      ])
    let scene = try figure.fixedScene()
    #expect(scene.fills.count == 2)
    let bottom = try plotBottom(scene)
    let intervals = scene.strokes.filter { $0.stroke.width == 1.3 }.map { $0.path.elements.flatMap(\.points) }
    try #require(intervals.count == 3 && intervals.allSatisfy(isUpright))
    #expect(intervals.count { abs(max($0[0].y, $0[1].y) - bottom) <= 1.6 } == 2)
  }

  @Test func areasStepsAndStacksReachTheAxis() throws {
    func bottomOfFills(_ figure: Figure) throws -> [Double] {
      let scene = try figure.yAxis("Rate", scale: .log).legend(.hidden).fixedScene()
      let bottom = try plotBottom(scene)
      return scene.fills.map { bottom - ($0.path.elements.flatMap(\.points).map(\.y).max() ?? 0) }
    }
    let x = [0, 1, 2, 3]
    for figure in [
      Figure { AreaMark(x: x, y: [1, 0, 2, 3]) }, Figure { StepMark(x: x, y: [1, 2, 0, 3], filled: true) },
    ] {
      let gaps = try bottomOfFills(figure)
      #expect(gaps.map { abs($0) < 1e-9 } == [true])
    }
    let stack = try bottomOfFills(
      Figure { StackedBarMark(x: ["a", "b"], values: [[1.0, 2], [3, 4]], series: ["one", "two"]) })
    #expect(stack.count == 4 && stack.prefix(2).allSatisfy { abs($0) < 1e-9 })
    #expect(
      try bottomOfFills(
        Figure { StackedAreaMark(x: x, values: [[1.0, 2, 1, 1], [3, 4, 1, 1]], series: ["one", "two"]) }
      ).count == 2)
  }

  @Test func boxesAndViolinsAreCut() throws {
    let sample = [0.0, 0, 0, 0.5, 1, 2, 4]
    let names = sample.map { _ in "a" }
    for figure in [Figure { BoxMark(x: names, y: sample) }, Figure { ViolinMark(x: names, y: sample) }] {
      let scene = try figure.yAxis("Rate", scale: .log).fixedScene()
      let bottom = try plotBottom(scene)
      try #require(scene.fills.count == 1)
      #expect(abs((scene.fills[0].path.elements.flatMap(\.points).map(\.y).max() ?? 0) - bottom) < 1e-9)
      #expect(try figure.yAxis("Rate", scale: .log).notes().count == 1)
    }
  }

  @Test func binsBelowALogAxisAreCutAndSaid() throws {
    let values = (0..<100).map { Double($0) * 0.1 - 2 }
    for figure in [Figure { HistogramMark(values, bins: 5) }, Figure { DensityMark(values) }] {
      let log = figure.xAxis("Effect", scale: .log)
      let notes = try log.notes()
      #expect(notes.count == 1 && notes[0].contains("beyond what the x axis can show"), "\(notes)")
      #expect(try !log.fixedScene().fills.isEmpty)
      #expect(try figure.notes().isEmpty)
    }
  }
}
