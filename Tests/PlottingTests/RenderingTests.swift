import Foundation
import Plotting
import Testing

struct RenderingTests {
  static let figure = Figure(width: 320, height: 200) {
    LineMark(x: 0..<20, y: 0..<20, series: "a")
    LineMark(x: 0..<20, y: 5..<25, series: "b")
    TextMark("$h_t$ ≤ <EOS> & more", x: 4, y: 20)
  }.title("A title").xAxis("Step").yAxis("Value")

  static let heat = Figure(width: 320, height: 200) { HeatMapMark([1, 2, 3, 4], rows: 2, columns: 2) }

  @Test(arguments: [ImageFormat.png(scale: 2), .pdf, .svg], Appearance.allCases)
  func theSameFigureGivesTheSameBytes(format: ImageFormat, appearance: Appearance) async throws {
    for figure in [Self.figure, Self.heat] {
      let first = try figure.render(format, appearance: appearance)
      // Also beside other figures on other threads.
      let others = try await withThrowingTaskGroup(of: [UInt8].self) { group in
        for _ in 0..<4 {
          group.addTask {
            _ = try Self.heat.render(format, appearance: .dark)
            return try figure.render(format, appearance: appearance)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(others.allSatisfy { $0 == first })
    }
  }

  @Test func lightAndDarkDiffer() throws {
    #expect(try Self.figure.render(.svg, appearance: .light) != Self.figure.render(.svg, appearance: .dark))
  }

  @Test func pngSaysItsSizeAndDensity() throws {
    let png = try Self.figure.render(.png(scale: 2))
    #expect(Array(png[0..<8]) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    #expect(Array(png[16..<24]) == [0, 0, 2, 128, 0, 0, 1, 144])
    // 144 dots an inch are 5669 a metre.
    #expect(Array(png[37..<41]) == Array("pHYs".utf8))
    #expect(Array(png[41..<50]) == [0, 0, 0x16, 0x25, 0, 0, 0x16, 0x25, 1])
    // The checksum of this chunk, by zlib.
    #expect(Array(png[50..<54]) == Self.densityChecksum)
  }

  static let densityChecksum: [UInt8] = [0x49, 0x52, 0x24, 0xF0]

  @Test func pdfHasNoTimeAndEmbedsItsFonts() throws {
    let pdf = String(decoding: try Self.figure.render(.pdf), as: UTF8.self)
    #expect(pdf.hasPrefix("%PDF-"))
    #expect(pdf.contains("CreationDate (20000101000000Z)"))
    #expect(pdf.contains("/FontFile"))
    #expect(pdf.components(separatedBy: "/Type /Page\n").count <= 2)
    #expect(pdf.contains("/MediaBox [ 0 0 320 200 ]"))
  }

  @Test func svgIdentifiersDifferBetweenFigures() throws {
    func identifiers(_ figure: Figure) throws -> Set<String> {
      let svg = String(decoding: try figure.render(.svg), as: UTF8.self)
      #expect(svg.hasPrefix("<svg"))
      let ids = svg.components(separatedBy: " id=\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
      let uses = svg.components(separatedBy: "href=\"#").dropFirst().map { String($0.prefix { $0 != "\"" }) }
      #expect(!ids.isEmpty && Set(uses).isSubset(of: Set(ids)))
      return Set(ids)
    }
    #expect(try identifiers(Self.figure).isDisjoint(with: identifiers(Self.heat)))
  }

  @Test func mathematicsBecomesMarkup() {
    #expect(MathText.plain("$h_{t-1}$ of <EOS> & $\\alpha$") == "ht−1 of <EOS> & α")
    #expect(MathText.markup("a < b") == "a &lt; b")
    #expect(MathText.markup("$x$").contains("<i>x</i>"))
    #expect(MathText.markup("$x_2$").contains("baseline_shift=\"subscript\">2</span>"))
    #expect(MathText.plain("costs 5 $") == "costs 5 $")
    #expect(MathText.plain("\\$5 and \\$6") == "$5 and $6")
    for broken in ["$", "$$", "$_$", "$x_{$", "$\\$", "$}{$", "\u{0}\u{7}"] { _ = MathText.markup(broken) }
  }

  @Test func brokenMathematicsStillRenders() throws {
    for broken in ["$_$", "$x_{$", "$\\frac{1}{2}$", "$}{$", "a\u{0}b", "\u{200B}", "日本語 עברית"] {
      _ = try Figure { TextMark(broken, x: 1, y: 1) }.title(broken).render(.png(scale: 1))
    }
  }
}

struct FigureDataTests {
  @Test func csvIsTidyAndQuoted() {
    let figure = Figure {
      LineMark(x: [1, 2], y: [0.5, .nan], series: "a, \"b\"")
      BandMark(x: [1], low: [0.1], high: [0.25])
    }
    #expect(
      figure.csv() == #"""
        mark,series,x,y,low,high
        line,"a, ""b""",1,0.5,,
        line,"a, ""b""",2,NaN,,
        band,,1,,0.1,0.25

        """#)
  }

  @Test func theDescriptionTellsAxesSeriesAndExtremes() {
    let text = Figure {
      LineMark(x: 1...3, y: [3, 1, 2], series: "training")
      RuleMark(y: 0.5, label: "goal")
    }.xAxis("Step").yAxis("Loss", scale: .log).textDescription()
    #expect(
      text == "A figure with a line. The horizontal axis shows “Step” from 1 to 3. "
        + "The vertical axis shows “Loss”, on a log scale, from 0.5 to 3. "
        + "Line “training”: 3 values, lowest 1 at x = 2, highest 3 at x = 1. Rule “goal” at y = 0.5.")
  }

  @Test func theDescriptionOfMatricesAndManySeriesIsShort() {
    let matrix = Figure { HeatMapMark([[1, 2], [3, 4]], rowLabels: ["a", "b"]) }.textDescription()
    #expect(matrix.contains("highest 4 at b, column = 1"))
    let many = Figure { for k in 0..<300 { LineMark(x: [0, 1], y: [k, k], series: "s\(k)") } }
      .textDescription()
    #expect(many.count < 2000)
    #expect(many.contains("And 288 more marks."))
  }
}
