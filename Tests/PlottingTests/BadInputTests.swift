import Plotting
import Testing

struct BadInputTests {
  @Test func mismatchedLengthsNameBoth() {
    let figure = Figure { LineMark(x: [1, 2, 3], y: [1.0, 2], series: "training") }
    let expected = PlottingError.mismatchedLengths(
      mark: "LineMark", series: "training", first: "x", firstCount: 3, second: "y", secondCount: 2)
    #expect(throws: expected) { try figure.render(.svg) }
    #expect(expected.description.contains("x has 3 values but y has 2"))
    #expect(figure.csv() == "mark,series\n")
  }

  @Test func matricesOfTheWrongShapeSayWhatWasExpected() {
    #expect(throws: PlottingError.self) {
      try Figure { HeatMapMark([1, 2, 3], rows: 2, columns: 2) }.fixedScene()
    }
    #expect(throws: PlottingError.self) { try Figure { HeatMapMark([[1, 2], [3]]) }.fixedScene() }
    #expect(throws: PlottingError.self) {
      try Figure { HeatMapMark([[1, 2], [3, 4]], rowLabels: ["one"]) }.fixedScene()
    }
  }

  @Test func impossibleDomainsAreRefused() {
    let figure = Figure { LineMark(x: [1, 2], y: [1, 2]) }
    #expect(throws: PlottingError.invalidDomain(axis: "y", lower: 0, upper: 1, scale: "log")) {
      try figure.yAxis("Loss", scale: .log, domain: 0...1).fixedScene()
    }
    #expect(throws: PlottingError.self) { try figure.xAxis(domain: 2...2).fixedScene() }
  }

  @Test func numbersAndNamesDoNotMix() {
    let figure = Figure {
      BarMark(x: ["a", "b"], y: [1, 2])
      LineMark(x: [0, 1], y: [1, 2])
    }
    #expect(throws: PlottingError.mixedAxis(axis: "x", numbers: "line", categories: "bar")) {
      try figure.fixedScene()
    }
  }

  @Test func aFigureTooSmallSaysWhichSizeWouldDo() throws {
    let marks = BarMark(x: ["some category", "another"], y: [1, 2])
    let small = Figure(width: 90, height: 60) { marks }.xAxis("Category").yAxis("Count")
    do {
      _ = try small.fixedScene()
      Issue.record("drew a figure of 90 × 60")
    } catch PlottingError.tooSmall(_, _, let width, let height) {
      _ = try Figure(width: width, height: height) { marks }.xAxis("Category").yAxis("Count").fixedScene()
    }
  }

  @Test func emptyFiguresSayNoData() throws {
    for figure in [
      Figure {}, Figure { LineMark(x: [Double](), y: [Double]()) },
      Figure { HeatMapMark([Float](), rows: 0, columns: 0) },
      Figure { BarMark(x: [String](), y: [Double]()) },
      Figure { LineMark(x: [1, 2], y: [Double.nan, .nan]) },
    ] {
      #expect(try figure.fixedScene().texts.contains { $0.content == "no data" })
      _ = try figure.render(.png(scale: 1))
    }
  }

  @Test func whatALogAxisCannotShowIsCounted() throws {
    let figure = Figure { LineMark(x: 1...4, y: [0.1, 0, -3, 10]) }.yAxis("Loss", scale: .log)
    let note = "2 of 4 y values are not above zero, which a log axis cannot show."
    #expect(try figure.notes() == [note])
    #expect(try figure.fixedScene().texts.contains { $0.content == note })
    let nothing = Figure { LineMark(x: 1...2, y: [-1, -2]) }.yAxis("Loss", scale: .log)
    #expect(try nothing.fixedScene().texts.contains { $0.content == "no data" })
  }

  @Test func valuesOutsideAChosenRangeAreCountedButMarginsAreNot() throws {
    let figure = Figure {
      LineMark(x: 1...4, y: [0.1, 0.5, 1.5, 2])
      RuleMark(y: 7)
    }
    #expect(
      try figure.yAxis(domain: 0...1).notes() == [
        "2 of 5 y values are outside the axis’s range and not shown."
      ])
    let bars = Figure { BarMark(x: [1, 2, 3], y: [1, 2, 3]) }
    #expect(try bars.xAxis(domain: 1...3).notes().isEmpty)
  }

  @Test func extremeNumbersStayOnThePage() throws {
    let figure = Figure { LineMark(x: [1, 2, 3], y: [-1e299, 1e299, Double.greatestFiniteMagnitude]) }
    for (path, _) in try figure.fixedScene().strokes {
      for point in path.elements.flatMap(\.points) {
        #expect(point.isFinite && abs(point.x) < 1000 && abs(point.y) < 1000)
      }
    }
    let tiny = Figure { LineMark(x: [1, 2], y: [Double.leastNonzeroMagnitude, .leastNormalMagnitude]) }
    _ = try tiny.render(.svg)
    let far = Figure { LineMark(x: [1, 2], y: [1e15, 1e15 + 1]) }.yAxis("y", domain: 0...1)
    _ = try far.render(.png(scale: 1))
  }

  @Test func extremesAreSaidOrDrawn() throws {
    let line = LineMark(x: [0, 1], y: [0, 1])
    #expect(throws: PlottingError.tooLarge(width: 1e300, height: 400, most: 32_000)) {
      try Figure(width: 1e300) { line }.fixedScene()
    }
    #expect(throws: PlottingError.self) {
      try Figure { HeatMapMark([1.0], rows: .max, columns: .max) }.fixedScene()
    }
    for figure in [
      Figure { ScatterMark(x: [0, 1], y: [0, 1], opacity: .nan) },
      Figure { LineMark(x: [1e-300, 1e300], y: [0, 1]) }.xAxis(scale: .log),
      Figure { HeatMapMark([1.0], rows: 1, columns: 1, firstRow: .max) },
      Figure.grid(columns: .max) { Panel("a") { line } },
    ] {
      _ = try figure.render(.svg)
    }
  }

  @Test func impossiblePictureSizesThrow() {
    let figure = Figure { LineMark(x: [1, 2], y: [1, 2]) }
    #expect(throws: PlottingError.self) { try figure.render(.png(scale: 0)) }
    #expect(throws: PlottingError.self) { try figure.render(.png(scale: .nan)) }
    #expect(throws: PlottingError.self) { try figure.render(.png(scale: 1e6)) }
    #expect(throws: PlottingError.self) {
      try Figure(width: .nan, height: 100) { LineMark(x: [1, 2], y: [1, 2]) }.render(.svg)
    }
  }
}
