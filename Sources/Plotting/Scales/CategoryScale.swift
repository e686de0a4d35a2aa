/// Names at equal distances: the first at position 0, each in a band of width 1.
package struct CategoryScale: PositionScale {
  package let names: [String]

  package init(names: [String]) { self.names = names }

  package var domain: ClosedRange<Double> { -0.5...(Double(max(names.count, 1)) - 0.5) }

  package func position(_ value: Double) -> Double {
    value.isFinite ? (value + 0.5) / Double(max(names.count, 1)) : .nan
  }

  package func ticks(target: Int, whole: Bool) -> [Tick] {
    names.enumerated().map { Tick(Double($0.offset), label: $0.element) }
  }
}
