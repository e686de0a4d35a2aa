import Plotting
import Testing

/// One example a mark, as an author would write it.
struct MarkTests {
  @Test func lineMark() throws {
    let scene = try Figure { LineMark(x: 1...3, y: [0.5, 0.25, 0.125] as [Float]) }.fixedScene()
    let line = try #require(scene.strokes.first { $0.stroke.color == Theme.page.palette(.light).series[0] })
    #expect(line.path.elements.count == 3)
    #expect(scene.symbolGroups.isEmpty)
  }

  @Test func linesOfSeveralSeriesCarrySymbols() throws {
    let figure = Figure {
      LineMark(x: [1, 2], y: [1, 2], series: "training")
      LineMark(x: [1, 2], y: [2, 1], series: "validation")
    }
    let symbols = Set(try figure.fixedScene().symbolGroups.map(\.style.symbol))
    #expect(symbols == [.circle, .square])
  }

  @Test func bandMark() throws {
    let figure = Figure {
      BandMark(x: 0..<4, low: [0, 1, .nan, 1, 0].prefix(4).map { $0 }, high: [2, 3, 3, 4], series: "seeds")
    }
    let scene = try figure.fixedScene()
    // A polygon before the gap, a line after it, where one point is left.
    #expect(scene.fills.count { $0.color.alpha < 0.5 && $0.path.elements.count == 5 } == 1)
    #expect(try figure.notes() == ["1 of 8 y values is missing or not finite."])
  }

  @Test func ruleMark() throws {
    let scene = try Figure {
      LineMark(x: [0, 10], y: [0.1, 0.5])
      RuleMark(y: 0.99, label: "goal")
    }.fixedScene()
    #expect(scene.texts.contains { $0.content == "goal" })
    #expect(scene.strokes.contains { !$0.stroke.dash.isEmpty })
  }

  @Test func textMark() throws {
    let scene = try Figure {
      LineMark(x: [0, 10], y: [0, 1])
      TextMark("$h_t$ is written", x: 5, y: 0.5, side: .above)
    }.fixedScene()
    #expect(scene.texts.contains { $0.content == "$h_t$ is written" })
  }

  @Test func scatterMarkBySeries() throws {
    let scene = try Figure { ScatterMark(x: [1, 2], y: [3, 4], series: "states", size: 8) }.fixedScene()
    #expect(scene.symbolGroups.contains { $0.points.count == 2 && $0.style.size == 8 })
  }

  @Test func scatterMarkByCategory() throws {
    let scene = try Figure { ScatterMark(x: [1, 2, 3], y: [3, 4, 5], categories: ["a", "b", "a"]) }
      .fixedScene()
    let groups = scene.symbolGroups.prefix(2)
    #expect(groups.map(\.points.count) == [2, 1])
    #expect(Set(groups.map(\.style.symbol)).count == 2)
    #expect(scene.texts.contains { $0.content == "b" })
  }

  @Test func scatterMarkByValue() throws {
    let scene = try Figure { ScatterMark(x: [1, 2], y: [3, 4], values: [0.0, 9], label: "Step") }.fixedScene()
    #expect(
      scene.symbolGroups.map(\.style.fill) == [
        ColorRamp.sequential(.light)[0], ColorRamp.sequential(.light)[1],
      ])
    #expect(scene.texts.contains { $0.content == "Step" && $0.angle == -90 })
  }

  @Test func scatterMarkWithSizes() throws {
    let scene = try Figure { ScatterMark(x: [1, 2], y: [3, 4], sizes: [2, 9]) }.fixedScene()
    #expect(scene.symbolGroups.map(\.style.size) == [9, 2])
  }

  @Test func barsOfSeveralSeriesStandSideBySide() throws {
    let tasks = ["copy", "reverse"]
    let figure = Figure {
      BarMark(x: tasks, y: [0.9, 0.8], low: [0.8, 0.7], high: [1.0, 0.9], series: "GRU")
      BarMark(x: tasks, y: [0.5, 0.4], series: "random sets", emphasis: .null)
    }
    let scene = try figure.fixedScene()
    let palette = Theme.page.palette(.light)
    let bars = scene.fills.filter {
      [palette.series[0], palette.null].contains($0.color) && $0.path.elements.count == 5
    }
    let edges = bars.map { bar in bar.path.elements.flatMap(\.points).map(\.x) }.map {
      ($0.min() ?? 0, $0.max() ?? 0)
    }
    .sorted { $0.0 < $1.0 }
    #expect(edges.count == 4)
    for (left, right) in zip(edges, edges.dropFirst()) { #expect(left.1 <= right.0) }
  }

  @Test func lyingBarsBeginAtTheTop() throws {
    let scene = try Figure { BarMark(y: ["first", "second"], x: [1, 2]) }.fixedScene()
    let first = try #require(scene.texts.first { $0.content == "first" })
    let second = try #require(scene.texts.first { $0.content == "second" })
    #expect(first.position.y < second.position.y)
  }

  @Test func pointRangeMark() throws {
    let scene = try Figure {
      PointRangeMark(
        y: ["8 holding units", "200 random sets"], x: [-0.4, 0.0], low: [-0.5, -0.1], high: [-0.3, 0.1])
    }.fixedScene()
    #expect(scene.symbolGroups.first?.points.count == 2)
    #expect(scene.strokes.count { $0.stroke.cap == .round } == 2)
  }

  @Test func heatMapMark() throws {
    let scene = try Figure {
      HeatMapMark([0, 1, 2, 3, 4, .nan] as [Float], rows: 2, columns: 3, label: "activation")
    }
    .fixedScene()
    let raster = try #require(scene.rasters.first?.raster)
    #expect((raster.rows, raster.columns) == (2, 3))
    #expect(raster.colors[0] == ColorRamp.sequential(.light)[0])
    #expect(raster.colors[5] == Theme.page.palette(.light).missing)
    #expect(scene.rasters.count == 2)  // the second is the colour bar
  }

  @Test func heatMapFromRowsWithEqualLabels() throws {
    let rows: [[Float]] = [[1, 2], [3, 4]]
    let scene = try Figure {
      HeatMapMark(rows, rowLabels: ["a", "a"], columnLabels: ["x", "y"], showsValues: true)
    }
    .fixedScene()
    #expect(scene.texts.count { $0.content.hasPrefix("a") } == 2)
    #expect(["1", "2", "3", "4"].allSatisfy { value in scene.texts.contains { $0.content == value } })
  }

  @Test func oneSeriesHasOneColourInAllMarks() throws {
    let figure = Figure {
      BandMark(x: [1, 2], low: [0, 0], high: [2, 2], series: "validation")
      LineMark(x: [1, 2], y: [5, 6], series: "training")
      ScatterMark(x: [1, 2], y: [1, 1], series: "validation", opacity: 1)
    }
    let first = Theme.page.palette(.dark).series[0]
    let scene = try figure.fixedScene(.dark)
    #expect(scene.fills.contains { $0.color == Theme.page.palette(.dark).band(first) })
    #expect(scene.symbolGroups.contains { $0.points.count == 2 && $0.style.fill == first })
  }

  @Test func emphasisColoursAWholeSeries() throws {
    let figure = Figure {
      LineMark(x: [1, 2], y: [1, 2], series: "random sets", emphasis: .null)
      LineMark(x: [1, 2], y: [3, 4], series: "the units", emphasis: .accent)
      PointRangeMark(x: [1, 2], y: [1, 2], low: [0, 1], high: [2, 3], series: "random sets")
    }
    let palette = Theme.page.palette(.light)
    let scene = try figure.fixedScene()
    #expect(scene.symbolGroups.contains { $0.points.count == 2 && $0.style.fill == palette.null })
    #expect(scene.strokes.contains { $0.stroke.color == palette.series[0] })
  }
}
