import Plotting
import Testing

struct PanelTests {
  static let stack = Figure.stack(height: 420) {
    Panel("State", share: 2) { LineMark(x: 0...10, y: 0...10, series: "unit 3") }.yAxis("h")
    Panel("Gate") { LineMark(x: 0...10, y: (0...10).map { Double($0) * 1000 }, series: "unit 3") }.yAxis("z")
    Panel("Map") { HeatMapMark(Array(0..<22), rows: 2, columns: 11, label: "value") }
  }
  .xAxis("Step").title("Three panels")

  static let grid = Figure.grid(columns: 2) {
    for k in 1...3 {
      Panel("T = \(k)") {
        LineMark(x: 0...k, y: 0...k, series: "model")
        LineMark(x: 0...k, y: 0...k, series: "null", emphasis: .null)
      }
    }
  }
  .xAxis("Step").yAxis("State")

  /// The lines that show data, by panel.
  private func dataLines(_ scene: Scene) -> [[Point]] {
    let color = Theme.page.palette(.light).series[0]
    return scene.strokes.filter { $0.stroke.color == color && $0.stroke.width > 1 }
      .map { $0.path.elements.flatMap(\.points) }.filter {
        $0.count > 2 || $0.count == 2 && $0[0].x != $0[1].x
      }
  }

  @Test func stackedPanelsLineUpOverOneAxis() throws {
    let scene = try Self.stack.fixedScene()
    let lines = dataLines(scene).filter { $0.count == 11 }
    try #require(lines.count == 2)
    for (a, b) in zip(lines[0], lines[1]) { #expect(abs(a.x - b.x) < 1e-9) }
    let map = try #require(scene.rasters.first?.rect)
    // The first line starts at the middle of the first column.
    #expect(abs(map.minX + map.width / 22 - lines[0][0].x) < 1e-6)
    #expect(scene.texts.count { $0.content == "Step" } == 1)
    #expect(scene.texts.count { $0.content == "10" && $0.horizontal == .center } == 1)
  }

  @Test func aShareIsAPartOfTheHeight() throws {
    let lines = dataLines(try Self.stack.fixedScene()).filter { $0.count == 11 }
    func height(_ line: [Point]) -> Double { (line.map(\.y).max() ?? 0) - (line.map(\.y).min() ?? 0) }
    #expect(abs(height(lines[0]) / height(lines[1]) - 2) < 0.01)
  }

  @Test func gridsShareScalesSeriesAndTickLabels() throws {
    let scene = try Self.grid.fixedScene()
    let lines = dataLines(scene).filter { (2...4).contains($0.count) && $0[0].y > $0[1].y }
    try #require(lines.count >= 3)
    // One step is as wide in each panel.
    let widths = lines.prefix(3).map { $0[1].x - $0[0].x }
    #expect(widths.allSatisfy { abs($0 - widths[0]) < 1e-9 })
    #expect(scene.texts.count { $0.content == "model" } == 1)
    #expect(scene.texts.count { $0.content == "State" } == 1)
    // Tick labels of the vertical axis only in the first column, of the horizontal one at the foot of each column.
    #expect(scene.texts.count { $0.content == "3" && $0.horizontal == .right } == 2)
    #expect(scene.texts.count { $0.content == "3" && $0.horizontal == .center } == 2)
  }

  @Test func oneScaleHasOneBarAndTheSameColours() throws {
    let figure = Figure.grid(columns: 2) {
      Panel("a") { HeatMapMark([0, 1], rows: 1, columns: 2, label: "State") }
      Panel("b") { HeatMapMark([0, 9], rows: 1, columns: 2, label: "State") }
    }
    let scene = try figure.fixedScene()
    #expect(scene.rasters.count == 3)
    #expect(scene.texts.count { $0.content == "State" } == 1)
    #expect(scene.rasters[1].raster.colors[1] == ColorRamp.sequential(.light)[1])
    #expect(scene.rasters[0].raster.colors[1] != ColorRamp.sequential(.light)[1])
  }

  @Test func panelsWithScalesOfTheirOwnHaveNotesWithTheirNames() throws {
    let figure = Figure.grid(columns: 2, shared: .none) {
      Panel("first") { LineMark(x: [1, 2], y: [1, 20]) }
      Panel("second") { LineMark(x: [1, 2], y: [1, .nan]) }.yAxis("Loss", scale: .log)
    }
    #expect(try figure.notes() == ["second: 1 of 2 y values is missing or not finite."])
    #expect(try figure.fixedScene().texts.contains { $0.content == "Loss" })
  }

  @Test func dataAndDescriptionNameThePanels() {
    let rows = Self.grid.csv().split(separator: "\n")
    #expect(rows.first == "panel,mark,series,x,y")
    #expect(rows.contains("T = 2,line,model,1,1"))
    let text = Self.stack.textDescription()
    #expect(text.hasPrefix("A figure with 3 panels: Three panels."))
    #expect(text.contains("Panel 2 “Gate”: The vertical axis shows “z” from 0 to 10,000."))
  }

  @Test func tooManyPanelsSayWhichSizeWouldDo() throws {
    func grid(_ width: Double, _ height: Double) -> Figure {
      Figure.grid(columns: 4, width: width, height: height) {
        for k in 0..<16 { Panel("panel \(k)") { LineMark(x: [0, 1], y: [0, k]) } }
      }
    }
    do {
      _ = try grid(150, 120).fixedScene()
      Issue.record("drew 16 panels on 150 × 120")
    } catch PlottingError.tooSmall(_, _, let width, let height) {
      _ = try grid(width, height).fixedScene()
    }
    #expect(try Figure.stack {}.fixedScene().texts.contains { $0.content == "no data" })
  }

  @Test func aFigureCanBecomeAPanel() throws {
    let axis = TokenAxis(input: ["a", "<EOS>"], output: ["b"])
    let traces = Figure.unitTraces([[0, 1, 0], [0, 0, 1]], axis: axis, highlighted: ["storing": [1]])
    let scene = try Figure.stack {
      Panel(traces)
      Panel { StepMark(x: axis.steps, y: [0, 1, 1]) }
    }.fixedScene()
    #expect(scene.texts.contains { $0.content == "<EOS>" })
    #expect(scene.texts.count { $0.content == "Token read, then token written" } == 1)
  }
}
