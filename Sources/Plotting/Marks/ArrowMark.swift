/// Arrows from places to places, in data units.
///
///     Figure {
///       ArrowMark(x: 3, y: 0.2, toX: 9, toY: 0.9, label: "handed over")
///     }
public struct ArrowMark: Mark {
  private let columns: (x: PlotColumn, y: PlotColumn, toX: PlotColumn, toY: PlotColumn)
  private let label: String?
  private let series: String?
  private let emphasis: Emphasis
  private let width: Double?
  private let bend: Double

  /// One arrow, its label beside its middle; `bend` is how far it bows to its left, as a part of its length.
  public init(
    x: any PlotElement, y: any PlotElement, toX: any PlotElement, toY: any PlotElement,
    label: String? = nil, emphasis: Emphasis = .null, width: Double? = nil, bend: Double = 0
  ) {
    columns = (x.plotColumn, y.plotColumn, toX.plotColumn, toY.plotColumn)
    (self.label, series, self.emphasis) = (label, nil, emphasis)
    (self.width, self.bend) = (width, bend)
  }

  /// One arrow for each row of the arrays.
  public init(
    x: any PlotData, y: any PlotData, toX: any PlotData, toY: any PlotData, series: String? = nil,
    emphasis: Emphasis = .automatic, width: Double? = nil, bend: Double = 0
  ) {
    columns = (x.plotColumn, y.plotColumn, toX.plotColumn, toY.plotColumn)
    (label, self.series, self.emphasis) = (nil, series, emphasis)
    (self.width, self.bend) = (width, bend)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var summary = try MarkSummary(
      "arrow", mark: "ArrowMark", series: series,
      columns: [
        NamedColumn("x", columns.x), NamedColumn("y", columns.y), NamedColumn("toX", columns.toX),
        NamedColumn("toY", columns.toY),
      ])
    summary.x = AxisDemand(columns.x)
    summary.x.add(columns.toX)
    summary.y = AxisDemand(columns.y)
    summary.y.add(columns.toY)
    if series != nil {
      summary.emphasis = emphasis
      summary.key = .plainLine
    }
    // An arrow with words of its own points at data; it is none.
    (summary.x.isAnnotation, summary.y.isAnnotation) = (series == nil, series == nil)
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    let color =
      emphasis == .null && series == nil
      ? canvas.palette.secondaryInk : canvas.style(series, emphasis: emphasis).color
    let stroke = Stroke(color, width: width ?? canvas.theme.lineWidth * 0.8)
    let starts = canvas.points(x: columns.x, y: columns.y)
    let ends = canvas.points(x: columns.toX, y: columns.toY)
    for (start, end) in zip(starts, ends) {
      let arrow = ArrowShape(from: start, to: end, bend: bend, width: stroke.width)
      canvas.arrow(arrow, color: color)
      guard let label, start.isFinite, end.isFinite else { continue }
      let style = TextStyle(size: canvas.theme.tickSize, color: canvas.palette.secondaryInk)
      let places: [(Double, Double, TextRun.Horizontal, TextRun.Vertical)] = [
        (0, -5, .center, .bottom), (0, 5, .center, .top), (6, 0, .left, .middle), (-6, 0, .right, .middle),
      ]
      canvas.label(
        places.map { dx, dy, horizontal, vertical in
          TextRun(
            label, style: style, at: Point(arrow.middle.x + dx, arrow.middle.y + dy), horizontal: horizontal,
            vertical: vertical, halo: canvas.palette.background)
        })
    }
  }
}
