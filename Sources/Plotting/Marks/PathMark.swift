/// A path through a plane with its direction: an open circle where it starts, arrowheads along it.
///
///     Figure {
///       PathMark(x: first, y: second, series: "T = 5", labels: steps)
///     }
public struct PathMark: Mark {
  private let x: PlotColumn
  private let y: PlotColumn
  private let series: String?
  private let labels: [String]?
  private let emphasis: Emphasis

  /// A path in the order of the rows, with a name beside each point that has one (others are empty).
  public init(
    x: any PlotNumbers, y: any PlotNumbers, series: String? = nil, labels: [String]? = nil,
    emphasis: Emphasis = .automatic
  ) {
    (self.x, self.y, self.series) = (x.plotColumn, y.plotColumn, series)
    (self.labels, self.emphasis) = (labels, emphasis)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var columns = [NamedColumn("x", x), NamedColumn("y", y)]
    if let labels { columns.append(NamedColumn("label", .categories(labels))) }
    var summary = try MarkSummary("path", mark: "PathMark", series: series, columns: columns)
    summary.x = AxisDemand(x)
    summary.y = AxisDemand(y)
    summary.emphasis = emphasis
    summary.grid = .both
    summary.key = .plainLine
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    let style = canvas.style(series, emphasis: emphasis)
    let points = canvas.points(x: x, y: y)
    let width = style.isNull ? canvas.theme.lineWidth * 0.7 : canvas.theme.lineWidth
    canvas.line(points, stroke: Stroke(style.color, width: width, dash: style.dash))
    var travelled = 0.0
    for (start, end) in zip(points, points.dropFirst()) where start.isFinite && end.isFinite {
      let (dx, dy) = (end.x - start.x, end.y - start.y)
      let length = (dx * dx + dy * dy).squareRoot()
      // A head about every 40 points, in the middle of a segment that has room for it.
      travelled += length
      guard travelled > 40, length > 9 else { continue }
      travelled = 0
      let reach = 0.5 + 3.5 / length
      let tip = Point(start.x + dx * reach, start.y + dy * reach)
      canvas.arrow(
        ArrowShape(from: start, to: tip, width: width, head: 4.5 + width * 1.6), color: style.color,
        headOnly: true)
    }
    guard let first = points.first(where: \.isFinite), let last = points.last(where: \.isFinite) else {
      return
    }
    canvas.symbols(
      [first],
      style: SymbolStyle(
        .circle, size: 5, fill: canvas.palette.background, outline: Stroke(style.color, width: 1.4)))
    canvas.symbols([last], style: SymbolStyle(.circle, size: 6.5, fill: style.color))
    guard let labels else { return }
    let text = TextStyle(size: canvas.theme.noteSize, color: canvas.palette.secondaryInk)
    for (point, label) in zip(points, labels) where point.isFinite && !label.isEmpty {
      let sides: [(Double, Double, TextRun.Horizontal, TextRun.Vertical)] = [
        (6, -3, .left, .bottom), (-6, -3, .right, .bottom), (6, 3, .left, .top), (-6, 3, .right, .top),
        (0, -7, .center, .bottom), (0, 7, .center, .top),
      ]
      canvas.label(
        sides.map { dx, dy, horizontal, vertical in
          TextRun(
            label, style: text, at: Point(point.x + dx, point.y + dy), horizontal: horizontal,
            vertical: vertical, halo: canvas.palette.background)
        })
    }
  }
}
