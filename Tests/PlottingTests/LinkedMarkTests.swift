import Foundation
import Plotting
import Testing

@Suite struct LinkedMarkTests {
  private struct Link: Decodable {
    struct Named: Decodable {
      var names: [String]
      var index: [Int]
    }
    struct Numbers: Decodable {
      var label: String
      var values: [Double?]
    }
    var kind: String
    var series: String?
    var model: String
    var points: [Double?]?
    var rectangles: [Double?]?
    var cells: [Double]?
    var things: [String: Named]
    var numbers: [Numbers]
  }

  private static func links(_ figure: Figure) throws -> [Link] {
    try JSONDecoder().decode([Link].self, from: try #require(try figure.links()))
  }

  /// What a figure draws, without what it links.
  private static func drawn(_ figure: Figure) throws -> [Primitive] {
    try figure.fixedScene().items.filter { if case .linked = $0 { false } else { true } }
  }

  @Test func aGridLiesWhereItIsDrawn() throws {
    let mark = HeatMapMark(
      [0.12345, 1, 2, 3, .nan, 5], rows: 2, columns: 3, firstRow: 7, firstColumn: 1, label: "State $h$")
    let figure = Figure { mark.linked(.unit, by: .row, of: "small").linked(.step, by: .column) }
    #expect(try Self.drawn(figure) == Self.drawn(Figure { mark }))
    let rasters = try figure.scene(appearance: .light, measurer: PangoMeasurer()).items.compactMap {
      if case .raster(let raster, let rect) = $0, raster.rows == 2 { rect } else { nil }
    }
    let rect = try #require(rasters.first)
    let link = try #require(try Self.links(figure).first)
    let cells = try #require(link.cells)
    for (found, expected) in zip(cells, [rect.minX, rect.minY, rect.width, rect.height, 2, 3]) {
      #expect(abs(found - expected) <= 0.05)
    }
    #expect(link.model == "small")
    let units = try #require(link.things["unit"])
    #expect(units.index.map { units.names[$0] } == ["7", "7", "7", "8", "8", "8"])
    let steps = try #require(link.things["step"])
    #expect(steps.index.map { steps.names[$0] } == ["1", "2", "3", "1", "2", "3"])
    #expect(link.numbers.map(\.label) == ["State $h$"])
    #expect(link.numbers[0].values == [0.1235, 1, 2, 3, nil, 5])
  }

  @Test func dataThatCanNotBeSeenHaveNoPlace() throws {
    let figure = Figure {
      ScatterMark(x: [1.0, 2, 30, .nan], y: [5.0, 6, 7, 8], series: "a").linked(.unit, each: [3, 1, 4, 1])
    }.xAxis("Storing", domain: 0...10).yAxis("Counting")
    let link = try #require(try Self.links(figure).first)
    let points = try #require(link.points)
    #expect(points.map { $0 == nil } == [false, false, false, false, true, true, true, true])
    // The second is to the right of the first, and above it.
    #expect(points[2]! > points[0]! && points[3]! < points[1]!)
    #expect(link.things["unit"]?.names == ["3", "1", "4"])
    #expect(link.things["unit"]?.index == [0, 1, 2, 1])
    #expect(link.series == "a")
    #expect(link.numbers.map(\.label) == ["Storing", "Counting"])
    // A number that stands for the thing is not told a second time.
    let byX = Figure { LineMark(x: [0, 1, 2], y: [0.5, 0.25, 0.125]).linked(.step, by: .x) }
    #expect(try Self.links(byX).first?.numbers.map(\.label) == ["y"])
    #expect(try Self.links(byX).first?.things["step"]?.names == ["0", "1", "2"])
  }

  @Test func barsOfPanelsLieInTheirPanels() throws {
    let figure = Figure.grid(columns: 2, width: 600, height: 300, shared: .none) {
      Panel("left") { BarMark(x: ["a", "b"], y: [1, 2]).linked(.token, by: .x) }
      Panel("right") { BarMark(y: ["a", "b"], x: [1, 2]).linked(.token, by: .y) }
    }
    let links = try Self.links(figure)
    try #require(links.count == 2)
    func sides(_ link: Link) throws -> [[Double]] {
      let all = try #require(link.rectangles).compactMap { $0 }
      return stride(from: 0, to: all.count, by: 4).map { Array(all[$0..<$0 + 4]) }
    }
    let (left, right) = (try sides(links[0]), try sides(links[1]))
    #expect(left.allSatisfy { $0[0] + $0[2] < 310 } && right.allSatisfy { $0[0] > 290 })
    // Upright bars grow in height, lying ones in width.
    #expect(abs(left[1][3] - 2 * left[0][3]) < 0.3)
    #expect(abs(right[1][2] - 2 * right[0][2]) < 0.3)
    #expect(links.allSatisfy { $0.things["token"]?.names == ["a", "b"] })
  }

  @Test func whatIsNotLinkedHasNone() throws {
    #expect(try Figure { ScatterMark(x: [1.0], y: [2.0]) }.links() == nil)
  }

  @Test func saysWhatDoesNotFit() throws {
    #expect {
      try Figure { ScatterMark(x: [1.0, 2], y: [2.0, 3]).linked(.unit, each: [1]) }.fixedScene()
    } throws: { "\($0)".contains("the mark has 2 values but each unit has 1") }
    #expect {
      try Figure { ScatterMark(x: [1.0, 2], y: [2.0, 3]).linked(.unit, by: .row) }.fixedScene()
    } throws: { "\($0)".contains("expected a channel that it has: x, y, found row") }
    #expect {
      let many = [Double](repeating: 0, count: 20_001)
      return try Figure { ScatterMark(x: many, y: many).linked(.unit, by: .x) }.fixedScene()
    } throws: { "\($0)".contains("at most 20000 data to link, found 20001") }
  }
}
