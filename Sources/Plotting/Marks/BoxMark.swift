/// A sample as its median, quartiles, whiskers and what lies beyond them.
///
///     Figure {
///       BoxMark(x: sizes, y: accuracies, series: "GRU")
///     }
public struct BoxMark: Mark {
  private let data: GroupedValues
  private let series: String?
  private let emphasis: Emphasis

  /// One upright box for all values at the same name or number; several series stand side by side.
  public init(
    x: any PlotData, y: any PlotNumbers, series: String? = nil, emphasis: Emphasis = .automatic
  ) {
    data = GroupedValues(
      position: x.plotColumn, value: y.plotColumn, isHorizontal: false, isSideBySide: true)
    (self.series, self.emphasis) = (series, emphasis)
  }

  /// One lying box for all values at the same name or number, the first at the top.
  public init(
    y: any PlotData, x: any PlotNumbers, series: String? = nil, emphasis: Emphasis = .automatic
  ) {
    data = GroupedValues(
      position: y.plotColumn, value: x.plotColumn, isHorizontal: true, isSideBySide: true)
    (self.series, self.emphasis) = (series, emphasis)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var summary = try data.summary("box", mark: "BoxMark", series: series, emphasis: emphasis)
    summary.key = .area
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    let style = canvas.style(series, emphasis: emphasis)
    for group in data.groups(on: canvas, series: series) {
      let sample = Distribution(group.values)
      guard let low = sample.quantile(0.25), let median = sample.quantile(0.5),
        let high = sample.quantile(0.75)
      else { continue }
      // Whiskers end at the last value within 1.5 box lengths (Tukey 1977).
      let reach = 1.5 * (high - low)
      let inside = sample.sorted.filter { $0 >= low - reach && $0 <= high + reach }
      let half = min(group.halfWidth * 0.82, 0.3)
      func line(_ ends: [(Double, Double)], width: Double, color: Color) {
        canvas.line(
          ends.map { data.end(group.middle + $0.0, $0.1, on: canvas) },
          stroke: Stroke(color, width: width))
      }
      line([(0, inside.first ?? low), (0, low)], width: 1.2, color: style.color)
      line([(0, high), (0, inside.last ?? high)], width: 1.2, color: style.color)
      for end in [inside.first ?? low, inside.last ?? high] {
        line([(-half * 0.4, end), (half * 0.4, end)], width: 1.2, color: style.color)
      }
      let corners = [(-half, low), (half, low), (half, high), (-half, high)]
      let box = corners.map { data.end(group.middle + $0.0, $0.1, on: canvas) }
      if box.allSatisfy(\.isFinite) { canvas.polygon(box, fill: canvas.palette.boxFill(style.color)) }
      line(corners + [corners[0]], width: 1.2, color: style.color)
      line([(-half, median), (half, median)], width: 2.4, color: style.color)
      let beyond = sample.sorted.filter { $0 < low - reach || $0 > high + reach }
      canvas.symbols(
        beyond.map { data.point(group.middle, $0, on: canvas) },
        style: SymbolStyle(
          .circle, size: 3.6, fill: style.color.opacity(0.75).over(canvas.palette.background)))
    }
  }
}

extension Palette {
  /// The shade of a colour inside a box or a violin, opaque so that grid lines do not run through it.
  package func boxFill(_ color: Color) -> Color {
    color.opacity(appearance == .light ? 0.22 : 0.34).over(background)
  }
}
