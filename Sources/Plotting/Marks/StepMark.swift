/// A line that keeps each value until the next: counts, settings, anything that changes at once.
///
///     Figure {
///       StepMark(x: epochs, y: learningRates, series: "schedule")
///     }
public struct StepMark: Mark {
  /// Where the line jumps to a value.
  public enum Jump: Hashable, Sendable {
    /// At the value's own position: it holds from there on.
    case at
    /// Half-way from the position before: each value is centred on its position.
    case between
  }

  private let x: PlotColumn
  private let y: PlotColumn
  private let series: String?
  private let emphasis: Emphasis
  private let jump: Jump
  private let isFilled: Bool

  /// A line of steps; `filled` shades the area between it and zero.
  public init(
    x: any PlotData, y: any PlotNumbers, series: String? = nil, emphasis: Emphasis = .automatic,
    jump: Jump = .at, filled: Bool = false
  ) {
    (self.x, self.y, self.series, self.emphasis) = (x.plotColumn, y.plotColumn, series, emphasis)
    (self.jump, isFilled) = (jump, filled)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var summary = try MarkSummary(
      "step line", mark: "StepMark", series: series, columns: [NamedColumn("x", x), NamedColumn("y", y)])
    summary.x = AxisDemand(x)
    summary.y = AxisDemand(y)
    summary.y.includesZero = isFilled
    summary.emphasis = emphasis
    // No symbols: a step has its value over its whole length.
    summary.key = isFilled ? [.plainLine, .area] : .plainLine
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    let style = canvas.style(series, emphasis: emphasis)
    let corners = corners(isFilled ? canvas.ends(x: x, y: y) : canvas.points(x: x, y: y))
    if isFilled {
      let zero = canvas.yZero
      for piece in corners.split(whereSeparator: { !$0.isFinite }) {
        guard let first = piece.first, let last = piece.last else { continue }
        canvas.polygon(
          piece + [Point(last.x, zero), Point(first.x, zero)], fill: canvas.palette.band(style.color))
      }
    }
    canvas.line(
      corners, stroke: Stroke(style.color, width: canvas.theme.lineWidth, dash: style.dash))
  }

  private func corners(_ points: [Point]) -> [Point] {
    var corners: [Point] = []
    var before: Point?
    for point in points {
      if let before, point.isFinite {
        switch jump {
        case .at: corners.append(Point(point.x, before.y))
        case .between:
          let middle = (before.x + point.x) / 2
          corners += [Point(middle, before.y), Point(middle, point.y)]
        }
      }
      corners.append(point)
      before = point.isFinite ? point : nil
    }
    return corners
  }
}
