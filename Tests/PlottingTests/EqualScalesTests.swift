import Foundation
import Plotting
import Testing

@Suite struct EqualScalesTests {
  private struct Link: Decodable {
    var points: [Double?]
  }

  /// How long a unit is on each axis, in points, by where four corners of the data lie.
  private static func units(_ figure: Figure, _ width: Double, _ height: Double) throws -> (
    x: Double, y: Double
  ) {
    let links = try JSONDecoder().decode([Link].self, from: try #require(try figure.links()))
    let places = try #require(links.first).points.compactMap { $0 }
    try #require(places.count == 8)
    for (index, place) in places.enumerated() {
      #expect(place > 0 && place < (index % 2 == 0 ? 500 : 320), "a corner lies outside")
    }
    return ((places[2] - places[0]) / width, (places[1] - places[5]) / height)
  }

  private static func corners(_ width: Double, _ height: Double, legend: Legend = .automatic) -> Figure {
    Figure(width: 500, height: 320) {
      ScatterMark(x: [0, width, 0, width], y: [0, 0, height, height], categories: ["a", "a", "b", "b"])
        .linked(.unit, each: [0, 1, 2, 3])
    }
    .legend(legend)
    .xAxis("Across").yAxis("Up")
  }

  @Test(arguments: [(1.0, 1.0), (7, 2), (0.03, 12), (4000, 1)])
  func aUnitIsAsLongOnBothAxes(width: Double, height: Double) throws {
    for legend in [Legend.automatic, .above, .right, .hidden] {
      let figure = Self.corners(width, height, legend: legend)
      let (x, y) = try Self.units(figure.equalScales(), width, height)
      // Places are written to a tenth of a point.
      let least = 0.1 / min(width * x, height * y)
      #expect(abs(x / y - 1) < 0.005 + 2 * least, "\(x) and \(y) with \(legend)")
    }
  }

  @Test func namesKeepTheirPlaces() throws {
    let figure = Figure { BarMark(x: ["a", "b"], y: [1, 20]) }
    #expect(try figure.equalScales().fixedScene().items == figure.fixedScene().items)
  }
}
