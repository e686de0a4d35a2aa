/// The area between a line and zero.
///
///     Figure {
///       AreaMark(x: steps, y: probabilities, series: "P(w)")
///     }
public struct AreaMark: Mark {
  private let x: PlotColumn
  private let y: PlotColumn
  private let series: String?
  private let emphasis: Emphasis

  /// A shaded area with its line; both break where a value is missing.
  public init(
    x: any PlotData, y: any PlotNumbers, series: String? = nil, emphasis: Emphasis = .automatic
  ) {
    (self.x, self.y, self.series, self.emphasis) = (x.plotColumn, y.plotColumn, series, emphasis)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var summary = try MarkSummary(
      "area", mark: "AreaMark", series: series, columns: [NamedColumn("x", x), NamedColumn("y", y)])
    summary.x = AxisDemand(x)
    summary.y = AxisDemand(y)
    summary.y.includesZero = true
    summary.emphasis = emphasis
    summary.key = [.plainLine, .area]
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    let style = canvas.style(series, emphasis: emphasis)
    let zero = canvas.yZero
    let points = LineDecimation.reduced(canvas.ends(x: x, y: y))
    for piece in points.split(whereSeparator: { !$0.isFinite }) {
      guard let first = piece.first, let last = piece.last else { continue }
      canvas.polygon(
        piece + [Point(last.x, zero), Point(first.x, zero)], fill: canvas.palette.band(style.color))
    }
    canvas.line(points, stroke: Stroke(style.color, width: canvas.theme.lineWidth, dash: style.dash))
  }
}
