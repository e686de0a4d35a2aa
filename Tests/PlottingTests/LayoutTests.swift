import Foundation
import Plotting
import Testing

/// Figures that strain the layout, each checked with the real fonts.
struct Strained: Sendable, CustomTestStringConvertible {
  let name: String
  let figure: Figure
  var testDescription: String { name }

  static let all: [Strained] = {
    let sixty = "A label of sixty characters, which is rather long for a name"
    let names = (0..<300).map { "word\($0)" }
    let tokens = (0..<24).map { "token number \($0)" }
    let long = (1...7).map { "\($0) " + sixty }
    let counts = (0..<300).map { Double($0) }
    let loss = (0..<200).map { 2.0 / Double($0 + 1) }
    let wave = (0..<200).map { sin(Double($0) / 9) }
    return [
      Strained(name: "300 categories", figure: Figure { BarMark(x: names, y: counts) }.yAxis("Frequency")),
      Strained(name: "300 rows", figure: Figure { BarMark(y: names, x: counts) }.xAxis("Frequency")),
      Strained(name: "turned", figure: Figure { BarMark(x: tokens, y: Array(counts.prefix(24))) }),
      Strained(
        name: "sixty letters",
        figure: Figure { BarMark(x: long, y: Array(counts.prefix(7))) }.yAxis(sixty).xAxis(sixty).title(
          sixty + " " + sixty
        ).subtitle(sixty + sixty)),
      Strained(name: "sixty letters lying", figure: Figure { BarMark(y: long, x: Array(counts.prefix(7))) }),
      Strained(
        name: "powers",
        figure: Figure { LineMark(x: [1e6, 9e6], y: [1e-9, 1e9]) }.yAxis("Loss", scale: .log)),
      Strained(
        name: "legend and rule",
        figure: Figure {
          LineMark(x: 0..<200, y: loss, series: "training")
          LineMark(x: 0..<200, y: wave, series: "a second series of another kind")
          RuleMark(y: 1.5, label: sixty)
          RuleMark(x: 199, label: "the end")
        }.xAxis("Step (batches of 64 sequences)").yAxis("Loss")),
      Strained(
        name: "300 series",
        figure: Figure { for k in 0..<300 { LineMark(x: [0, 1], y: [k, k + 3], series: "series \(k)") } }),
      Strained(
        name: "heat map",
        figure: Figure(width: 360, height: 240) {
          HeatMapMark(wave, rows: 10, columns: 20, firstColumn: 1, label: "Activation of the unit")
        }.xAxis("Step").yAxis("Unit")),
      Strained(
        name: "ticks at the ends",
        figure: Figure { LineMark(x: [0, 1], y: [0, 1]) }.xAxis(
          domain: 0...1, ticks: .labelled([0, 1], ["a rather long first label", "a rather long last label"])
        ).yAxis(domain: 0...1)),
      Strained(name: "stacked panels", figure: PanelTests.stack),
      Strained(name: "panels in a grid", figure: PanelTests.grid),
      Strained(
        name: "panels with axes of their own",
        figure: Figure.grid(columns: 3, width: 720, height: 500, shared: .none) {
          for k in 0..<5 {
            Panel("a panel with a rather long heading \(k)") { LineMark(x: [0, 1e6], y: [0, 1e6]) }
              .xAxis("Step of training").yAxis("Value of the loss")
          }
        }),
      Strained(
        name: "themes",
        figure: Figure(width: 960, height: 540) {
          LineMark(x: 0..<200, y: loss, series: "training")
          LineMark(x: 0..<200, y: wave, series: "validation")
        }.xAxis("Step").yAxis("Loss").title(sixty).theme(.slide)),
      Strained(
        name: "print",
        figure: Figure(width: 252, height: 170) {
          LineMark(x: 0..<200, y: loss, series: "training")
          LineMark(x: 0..<200, y: wave, series: "validation")
        }.xAxis("Step").yAxis("Loss").theme(.print)),
      Strained(
        name: "nothing finite",
        figure: Figure { LineMark(x: [1, 2], y: [Double.nan, .infinity]) }.xAxis("Step").yAxis("Value")),
    ]
  }()
}

struct LayoutTests {
  @Test(arguments: Strained.all)
  func noWordIsCutAtTheEdgeOrOverlapsAnother(_ strained: Strained) throws {
    let measurer = PangoMeasurer()
    let scene = try strained.figure.scene(appearance: .light, measurer: measurer)
    let page = Rect(x: 0, y: 0, width: scene.width, height: scene.height)
    let boxes = scene.texts.map { ($0, measurer.bounds($0)) }
    for (run, box) in boxes {
      #expect(page.inset(by: 1).contains(box), "“\(run.content)” reaches out of the page: \(box)")
    }
    // The boxes around diagonal words overlap though the words do not.
    let upright = boxes.filter { $0.0.angle.truncatingRemainder(dividingBy: 90) == 0 }
    for i in upright.indices {
      for j in upright.indices where j > i {
        let (a, b) = (upright[i], upright[j])
        #expect(!a.1.inset(by: 0.5).intersects(b.1.inset(by: 0.5)), "“\(a.0.content)” and “\(b.0.content)”")
      }
    }
  }

  @Test func turnedLabelsLeaveALineBetweenThem() throws {
    let figure = try #require(Strained.all.first { $0.name == "turned" }?.figure)
    let measurer = PangoMeasurer()
    let scene = try figure.scene(appearance: .light, measurer: measurer)
    let turned = scene.texts.filter { $0.angle == -45 }
    #expect(turned.count == 24)
    let line = measurer.size("0", style: turned[0].style).height
    for (a, b) in zip(turned, turned.dropFirst()) {
      #expect((b.position.x - a.position.x) * 0.5.squareRoot() >= line - 0.01)
    }
  }

  @Test func theLegendLooksForAnEmptyCorner() throws {
    let falling = Figure {
      LineMark(x: [0, 1], y: [1, 0], series: "falling")
      LineMark(x: [0, 1], y: [0.9, 0], series: "faster")
    }
    let rising = Figure {
      LineMark(x: [0, 1], y: [0, 1], series: "falling")
      LineMark(x: [0, 1], y: [0, 0.9], series: "faster")
    }
    let right = try #require(try falling.fixedScene().texts.first { $0.content == "falling" })
    #expect(right.position.x > 400 && right.position.y < 100)
    let left = try #require(try rising.fixedScene().texts.first { $0.content == "falling" })
    #expect(left.position.x < 200 && left.position.y < 100)
  }

  @Test func withoutAnEmptyCornerTheLegendStandsAboveThePlot() throws {
    let wild = (0..<400).map { $0 % 2 == 0 ? 0.0 : 1 }
    let scene = try Figure {
      LineMark(x: 0..<400, y: wild, series: "one")
      LineMark(x: 0..<400, y: wild, series: "two")
    }.fixedScene()
    let names = scene.texts.filter { ["one", "two"].contains($0.content) }
    let data = scene.strokes.flatMap { $0.path.elements.flatMap(\.points) }.filter { $0.x > 60 }
    let top = data.map(\.y).filter { $0 > 30 }.min() ?? 0
    #expect(names.count == 2)
    #expect(names.allSatisfy { $0.position.y < top })
  }

  @Test func legendsCanBeHiddenAndMoved() throws {
    let figure = Figure { LineMark(x: [0, 1], y: [0, 1], series: "only") }
    #expect(try !figure.legend(.hidden).fixedScene().texts.contains { $0.content == "only" })
    let moved = try #require(try figure.legend(.right).fixedScene().texts.first { $0.content == "only" })
    #expect(moved.position.x > 560)
  }

  @Test func ruleLabelsKeepAwayFromData() throws {
    // Data at the right end of the rule, where its label would stand first.
    let scene = try Figure {
      ScatterMark(x: [0.8, 0.85, 0.9, 0.95, 1], y: [0.5, 0.52, 0.5, 0.48, 0.5])
      ScatterMark(x: [0, 0.1], y: [0, 1])
      RuleMark(y: 0.5, label: "threshold")
    }.fixedScene()
    let label = try #require(scene.texts.first { $0.content == "threshold" })
    #expect(label.position.x < 300)
  }

  @Test func snapshots() throws {
    let lines = Figure(width: 320, height: 200) {
      BandMark(x: [0, 1, 2], low: [0.5, 0.2, 0.1], high: [0.9, 0.6, 0.4], series: "training")
      LineMark(x: [0, 1, 2], y: [0.7, 0.4, 0.2], series: "training")
      RuleMark(y: 0.05, label: "goal")
    }.title("Loss").xAxis("Step").yAxis("Loss", scale: .log)
    try expectSnapshot(try lines.fixedScene().snapshot, named: "lines")
    let matrix = Figure(width: 240, height: 160) {
      HeatMapMark([[-1, 0], [0.5, 1]], rowLabels: ["a", "b"], label: "state")
    }.xAxis("Step")
    try expectSnapshot(try matrix.fixedScene(.dark).snapshot, named: "heat-map-dark")
    let bars = Figure(width: 240, height: 160) {
      BarMark(x: ["a", "b"], y: [1, -2], low: [0.5, -3], high: [1.5, -1], series: "GRU")
      BarMark(x: ["a", "b"], y: [2, 1], series: "null", emphasis: .null)
    }
    try expectSnapshot(try bars.fixedScene().snapshot, named: "bars")
  }

  /// Names beside rows are whole at the width of a phone.
  @Test func figuresForNarrowScreensKeepTheirNames() throws {
    let names = (1...10).map { "Statement number \($0) of the ten: everywhere" }
    let figure = Figure(width: 600, height: 360) { ScatterMark(x: (1...10).map(Double.init), y: names) }
    let narrow = try #require(figure.narrow)
    #expect(narrow.width == 400 && narrow.height > 360)
    let shown = try narrow.fixedScene().texts.filter { $0.content.hasPrefix("Statement") }
    #expect(shown.count == 10)
    let measurer = FixedMeasurer()
    for text in shown {
      let whole = measurer.size(text.content, style: text.style, maxWidth: text.maxWidth, maxLines: 99)
      let room = measurer.size(
        text.content, style: text.style, maxWidth: text.maxWidth, maxLines: text.maxLines)
      #expect(whole.height == room.height, "\(text.content)")
    }
    let line = Figure { LineMark(x: [0, 1], y: [0, 1]) }
    #expect(line.narrow?.height == line.height && line.narrow?.width == 400)
    #expect(Figure(width: 400, height: 300) { LineMark(x: [0, 1], y: [0, 1]) }.narrow == nil)
    #expect(line.equalScales().narrow == nil)
  }

  /// Panels that stand side by side come below each other, as wide as before or nearly, and as high.
  @Test(arguments: [(2, 720.0, 2, 1), (4, 760, 7, 2), (3, 720, 3, 2), (6, 720, 7, 4), (1, 720, 2, 1)])
  func gridsForNarrowScreensHaveFewerColumns(columns: Int, width: Double, panels: Int, narrowColumns: Int)
    throws
  {
    let figure = Figure.grid(columns: columns, width: width, height: 320) {
      for number in 1...panels { Panel("Panel \(number)") { LineMark(x: [0, 1], y: [0, Double(number)]) } }
    }
    .xAxis("Step")
    let narrow = try #require(figure.narrow)
    #expect(narrow.width == 400)
    func titles(_ figure: Figure) throws -> [TextRun] {
      try figure.fixedScene().texts.filter { $0.content.hasPrefix("Panel") }
    }
    let (before, after) = (try titles(figure), try titles(narrow))
    #expect(after.count == panels && Set(after.map { $0.position.x }).count == min(narrowColumns, panels))
    let (wide, room) = (try #require(before.first?.maxWidth), try #require(after.first?.maxWidth))
    #expect(room >= 0.75 * wide || columns == 1)
    let rows = Set(after.map { $0.position.y }).sorted()
    #expect(rows.count == (panels + narrowColumns - 1) / narrowColumns)
    #expect(try narrow.notes() == figure.notes())
  }
}
