/// Bars from zero to each value; bars of several series at one category stand side by side.
///
///     Figure {
///       BarMark(x: ["copy", "reverse"], y: accuracies, low: lower, high: upper, series: "GRU")
///     }
public struct BarMark: LinkableMark {
  private let position: PlotColumn
  private let value: PlotColumn
  private let low: PlotColumn?
  private let high: PlotColumn?
  private let series: String?
  private let emphasis: Emphasis
  private let isHorizontal: Bool

  /// Upright bars at names or numbers, with intervals from `low` to `high` where both are given.
  public init(
    x: any PlotData, y: any PlotNumbers, low: (any PlotNumbers)? = nil, high: (any PlotNumbers)? = nil,
    series: String? = nil, emphasis: Emphasis = .automatic
  ) {
    (position, value) = (x.plotColumn, y.plotColumn)
    (self.low, self.high) = (low?.plotColumn, high?.plotColumn)
    (self.series, self.emphasis, isHorizontal) = (series, emphasis, false)
  }

  /// Lying bars at names or numbers, the first at the top: for long names.
  public init(
    y: any PlotData, x: any PlotNumbers, low: (any PlotNumbers)? = nil, high: (any PlotNumbers)? = nil,
    series: String? = nil, emphasis: Emphasis = .automatic
  ) {
    (position, value) = (y.plotColumn, x.plotColumn)
    (self.low, self.high) = (low?.plotColumn, high?.plotColumn)
    (self.series, self.emphasis, isHorizontal) = (series, emphasis, true)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    let names = isHorizontal ? ("y", "x") : ("x", "y")
    var columns = [NamedColumn(names.0, position), NamedColumn(names.1, value)]
    if let low { columns.append(NamedColumn("low", low)) }
    if let high { columns.append(NamedColumn("high", high)) }
    var summary = try MarkSummary("bar", mark: "BarMark", series: series, columns: columns)
    var places = AxisDemand(position)
    if case .numbers(let numbers, _) = position {
      // Half a bar beyond the first and the last.
      let half = Spacing.smallest(in: numbers) / 2
      places.reach = numbers.map { $0 - half } + numbers.map { $0 + half }
    }
    places.isReversed = isHorizontal
    var amounts = AxisDemand(value)
    for column in [low, high] {
      if case .numbers(let numbers, _) = column { amounts.ends.append(numbers) }
    }
    amounts.includesZero = true
    (summary.x, summary.y) = isHorizontal ? (amounts, places) : (places, amounts)
    summary.emphasis = emphasis
    summary.key = .area
    summary.grid = isHorizontal ? .vertical : .horizontal
    summary.dodge = series ?? ""
    return summary
  }

  /// Of each bar the middle, on the axis of positions, and the rectangle; nil where it can't be shown.
  private func bars(on canvas: PlotCanvas) -> [(middle: Double, rect: Rect?)] {
    let places = isHorizontal ? canvas.yValues(position) : canvas.xValues(position)
    guard case .numbers(let values, _) = value else { return [] }
    let unit: Double =
      if case .numbers(let numbers, _) = position { Spacing.smallest(in: numbers) } else { 1 }
    let slot = canvas.slot(of: series)
    let half = slot.width * unit / 2 * 0.94
    return zip(places, values).map { place, value in
      let middle = place + slot.offset * unit
      return (middle, rectangle(middle: middle, half: half, value: value, canvas))
    }
  }

  public func places(on canvas: PlotCanvas) -> DataPlaces {
    let nowhere = Point(.nan, .nan)
    return .rectangles(bars(on: canvas).map { $0.rect ?? Rect(nowhere, nowhere) })
  }

  public func draw(on canvas: inout PlotCanvas) {
    let style = canvas.style(series, emphasis: emphasis)
    let bars = bars(on: canvas)
    let intervals = zip(Self.numbers(low, bars.count), Self.numbers(high, bars.count)).map { ($0, $1) }
    for (index, (middle, rect)) in bars.enumerated() {
      if let rect { canvas.rectangle(rect, fill: style.color) }
      let (low, high) = intervals[index]
      let line =
        isHorizontal
        ? [Point(canvas.xEnd(low), canvas.y(middle)), Point(canvas.xEnd(high), canvas.y(middle))]
        : [Point(canvas.x(middle), canvas.yEnd(low)), Point(canvas.x(middle), canvas.yEnd(high))]
      guard line[0].isFinite, line[1].isFinite else { continue }
      canvas.line(line, stroke: Stroke(canvas.palette.background.opacity(0.7), width: 3))
      canvas.line(line, stroke: Stroke(canvas.palette.ink, width: 1.3))
    }
  }

  private func rectangle(middle: Double, half: Double, value: Double, _ canvas: PlotCanvas) -> Rect? {
    // A bar on a logarithmic axis, which has no zero, grows from the axis's end.
    let corners: (Point, Point)
    if isHorizontal {
      corners = (
        Point(canvas.xZero, canvas.y(middle - half)), Point(canvas.x(value), canvas.y(middle + half))
      )
    } else {
      corners = (
        Point(canvas.x(middle - half), canvas.yZero), Point(canvas.x(middle + half), canvas.y(value))
      )
    }
    return corners.0.isFinite && corners.1.isFinite ? Rect(corners.0, corners.1) : nil
  }

  private static func numbers(_ column: PlotColumn?, _ count: Int) -> [Double] {
    if case .numbers(let numbers, _) = column { return numbers }
    return Array(repeating: .nan, count: count)
  }
}
