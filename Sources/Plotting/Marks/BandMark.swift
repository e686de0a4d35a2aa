/// The area between two curves, such as an interval around a line.
///
///     Figure {
///       BandMark(x: steps, low: lower, high: upper, series: "training")
///     }
public struct BandMark: Mark {
  private let x: PlotColumn
  private let low: PlotColumn
  private let high: PlotColumn
  private let series: String?
  private let emphasis: Emphasis

  /// A band from `low` to `high`, with gaps where either is missing; it is cut where the axis cannot show an end.
  public init(
    x: any PlotData, low: any PlotNumbers, high: any PlotNumbers, series: String? = nil,
    emphasis: Emphasis = .automatic
  ) {
    self.x = x.plotColumn
    self.low = low.plotColumn
    self.high = high.plotColumn
    self.series = series
    self.emphasis = emphasis
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var summary = try MarkSummary(
      "band", mark: "BandMark", series: series,
      columns: [NamedColumn("x", x), NamedColumn("low", low), NamedColumn("high", high)])
    summary.x = AxisDemand(x)
    summary.y.ends = AxisDemand(low).values + AxisDemand(high).values
    summary.y.isWhole = AxisDemand(low).isWhole
    summary.emphasis = emphasis
    summary.key = .area
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    let color = canvas.palette.band(canvas.style(series, emphasis: emphasis).color)
    let lower = canvas.ends(x: x, y: low)
    let upper = canvas.ends(x: x, y: high)
    var start = 0
    for index in 0...lower.count {
      let breaks = index == lower.count || !lower[index].isFinite || !upper[index].isFinite
      guard breaks else { continue }
      if index - start > 1 {
        canvas.polygon(Array(upper[start..<index]) + lower[start..<index].reversed(), fill: color)
      } else if index - start == 1 {
        canvas.line([lower[start], upper[start]], stroke: Stroke(color, width: 3))
      }
      start = index + 1
    }
  }
}
