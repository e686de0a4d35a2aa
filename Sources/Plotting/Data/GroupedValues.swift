/// Values that belong to names or numbers on the other axis: what box, violin and strip marks share.
package struct GroupedValues: Sendable {
  package let position: PlotColumn
  package let value: PlotColumn
  package let isHorizontal: Bool
  /// Whether marks of several series stand beside each other at one place.
  package let isSideBySide: Bool

  /// One group on the page: its middle and half its width on the position axis, in that axis's units.
  package struct Group: Sendable {
    package let middle: Double
    package let halfWidth: Double
    package var values: [Double]
  }

  package func summary(
    _ kind: String, mark: String, series: String?, emphasis: Emphasis
  ) throws(PlottingError) -> MarkSummary {
    let names = isHorizontal ? ("y", "x") : ("x", "y")
    var summary = try MarkSummary(
      kind, mark: mark, series: series,
      columns: [NamedColumn(names.0, position), NamedColumn(names.1, value)])
    var places = AxisDemand(position)
    if case .numbers(let numbers, _) = position {
      let half = Spacing.smallest(in: numbers) / 2
      places.reach = numbers.map { $0 - half } + numbers.map { $0 + half }
    } else {
      places.isReversed = isHorizontal
    }
    let amounts = AxisDemand(value)
    (summary.x, summary.y) = isHorizontal ? (amounts, places) : (places, amounts)
    summary.emphasis = emphasis
    summary.grid = isHorizontal ? .vertical : .horizontal
    if isSideBySide, case .categories = position { summary.dodge = series ?? "" }
    return summary
  }

  /// The groups in order of first appearance, at the place of their series.
  package func groups(on canvas: PlotCanvas, series: String?) -> [Group] {
    guard case .numbers(let values, _) = value else { return [] }
    let places = isHorizontal ? canvas.yValues(position) : canvas.xValues(position)
    var unit = 1.0
    var slot = (offset: 0.0, width: 0.8)
    if case .numbers(let numbers, _) = position {
      unit = Spacing.smallest(in: numbers)
    } else if isSideBySide {
      slot = canvas.slot(of: series)
    }
    var groups: [Group] = []
    var indices: [Double: Int] = [:]
    for (place, value) in zip(places, values) where place.isFinite {
      if let index = indices[place] {
        groups[index].values.append(value)
      } else {
        indices[place] = groups.count
        groups.append(
          Group(middle: place + slot.offset * unit, halfWidth: slot.width * unit / 2, values: [value]))
      }
    }
    return groups
  }

  /// A place on the page: `across` on the position axis, `amount` on the value axis.
  package func point(_ across: Double, _ amount: Double, on canvas: PlotCanvas) -> Point {
    isHorizontal
      ? Point(canvas.x(amount), canvas.y(across)) : Point(canvas.x(across), canvas.y(amount))
  }

  /// The place of an end of a box or violin, cut at the plot's edge where the axis cannot show the amount.
  package func end(_ across: Double, _ amount: Double, on canvas: PlotCanvas) -> Point {
    isHorizontal
      ? Point(canvas.xEnd(amount), canvas.y(across)) : Point(canvas.x(across), canvas.yEnd(amount))
  }
}

/// Distances between positions.
package enum Spacing {
  /// The smallest distance between two different positions, in data units; 1 where there is only one.
  package static func smallest(in positions: [Double]) -> Double {
    let sorted = positions.filter(\.isFinite).sorted()
    return zip(sorted, sorted.dropFirst()).map { $1 - $0 }.filter { $0 > 0 }.min() ?? 1
  }
}
