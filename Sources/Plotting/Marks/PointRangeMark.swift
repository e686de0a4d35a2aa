/// A point with its interval, such as an effect with its confidence limits.
///
///     Figure {
///       PointRangeMark(x: ["held", "random"], y: effects, low: lower, high: upper)
///     }
public struct PointRangeMark: LinkableMark {
  private let position: PlotColumn
  private let value: PlotColumn
  private let low: PlotColumn
  private let high: PlotColumn
  private let series: String?
  private let emphasis: Emphasis
  private let isHorizontal: Bool
  private let isSideBySide: Bool

  /// Upright intervals at names or numbers; several series at one name stand side by side
  /// unless told otherwise.
  public init(
    x: any PlotData, y: any PlotNumbers, low: any PlotNumbers, high: any PlotNumbers,
    series: String? = nil, emphasis: Emphasis = .automatic, sideBySide: Bool = true
  ) {
    isSideBySide = sideBySide
    (position, value, self.low, self.high) = (x.plotColumn, y.plotColumn, low.plotColumn, high.plotColumn)
    (self.series, self.emphasis, isHorizontal) = (series, emphasis, false)
  }

  /// Lying intervals at names or numbers, the first at the top: for long names.
  public init(
    y: any PlotData, x: any PlotNumbers, low: any PlotNumbers, high: any PlotNumbers,
    series: String? = nil, emphasis: Emphasis = .automatic, sideBySide: Bool = true
  ) {
    isSideBySide = sideBySide
    (position, value, self.low, self.high) = (y.plotColumn, x.plotColumn, low.plotColumn, high.plotColumn)
    (self.series, self.emphasis, isHorizontal) = (series, emphasis, true)
  }

  private var isAtNames: Bool {
    if case .categories = position { return true }
    return false
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    let names = isHorizontal ? ("y", "x") : ("x", "y")
    var summary = try MarkSummary(
      "point and interval", mark: "PointRangeMark", series: series,
      columns: [
        NamedColumn(names.0, position), NamedColumn(names.1, value), NamedColumn("low", low),
        NamedColumn("high", high),
      ])
    var places = AxisDemand(position)
    places.isReversed = isHorizontal && isAtNames
    var amounts = AxisDemand(value)
    amounts.ends = AxisDemand(low).values + AxisDemand(high).values
    (summary.x, summary.y) = isHorizontal ? (amounts, places) : (places, amounts)
    summary.emphasis = emphasis
    summary.key = .symbol
    summary.grid = isHorizontal ? .vertical : .horizontal
    summary.dodge = isAtNames && isSideBySide ? series ?? "" : nil
    return summary
  }

  /// Where the points stand on the axis of their positions.
  private func positions(on canvas: PlotCanvas) -> [Double] {
    let offset = isAtNames && isSideBySide ? canvas.slot(of: series).offset : 0
    return (isHorizontal ? canvas.yValues(position) : canvas.xValues(position)).map { $0 + offset }
  }

  private func points(on canvas: PlotCanvas) -> [Point] {
    let places = positions(on: canvas)
    return isHorizontal
      ? zip(canvas.xValues(value), places).map { Point(canvas.x($0), canvas.y($1)) }
      : zip(places, canvas.yValues(value)).map { Point(canvas.x($0), canvas.y($1)) }
  }

  public func places(on canvas: PlotCanvas) -> DataPlaces { .points(points(on: canvas)) }

  public func draw(on canvas: inout PlotCanvas) {
    let style = canvas.style(series, emphasis: emphasis)
    let places = positions(on: canvas)
    func ends(_ column: PlotColumn) -> [Point] {
      isHorizontal
        ? zip(canvas.xValues(column), places).map { Point(canvas.xEnd($0), canvas.y($1)) }
        : zip(places, canvas.yValues(column)).map { Point(canvas.x($0), canvas.yEnd($1)) }
    }
    let stroke = Stroke(style.color, width: canvas.theme.lineWidth, cap: .round)
    for (start, end) in zip(ends(low), ends(high)) where start.isFinite && end.isFinite {
      canvas.line([start, end], stroke: stroke)
    }
    canvas.symbols(
      points(on: canvas),
      style: SymbolStyle(
        style.symbol, size: canvas.theme.symbolSize + 1.5, fill: style.color))
  }
}
