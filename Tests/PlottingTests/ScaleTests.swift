import Plotting
import Testing

struct ScaleTests {
  @Test func linearTicksAreNiceNumbersInsideTheDomain() {
    #expect(
      LinearScale(domain: 0...1).ticks(target: 5, whole: false).map(\.label) == [
        "0.0", "0.2", "0.4", "0.6", "0.8", "1.0",
      ])
    #expect(TickSearch.values(in: -3.2...104, target: 5, whole: false) == [0, 20, 40, 60, 80, 100])
    for (low, high) in [(0.013, 0.0171), (-7.3, 1e5), (1e9, 1.5e9), (-1e-7, 2e-7)] {
      let values = TickSearch.values(in: low...high, target: 6, whole: false)
      #expect((3...10).contains(values.count), "\(low)...\(high): \(values)")
      #expect(values.allSatisfy { $0 >= low && $0 <= high })
    }
  }

  @Test func wholeNumbersHaveNoTicksBetweenThem() {
    #expect(TickSearch.values(in: 0.9...3.1, target: 8, whole: true) == [1, 2, 3])
  }

  @Test(arguments: [
    (0.0, 0.25, 1.0, "0.00"), (-0.5, 0.5, 1, "−0.5"), (12_500, 2_500, 20_000, "12,500"),
    (5000, 1000, 9000, "5000"),
    (3e-9, 1e-9, 4e-9, "3×$10^{-9}$"), (2.5e12, 0.5e12, 4e12, "2.5×$10^{12}$"), (-1e-17, 0.1, 1, "0.0"),
  ])
  func tickLabels(value: Double, step: Double, largest: Double, label: String) {
    #expect(NumberFormat.tick(value, step: step, largest: largest) == label)
  }

  @Test func logTicksAreDecadesWithUnlabelledOnesBetween() {
    let ticks = LogScale(domain: 0.001...100).ticks(target: 6, whole: false)
    #expect(ticks.compactMap(\.label) == ["0.001", "0.01", "0.1", "1", "10", "100"])
    #expect(ticks.count == 5 * 9 + 1)
  }

  @Test func positionsRunFromZeroToOne() {
    #expect(LogScale(domain: 1...100).position(10) == 0.5)
    #expect(LogScale(domain: 1...100).position(0).isNaN)
    #expect(LinearScale(domain: -1...1).position(0) == 0.5)
    #expect(LinearScale(domain: -1...1).position(.infinity).isNaN)
    #expect(CategoryScale(names: ["a", "b"]).position(0) == 0.25)
  }

  @Test func equalValuesGetADomainAroundThem() {
    #expect(LinearScale.domain(covering: 0...0, margins: (0, 0)) == -1...1)
    #expect(LinearScale.domain(covering: 2...2, margins: (0, 0)) == 1.8...2.2)
  }
}

struct ClippingTests {
  private let box = Rect(x: 0, y: 0, width: 10, height: 10)

  @Test func linesAreCutAtTheEdges() {
    let pieces = Clipping.polyline([Point(-10, 5), Point(20, 5), Point(20, 2), Point(5, 2)], in: box)
    #expect(pieces == [[Point(0, 5), Point(10, 5)], [Point(10, 2), Point(5, 2)]])
  }

  @Test func gapsBreakLinesAndKeepLonelyPoints() {
    let gap = Point(.nan, .nan)
    let pieces = Clipping.polyline([Point(1, 1), gap, Point(2, 2), Point(3, 3), gap, Point(4, 4)], in: box)
    #expect(pieces == [[Point(1, 1)], [Point(2, 2), Point(3, 3)], [Point(4, 4)]])
  }

  @Test func polygonsAreCutNotSquashed() {
    let cut = Clipping.polygon([Point(0, 0), Point(20, 20), Point(0, 20)], in: box)
    #expect(Set(cut) == [Point(0, 0), Point(10, 10), Point(0, 10)])
  }
}
