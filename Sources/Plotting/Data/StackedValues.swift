/// Several series of values that stand on each other.
package struct StackedValues: Sendable {
  package let series: [String]
  private let values: [[Double]]
  private let isShare: Bool

  package init(values: [any PlotNumbers], series: [String], isShare: Bool) {
    (self.values, self.series, self.isShare) = (values.map(\.plotNumbers), series, isShare)
  }

  /// The summary in long form, one row a position and series.
  package func summary(
    _ kind: String, mark: String, position: PlotColumn, names: (String, String)
  ) throws(PlottingError) -> MarkSummary {
    guard values.count == series.count else {
      throw .mismatchedLengths(
        mark: mark, series: nil, first: "values", firstCount: values.count, second: "series",
        secondCount: series.count)
    }
    for (name, numbers) in zip(series, values) where numbers.count != position.count {
      throw .mismatchedLengths(
        mark: mark, series: name, first: names.0, firstCount: position.count, second: "values",
        secondCount: numbers.count)
    }
    let rowNames = zip(series, values).flatMap { Array(repeating: $0, count: $1.count) }
    let positions: PlotColumn =
      switch position {
      case .numbers(let numbers, let whole): .numbers(series.flatMap { _ in numbers }, whole: whole)
      case .categories(let categories): .categories(series.flatMap { _ in categories })
      }
    var summary = try MarkSummary(
      kind, mark: mark,
      columns: [
        NamedColumn(names.0, positions), NamedColumn(names.1, .numbers(values.flatMap { $0 }, whole: false)),
        NamedColumn("part", .categories(rowNames)),
      ])
    summary.rowSeries = series
    summary.key = .area
    let unusable = values.joined().count { !($0 >= 0) || !LinearScale.accepts($0) }
    if unusable > 0 {
      summary.notes = [
        "\(unusable) of \(rowNames.count) stacked values are missing or below zero: drawn as 0."
      ]
    }
    return summary
  }

  /// From zero to the highest stack.
  package var demand: AxisDemand {
    var demand = AxisDemand()
    let levels = levels(count: values.first?.count ?? 0)
    demand.reach = levels.last ?? []
    demand.reachWithoutZero = levels.dropFirst().flatMap { $0 }
    demand.includesZero = true
    return demand
  }

  /// The lower edge of each series at each position, and at last the upper edge of the whole stack.
  package func levels(count: Int) -> [[Double]] {
    let usable = values.map { $0.map { $0 >= 0 && LinearScale.accepts($0) ? $0 : 0 } }
    var levels = [Array(repeating: 0.0, count: count)]
    for numbers in usable { levels.append(zip(levels[levels.count - 1], numbers).map { $0 + $1 }) }
    guard isShare else { return levels }
    let sums = levels[levels.count - 1]
    return levels.map { zip($0, sums).map { $1 > 0 ? $0 / $1 : 0 } }
  }
}
