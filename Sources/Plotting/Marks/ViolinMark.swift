/// A sample as its mirrored density, with the median and the quartiles inside.
///
///     Figure {
///       ViolinMark(x: kinds, y: effects)
///     }
public struct ViolinMark: Mark {
  private let data: GroupedValues
  private let series: String?
  private let emphasis: Emphasis

  /// One upright violin for all values at the same name or number; it ends at the least and the greatest value.
  public init(
    x: any PlotData, y: any PlotNumbers, series: String? = nil, emphasis: Emphasis = .automatic
  ) {
    data = GroupedValues(
      position: x.plotColumn, value: y.plotColumn, isHorizontal: false, isSideBySide: true)
    (self.series, self.emphasis) = (series, emphasis)
  }

  /// One lying violin for all values at the same name or number, the first at the top.
  public init(
    y: any PlotData, x: any PlotNumbers, series: String? = nil, emphasis: Emphasis = .automatic
  ) {
    data = GroupedValues(
      position: y.plotColumn, value: x.plotColumn, isHorizontal: true, isSideBySide: true)
    (self.series, self.emphasis) = (series, emphasis)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var summary = try data.summary("violin", mark: "ViolinMark", series: series, emphasis: emphasis)
    summary.key = .area
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    let style = canvas.style(series, emphasis: emphasis)
    for group in data.groups(on: canvas, series: series) {
      let sample = Distribution(group.values)
      guard let median = sample.quantile(0.5), let low = sample.quantile(0.25),
        let high = sample.quantile(0.75)
      else { continue }
      // No tails beyond the data: a density that reaches below zero would lie about a share.
      let curve = sample.density(cut: 0)
      let most = curve.map(\.density).max() ?? 0
      if most > 0 {
        let right = curve.map { (group.halfWidth * 0.94 * $0.density / most, $0.value) }
        let outline = (right + right.reversed().map { (-$0.0, $0.1) }).map {
          data.end(group.middle + $0.0, $0.1, on: canvas)
        }.filter(\.isFinite)
        canvas.polygon(outline, fill: canvas.palette.boxFill(style.color))
        canvas.line(outline + outline.prefix(1), stroke: Stroke(style.color, width: 1.2))
      } else {
        let ends = [-0.5, 0.5].map { data.point(group.middle + $0 * group.halfWidth, median, on: canvas) }
        canvas.line(ends, stroke: Stroke(style.color, width: 2))
      }
      canvas.line(
        [low, high].map { data.end(group.middle, $0, on: canvas) },
        stroke: Stroke(style.color, width: 4.5, cap: .round))
      canvas.symbols(
        [data.point(group.middle, median, on: canvas)],
        style: SymbolStyle(
          .circle, size: 4.6, fill: canvas.palette.background, outline: Stroke(style.color, width: 1.2)))
    }
  }
}
