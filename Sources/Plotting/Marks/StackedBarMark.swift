/// Bars whose parts stand on each other: how a whole is made up at each name.
///
///     Figure {
///       StackedBarMark(y: roles, values: [held, written], series: ["held", "written"], isShare: true)
///     }
public struct StackedBarMark: Mark {
  private let stack: StackedValues
  private let position: PlotColumn
  private let isHorizontal: Bool

  /// Upright bars, one part a series, the first at the bottom; values below zero and missing ones count as zero,
  /// and a note says so. `isShare` draws each part as its share of the bar.
  public init(x: any PlotData, values: [any PlotNumbers], series: [String], isShare: Bool = false) {
    position = x.plotColumn
    stack = StackedValues(values: values, series: series, isShare: isShare)
    isHorizontal = false
  }

  /// Lying bars, the first at the top: for long names.
  public init(y: any PlotData, values: [any PlotNumbers], series: [String], isShare: Bool = false) {
    position = y.plotColumn
    stack = StackedValues(values: values, series: series, isShare: isShare)
    isHorizontal = true
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    let names = isHorizontal ? ("y", "x") : ("x", "y")
    var summary = try stack.summary("stacked bars", mark: "StackedBarMark", position: position, names: names)
    var places = AxisDemand(position)
    places.isReversed = isHorizontal
    if case .numbers(let numbers, _) = position {
      let half = Spacing.smallest(in: numbers) / 2
      places.reach = numbers.map { $0 - half } + numbers.map { $0 + half }
    }
    (summary.x, summary.y) = isHorizontal ? (stack.demand, places) : (places, stack.demand)
    summary.grid = isHorizontal ? .vertical : .horizontal
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    let places = isHorizontal ? canvas.yValues(position) : canvas.xValues(position)
    var half = 0.4
    if case .numbers(let numbers, _) = position { half *= Spacing.smallest(in: numbers) }
    let levels = stack.levels(count: places.count)
    for (index, name) in stack.series.enumerated() {
      let color = canvas.style(name).color
      for (place, (low, high)) in zip(places, zip(levels[index], levels[index + 1])) where high > low {
        let corners =
          isHorizontal
          ? (
            Point(canvas.xEnd(low), canvas.y(place - half)), Point(canvas.xEnd(high), canvas.y(place + half))
          )
          : (
            Point(canvas.x(place - half), canvas.yEnd(low)), Point(canvas.x(place + half), canvas.yEnd(high))
          )
        guard corners.0.isFinite, corners.1.isFinite else { continue }
        canvas.rectangle(Rect(corners.0, corners.1), fill: color)
        guard index > 0 else { continue }
        let seam =
          isHorizontal
          ? [corners.0, Point(corners.0.x, corners.1.y)] : [corners.0, Point(corners.1.x, corners.0.y)]
        canvas.line(seam, stroke: Stroke(canvas.palette.background, width: 1))
      }
    }
  }
}
