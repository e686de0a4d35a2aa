/// A line through points in the order given.
///
///     Figure {
///       LineMark(x: steps, y: losses, series: "training")
///     }
public struct LineMark: LinkableMark {
  /// Whether a line carries its series' symbol at a few of its points.
  public enum Symbols: Hashable, Sendable {
    /// Where several series must be told apart without their colours.
    case automatic
    /// Never.
    case hidden
    /// At each of them, which suits few points.
    case everyPoint
  }

  private let x: PlotColumn
  private let y: PlotColumn
  private let series: String?
  private let emphasis: Emphasis
  private let width: Double?
  private let dashed: Bool
  private let symbols: Symbols

  /// A line of that width in points (nil: the theme's); it breaks where a value is not finite.
  public init(
    x: any PlotData, y: any PlotNumbers, series: String? = nil, emphasis: Emphasis = .automatic,
    width: Double? = nil, dashed: Bool = false, symbols: Symbols = .automatic
  ) {
    self.x = x.plotColumn
    self.y = y.plotColumn
    self.series = series
    self.emphasis = emphasis
    self.width = width
    self.dashed = dashed
    self.symbols = symbols
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var summary = try MarkSummary(
      "line", mark: "LineMark", series: series, columns: [NamedColumn("x", x), NamedColumn("y", y)])
    summary.x = AxisDemand(x)
    summary.y = AxisDemand(y)
    summary.emphasis = emphasis
    summary.key = symbols == .everyPoint ? [.plainLine, .symbol] : symbols == .hidden ? .plainLine : .line
    if dashed { summary.key.insert(.dashed) }
    return summary
  }

  public func places(on canvas: PlotCanvas) -> DataPlaces { .points(canvas.points(x: x, y: y)) }

  public func draw(on canvas: inout PlotCanvas) {
    let style = canvas.style(series, emphasis: emphasis)
    let points = canvas.points(x: x, y: y)
    let theme = canvas.theme
    let width = width ?? (style.isNull ? theme.lineWidth * 0.7 : theme.lineWidth)
    canvas.line(points, stroke: Stroke(style.color, width: width, dash: dashed ? [5, 3] : style.dash))
    let marked = markedPoints(points, canvas: canvas, style: style)
    canvas.symbols(
      marked,
      style: SymbolStyle(
        style.symbol, size: theme.symbolSize, fill: style.color,
        outline: Stroke(canvas.palette.background, width: 1)))
  }

  private func markedPoints(_ points: [Point], canvas: PlotCanvas, style: SeriesStyle) -> [Point] {
    switch symbols {
    case .hidden: return []
    case .everyPoint: return visible(points, canvas)
    case .automatic:
      guard canvas.marksLines(of: series), !style.isNull else { return [] }
      let visible = visible(LineDecimation.reduced(points), canvas)
      guard let first = visible.first else { return [] }
      if Double(visible.count) * 24 <= canvas.plot.width { return visible }
      // A few symbols at even distances, each series starting elsewhere so that they don't cover each other.
      let apart = canvas.plot.width / 6
      let index = Symbol.allCases.firstIndex(of: style.symbol) ?? 0
      var next = first.x + apart * (0.25 + 0.19 * Double(index))
      var marked: [Point] = []
      for point in visible where point.x >= next {
        marked.append(point)
        next = point.x + apart
      }
      return marked
    }
  }
  private func visible(_ points: [Point], _ canvas: PlotCanvas) -> [Point] {
    points.filter { $0.isFinite && canvas.plot.contains($0) }
  }
}
