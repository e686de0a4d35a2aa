/// A name inside the plot's right edge, beside a row or a line: what a group of rows is called.
///
///     Figure {
///       HeatMapMark(states, label: "State")
///       MarginMark("storing", y: 3.5)
///     }
public struct MarginMark: Mark {
  private let text: String
  private let y: PlotColumn

  public init(_ text: String, y: any PlotElement) {
    (self.text, self.y) = (text, y.plotColumn)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var summary = try MarkSummary(
      "text", mark: "MarginMark", columns: [NamedColumn("y", y), NamedColumn("label", .categories([text]))])
    summary.y = AxisDemand(y)
    summary.y.isAnnotation = true
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    guard let value = canvas.yValues(y).first, canvas.y(value).isFinite else { return }
    let style = TextStyle(size: canvas.theme.tickSize, weight: .semibold, color: canvas.palette.ink)
    canvas.text(
      TextRun(
        text, style: style, at: Point(canvas.plot.maxX - 6, canvas.y(value)), horizontal: .right,
        maxWidth: canvas.plot.width * 0.4, halo: canvas.palette.background))
  }
}
