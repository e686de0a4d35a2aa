/// One run among many of its kind: a thin, pale line in the colour of its series.
///
///     Figure {
///       for run in runs { SeedLineMark(x: steps, y: run, series: "64 units") }
///       LineMark(x: steps, y: median, series: "64 units")
///     }
public struct SeedLineMark: Mark {
  private let x: PlotColumn
  private let y: PlotColumn
  private let series: String?
  private let emphasis: Emphasis

  /// One training's line; lines of one series share colour and legend entry.
  public init(
    x: any PlotData, y: any PlotNumbers, series: String? = nil, emphasis: Emphasis = .automatic
  ) {
    (self.x, self.y, self.series, self.emphasis) = (x.plotColumn, y.plotColumn, series, emphasis)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var summary = try MarkSummary(
      "thin line", mark: "SeedLineMark", series: series, columns: [NamedColumn("x", x), NamedColumn("y", y)])
    summary.x = AxisDemand(x)
    summary.y = AxisDemand(y)
    summary.emphasis = emphasis
    summary.key = .thinLine
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    let style = canvas.style(series, emphasis: emphasis)
    canvas.line(
      canvas.points(x: x, y: y),
      stroke: Stroke(style.color.opacity(0.4), width: canvas.theme.lineWidth * 0.45))
  }
}
