/// A straight line across the plot at one value: a goal, a boundary, a baseline.
///
///     Figure {
///       RuleMark(y: 0.99, label: "goal")
///     }
public struct RuleMark: Mark {
  private enum Direction: Sendable { case horizontal, vertical }
  private let direction: Direction
  private let column: PlotColumn
  private let label: String?
  private let dashed: Bool
  private let emphasis: Emphasis

  /// A vertical line at a value of the horizontal axis; the axis makes room for it.
  public init(
    x: any PlotElement, label: String? = nil, dashed: Bool = true, emphasis: Emphasis = .null
  ) {
    (direction, column, self.label, self.dashed) = (.vertical, x.plotColumn, label, dashed)
    self.emphasis = emphasis
  }

  /// A horizontal line at a value of the vertical axis; the axis makes room for it.
  public init(
    y: any PlotElement, label: String? = nil, dashed: Bool = true, emphasis: Emphasis = .null
  ) {
    (direction, column, self.label, self.dashed) = (.horizontal, y.plotColumn, label, dashed)
    self.emphasis = emphasis
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    let name = direction == .vertical ? "x" : "y"
    var columns = [NamedColumn(name, column)]
    if let label { columns.append(NamedColumn("label", .categories([label]))) }
    var summary = try MarkSummary("rule", mark: "RuleMark", columns: columns)
    var demand = AxisDemand(column)
    demand.isAnnotation = true
    if direction == .vertical { summary.x = demand } else { summary.y = demand }
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    let plot = canvas.plot
    let color = emphasis == .null ? canvas.palette.axis : canvas.style(nil, emphasis: emphasis).color
    let weight = canvas.theme.lineWidth * (emphasis == .null ? 0.58 : 0.85)
    let stroke = Stroke(color, width: weight, dash: dashed ? [weight * 3.6, weight * 2.7] : [])
    let value = (direction == .vertical ? canvas.xValues(column) : canvas.yValues(column)).first ?? .nan
    let place = direction == .vertical ? canvas.x(value) : canvas.y(value)
    guard place.isFinite else { return }
    let ends =
      direction == .vertical
      ? [Point(place, plot.minY), Point(place, plot.maxY)]
      : [Point(plot.minX, place), Point(plot.maxX, place)]
    guard plot.inset(by: -0.5).contains(ends[0]) else { return }
    // A line of the page's colour below it keeps the rule visible on dark cells.
    canvas.annotationLine(ends, stroke: Stroke(canvas.palette.background.opacity(0.65), width: weight * 2.4))
    canvas.annotationLine(ends, stroke: stroke)
    if let label { canvas.label(candidates(label, at: place, canvas: canvas)) }
  }

  private func candidates(_ label: String, at place: Double, canvas: PlotCanvas) -> [TextRun] {
    let plot = canvas.plot
    let style = TextStyle(size: canvas.theme.tickSize, color: canvas.palette.secondaryInk)
    let halo = canvas.palette.background
    func run(_ x: Double, _ y: Double, _ h: TextRun.Horizontal, _ v: TextRun.Vertical) -> TextRun {
      TextRun(
        label, style: style, at: Point(x, y), horizontal: h, vertical: v,
        maxWidth: max(plot.width * 0.4, 60), maxLines: 3, halo: halo)
    }
    let gap = 3.0
    switch direction {
    case .horizontal:
      let sides: [(Double, TextRun.Horizontal)] = [
        (plot.maxX - 2, .right), (plot.minX + 4, .left), (plot.midX, .center),
      ]
      return sides.flatMap { x, side in
        [run(x, place - gap, side, .bottom), run(x, place + gap, side, .top)]
      }
    case .vertical:
      let sides: [(Double, TextRun.Vertical)] = [
        (plot.minY + 2, .top), (plot.maxY - 4, .bottom), (plot.midY, .middle),
      ]
      return sides.flatMap { y, side in
        [run(place + gap + 1, y, .left, side), run(place - gap - 1, y, .right, side)]
      }
    }
  }
}
