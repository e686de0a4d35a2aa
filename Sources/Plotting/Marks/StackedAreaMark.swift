/// Areas on top of each other, each as high as its values: the parts of a whole over time.
///
///     Figure {
///       StackedAreaMark(x: steps, values: [word, filler, other], series: ["w", "filler", "other"])
///     }
public struct StackedAreaMark: Mark {
  private let stack: StackedValues
  private let x: PlotColumn

  /// One area a series, the first at the bottom; values below zero and missing ones count as zero, and a note
  /// says so. `isShare` draws each as its share of the sum at its position.
  public init(x: any PlotData, values: [any PlotNumbers], series: [String], isShare: Bool = false) {
    self.x = x.plotColumn
    stack = StackedValues(values: values, series: series, isShare: isShare)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var summary = try stack.summary("stacked areas", mark: "StackedAreaMark", position: x, names: ("x", "y"))
    summary.x = AxisDemand(x)
    summary.x.isTight = true
    summary.y = stack.demand
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    let places = canvas.xValues(x).map { canvas.x($0) }
    let levels = stack.levels(count: places.count)
    for (index, name) in stack.series.enumerated() {
      let lower = zip(places, levels[index]).map { Point($0, canvas.yEnd($1)) }
      let upper = zip(places, levels[index + 1]).map { Point($0, canvas.yEnd($1)) }
      let whole = zip(lower, upper).filter { $0.isFinite && $1.isFinite }
      canvas.polygon(whole.map(\.1) + whole.map(\.0).reversed(), fill: canvas.style(name).color)
      // A thin line in the page's colour parts neighbours that look alike to some eyes.
      canvas.line(whole.map(\.1), stroke: Stroke(canvas.palette.background, width: 1))
    }
  }
}
