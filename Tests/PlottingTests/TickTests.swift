import Foundation
import Plotting
import Testing

/// Ticks that stand apart have labels that differ.
struct TickTests {
  private func labels(_ figure: Figure) throws -> (ticks: [String], offsets: [String]) {
    let texts = try figure.fixedScene().texts
    let size = Palette(theme: .page, appearance: .light).tickStyle.size
    return (
      texts.filter { $0.style.size == size && $0.content != "" }.map(\.content),
      texts.map(\.content).filter { $0.contains("ticks ") }
    )
  }

  static let ranges: [(start: Double, step: Double, offset: String, scales: [AxisScale])] = [
    (1_700_000_000, 10, "+1.7×$10^{9}$", [.linear, .log, .step]), (1, 1e-9, "+1", [.linear, .log]),
    (-1_700_000_000, 1, "−1.7×$10^{9}$", [.linear, .step]), (1e12, 2, "+$10^{12}$", [.linear, .step]),
    (123_456_789, 0.01, "+1.23456789×$10^{8}$", [.linear]),
    (1e-20, 1e-27, "+$10^{-20}$", [.linear, .log]), (2.5, 1e-10, "+2.5", [.linear]),
  ]

  @Test(arguments: ranges) func aShortRangeFarFromZeroHasAnOffset(
    start: Double, step: Double, offset: String, scales: [AxisScale]
  ) throws {
    let values = (0..<10).map { start + Double($0) * step }
    for scale in scales {
      let found = try labels(
        Figure(height: 220) { LineMark(x: values, y: (0..<10).map { Double($0) }) }.xAxis(
          "Time (s)", scale: scale
        ).yAxis(ticks: .hidden))
      #expect(found.offsets == ["Time (s) (ticks \(offset))"], "\(scale.type.name) \(found)")
      #expect(found.ticks.count >= 2 && Set(found.ticks).count == found.ticks.count, "\(found)")
    }
    // The other axis, and one without a label.
    let upright = try labels(
      Figure { LineMark(x: (0..<10).map { Double($0) }, y: values) }.xAxis(ticks: .hidden))
    #expect(
      upright.offsets == ["ticks \(offset)"] && Set(upright.ticks).count == upright.ticks.count, "\(upright)")
  }

  @Test func colourBarsAndPanelsHaveOffsetsToo() throws {
    let values = (0..<6).map { 5e8 + Double($0) }
    let heat = try Figure { HeatMapMark(values, rows: 2, columns: 3, label: "count") }.fixedScene().texts.map(
      \.content)
    #expect(heat.contains("count (ticks +5×$10^{8}$)"), "\(heat)")
    let panels = Figure.grid(columns: 2, shared: .both) {
      Panel("a") { LineMark(x: values, y: values.map { _ in 1.0 }) }
      Panel("b") { LineMark(x: values, y: values.map { _ in 2.0 }) }
    }.xAxis("Step")
    #expect(try panels.fixedScene().texts.contains { $0.content == "Step (ticks +5×$10^{8}$)" })
  }

  @Test func chosenTicksAreTheirOwn() throws {
    let ticks = [1_700_000_010.0, 1_700_000_020, 1_700_000_030]
    let found = try labels(
      Figure { LineMark(x: ticks, y: [1, 2, 3]) }.xAxis("Time", ticks: .at(ticks)).yAxis(ticks: .hidden))
    #expect(found.offsets.isEmpty && Set(found.ticks).count == 3, "\(found)")
    #expect(NumberFormat.ticks([1, 1 + 1e-16 * 4], step: 1) == ["1", "1.0000000000000004"])
    #expect(
      NumberFormat.ticks([1e20, 1e20 + 20_000], step: 1e30).map {
        $0.contains("×$10^{20}$") || $0 == "1×$10^{20}$"
      } == [true, true])
  }

  @Test func ordinaryAxesHaveNone() throws {
    for values in [[0.0, 1], [1000, 1010], [2000, 2020], [1e9, 2e9], [-1, 1], [5, 5], [0.99, 1]] {
      let found = try labels(Figure { LineMark(x: values, y: [0, 1]) }.xAxis("x"))
      #expect(found.offsets.isEmpty, "\(values)")
    }
  }

  @Test func theDescriptionTellsTheEndsApart() {
    let text = Figure { LineMark(x: [1_700_000_000.0, 1_700_000_090], y: [0, 1]) }.textDescription()
    #expect(text.contains("from 1700000000 to 1700000090"), "\(text)")
  }
}
