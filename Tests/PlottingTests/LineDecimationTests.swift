import Plotting
import Testing

struct LineDecimationTests {
  /// A wave with 200,000 points over 500 points of the page.
  static let long = (0..<200_000).map { index -> Point in
    let x = Double(index) / 400
    return Point(x, Double((index &* 7919) % 1000) / 10)
  }

  @Test func everyColumnKeepsItsExtremes() {
    let reduced = LineDecimation.reduced(Self.long)
    #expect(reduced.count < 4 * 4 * 500 + 10)
    func extremes(_ points: [Point]) -> [Double: (Double, Double)] {
      var result: [Double: (Double, Double)] = [:]
      for point in points {
        let column = (point.x / LineDecimation.columnWidth).rounded(.down)
        let (low, high) = result[column] ?? (.infinity, -.infinity)
        result[column] = (min(low, point.y), max(high, point.y))
      }
      return result
    }
    let (before, after) = (extremes(Self.long), extremes(reduced))
    #expect(before.count == after.count)
    for (column, range) in before { #expect(after[column]?.0 == range.0 && after[column]?.1 == range.1) }
  }

  @Test func aSingleOutlierIsKept() {
    var points = (0..<100_000).map { Point(Double($0) / 200, 0) }
    points[50_001].y = -77
    points[70_001].y = 88
    let reduced = LineDecimation.reduced(points)
    #expect(reduced.contains(points[50_001]) && reduced.contains(points[70_001]))
    #expect(reduced.first == points.first && reduced.last == points.last)
  }

  @Test func gapsStayAndShortLinesAreLeftAlone() {
    var points = (0..<10_000).map { Point(Double($0) / 100, 1) }
    points[5_000].y = .nan
    #expect(LineDecimation.reduced(points).count { !$0.isFinite } == 1)
    let short = Array(points.prefix(100))
    #expect(LineDecimation.reduced(short) == short)
  }

  @Test func aPathThatTurnsBackKeepsItsOrder() {
    let there = (0..<3_000).map { Point(Double($0) / 100, 0) }
    let back = there.reversed().map { Point($0.x, 5) }
    let reduced = LineDecimation.reduced(there + back)
    #expect(reduced.map(\.y) == reduced.map(\.y).sorted())
  }

  @Test func longLinesAndLargeCloudsAreSmall() throws {
    var values = (0..<1_000_000).map { Double(($0 &* 7919) % 1000) }
    values[400_000] = 5000
    let line = Figure { LineMark(x: 0..<1_000_000, y: values) }
    #expect(try line.render(.pdf).count < 200_000)
    let cloud = Figure {
      ScatterMark(x: Array(values[0..<100_000]), y: Array(values.reversed()[0..<100_000]))
    }
    #expect(try cloud.render(.svg).count < 3_000_000)
  }

  @Test func cloudsAreOneImageInVectorFiles() throws {
    let x = (0..<5_000).map { Double($0 % 71) }
    let y = (0..<5_000).map { Double($0 % 73) }
    let svg = String(decoding: try Figure { ScatterMark(x: x, y: y) }.render(.svg), as: UTF8.self)
    #expect(svg.contains("data:image/png"))
    let few = Figure { ScatterMark(x: Array(x.prefix(50)), y: Array(y.prefix(50))) }
    #expect(!String(decoding: try few.render(.svg), as: UTF8.self).contains("data:image/png"))
  }
}
