import Plotting
import Testing

/// Marks that summarise or stack values, one example each.
struct SampleMarkTests {
  private let accent = Theme.page.palette(.light).series[0]

  @Test func stepMarkHoldsEachValue() throws {
    let scene = try Figure { StepMark(x: [0, 1, 3], y: [1, 2, 2]) }.fixedScene()
    let line = try #require(scene.strokes.first { $0.stroke.color == accent }).path.elements.flatMap(\.points)
    #expect(line.count == 5)
    // Straight along or straight up, never aslant.
    for (a, b) in zip(line, line.dropFirst()) { #expect(a.x == b.x || a.y == b.y) }
  }

  @Test func areaMarkBeginsAtZero() throws {
    let scene = try Figure { AreaMark(x: [0, 1], y: [5, 6]) }.fixedScene()
    #expect(scene.fills.contains { $0.path.elements.count == 5 && $0.color.alpha < 0.5 })
    #expect(scene.texts.contains { $0.content == "0" && $0.horizontal == .right })
  }

  @Test func stackedAreasAddUp() throws {
    let mark = StackedAreaMark(
      x: [0, 1], values: [[1, 3], [1, 1]], series: ["w", "other"], isShare: true)
    let figure = Figure { mark }
    let scene = try figure.fixedScene()
    let areas = scene.fills.filter { $0.path.elements.count == 5 }.map { $0.path.elements.flatMap(\.points) }
    try #require(areas.count >= 2)
    // The first reaches half of the height at 0 and three quarters at 1; the second begins there.
    let height = areas[0][3].y - areas[1][0].y
    #expect(abs((areas[0][3].y - areas[0][0].y) / height - 0.5) < 1e-9)
    #expect(abs((areas[0][2].y - areas[0][1].y) / height - 0.75) < 1e-9)
    #expect(areas[1].contains(areas[0][0]))
    #expect(figure.csv().contains("stacked areas,,1,3,w\n"))
  }

  @Test func stackedBarsCountWhatTheyCannotStack() throws {
    let figure = Figure {
      StackedBarMark(y: ["a", "b"], values: [[1, -2], [.nan, 3]], series: ["held", "written"])
    }
    #expect(try figure.notes() == ["2 of 4 stacked values are missing or below zero: drawn as 0."])
    #expect(throws: PlottingError.self) {
      try Figure { StackedBarMark(x: ["a"], values: [[1]], series: ["x", "y"]) }.fixedScene()
    }
    #expect(throws: PlottingError.self) {
      try Figure { StackedBarMark(x: ["a"], values: [[1, 2]], series: ["x"]) }.fixedScene()
    }
  }

  @Test func histogramMarkCounts() throws {
    let figure = Figure { HistogramMark([0, 0.1, 0.2, 1.5, .nan], bins: 2) }
    #expect(figure.csv() == "mark,series,low,high,count\nhistogram,,0,1,3\nhistogram,,1,2,1\n")
    #expect(try figure.notes() == ["1 of 5 values are missing or not finite."])
    #expect(figure.textDescription().contains("lowest 1 at low = 1, highest 3 at low = 0"))
  }

  @Test func densityMarkDrawsEqualValuesAsASpike() throws {
    let figure = Figure { DensityMark([2, 2, 2]) }
    #expect(try figure.notes() == ["All values are equal: drawn as a spike, not as a density."])
    _ = try figure.render(.png(scale: 1))
    #expect(
      try Figure { DensityMark([1, 2, 4]) }.fixedScene().fills.contains { $0.path.elements.count > 100 })
  }

  @Test func boxMarkShowsMedianQuartilesAndOutliers() throws {
    let names = Array(repeating: "a", count: 9)
    let figure = Figure { BoxMark(x: names, y: [1, 2, 3, 4, 5, 6, 7, 8, 50]) }.yAxis(domain: 0...60)
    let scene = try figure.fixedScene()
    let median = try #require(scene.strokes.first { $0.stroke.width == 2.4 }).path.elements.flatMap(\.points)[
      0
    ].y
    let box = try #require(
      scene.fills.first { $0.path.elements.count == 5 && $0.color != .init(hex: 0xFFFFFF) })
    let edges = box.path.elements.flatMap(\.points).map(\.y)
    // Quartiles 3 and 7 around the median 5.
    #expect(abs((edges.min() ?? 0) + (edges.max() ?? 0) - 2 * median) < 1e-6)
    #expect(scene.symbolGroups.contains { $0.points.count == 1 && $0.points[0].y < median })
  }

  @Test func violinsAndStripsStandSideBySide() throws {
    let names = (0..<40).map { $0 % 2 == 0 ? "a" : "b" }
    let values = (0..<40).map { Double(($0 &* 7919) % 40) }
    let scene = try Figure {
      StripMark(x: names, y: values, series: "one")
      StripMark(x: names, y: values, series: "two")
    }.fixedScene()
    let groups = scene.symbolGroups.filter { $0.points.count == 20 }.map { $0.points.map(\.x) }
    try #require(groups.count == 4)
    // Series by series; the first of “two” lies between both of “one”.
    #expect((groups[0].max() ?? 0) < (groups[2].min() ?? 0))
    #expect((groups[2].max() ?? 0) < (groups[1].min() ?? 0))
    #expect(Set(groups[0]).count > 15)
    _ = try Figure { ViolinMark(y: names, x: values, series: "one") }.render(.pdf)
  }

  @Test func textsAndRulesTakeAnyNumberOrName() throws {
    let scene = try Figure {
      BarMark(x: ["a", "b"], y: [1, 2])
      RuleMark(y: Float(1.5), label: "float")
      RuleMark(x: "b", label: "name")
      TextMark("here", x: "a", y: 1, right: 30, up: 40)
    }.fixedScene()
    #expect(["float", "name", "here"].allSatisfy { word in scene.texts.contains { $0.content == word } })
    let one = Figure {
      LineMark(x: 0..<3, y: 0..<3)
      RuleMark(x: 1, label: "int")
    }
    #expect(try one.fixedScene().texts.contains { $0.content == "int" })
  }

  @Test func manyLinesOfOneSeriesCarryNoSymbols() throws {
    let figure = Figure {
      for k in 0..<5 { LineMark(x: [0, 1], y: [k, k], series: "storing", emphasis: .accent) }
      LineMark(x: [0, 1], y: [7, 8], series: "counting")
      LineMark(x: [0, 1], y: [7, 6], series: "null", emphasis: .null)
    }
    // Those of the one line, and its key in the legend.
    let counts = try figure.fixedScene().symbolGroups.map(\.points.count)
    #expect(counts.sorted() == [1, 2])
  }

  @Test func noTwoOfManySeriesLookTheSame() {
    var notes: [String] = []
    let marks = (0..<28).map { LineMark(x: [0, 1], y: [$0, $0], series: "series \($0)") }
    let table = SeriesTable([marks.compactMap { try? $0.summary() }], notes: &notes)
    let palette = Theme.page.palette(.light)
    let styles = (0..<28).map { table.style("series \($0)", emphasis: .automatic, palette: palette) }
    #expect(Set(styles).count == 28)
    #expect(Set(styles.prefix(7).map(\.dash)) == [[]])
  }
}

/// Every mark with little or broken data draws something, or throws a typed error; never a crash.
struct BrokenDataTests {
  static let cases: [(name: String, numbers: [Double])] = [
    ("nothing", []), ("one", [2]), ("equal", [3, 3, 3, 3]), ("nan", [.nan, .nan]),
    ("mixed", [1, .nan, 2, .infinity]),
    ("huge", [-1e308, 1e308, 0]), ("tiny", [.leastNonzeroMagnitude, -.leastNonzeroMagnitude]),
  ]

  static func marks(_ v: [Double]) -> [any Mark] {
    let names = v.indices.map { "n\($0 % 2)" }
    return [
      LineMark(x: v, y: v), StepMark(x: v, y: v, filled: true), AreaMark(x: v, y: v), ScatterMark(x: v, y: v),
      ScatterMark(x: v, y: v, values: v), BandMark(x: v, low: v, high: v), BarMark(x: v, y: v),
      PointRangeMark(x: v, y: v, low: v, high: v), HistogramMark(v), HistogramMark(v, isDensity: true),
      DensityMark(v), PathMark(x: v, y: v), QuiverMark(x: v, y: v, dx: v, dy: v, label: "speed"),
      ArrowMark(x: v, y: v, toX: v.map { $0 + 1 }, toY: v, bend: 0.3), SeedLineMark(x: v, y: v, series: "s"),
      StackedAreaMark(x: v, values: [v, v], series: ["a", "b"], isShare: true),
      StackedBarMark(x: v, values: [v, v], series: ["a", "b"]), HeatMapMark(v, rows: 1, columns: v.count),
      CellMark(x: v, y: v), BoxMark(x: v, y: v), ViolinMark(x: names, y: v), StripMark(y: names, x: v),
      BoxMark(y: names, x: v), StripMark(x: v, y: v),
    ]
  }

  @Test(arguments: cases.map(\.name))
  func everyMarkCopes(name: String) throws {
    let numbers = try #require(Self.cases.first { $0.name == name }).numbers
    for mark in Self.marks(numbers) {
      for scale in [AxisScale.linear, .log, .symlog, .step] {
        do {
          let figure = Figure(width: 200, height: 150) { mark }.yAxis(scale: scale)
          let scene = try figure.fixedScene()
          for point in scene.strokes.flatMap({ $0.path.elements.flatMap(\.points) }) {
            #expect(point.isFinite && abs(point.x) < 5000 && abs(point.y) < 5000, "\(mark) on \(scale)")
          }
          _ = try figure.render(.svg)
          _ = figure.csv() + figure.textDescription()
        } catch is PlottingError {}
      }
    }
  }
}
