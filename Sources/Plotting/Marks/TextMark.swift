/// Words at a place in the data; `$h_t$` inside them sets mathematics.
///
///     Figure {
///       TextMark("the token is written", x: 15, y: 0.4)
///     }
public struct TextMark: Mark {
  /// Where the words stand, seen from the point.
  public enum Side: Hashable, Sendable {
    /// Centred over the point.
    case above
    /// Centred under the point.
    case below
    /// Ending before the point.
    case left
    /// Beginning behind the point.
    case right
    /// Centred on the point.
    case center
  }

  private let text: String
  private let x: PlotColumn
  private let y: PlotColumn
  private let side: Side
  private let leader: Point?

  /// Words at one side of a point in data units; the axes make room for the point.
  public init(_ text: String, x: any PlotElement, y: any PlotElement, side: Side = .right) {
    (self.text, self.x, self.y, self.side) = (text, x.plotColumn, y.plotColumn, side)
    leader = nil
  }

  /// Words `right` and `up` of a point, in points of the page, with a thin line that leads from them to it.
  public init(_ text: String, x: any PlotElement, y: any PlotElement, right: Double, up: Double) {
    (self.text, self.x, self.y) = (text, x.plotColumn, y.plotColumn)
    side = abs(right) >= abs(up) ? (right < 0 ? .left : .right) : (up < 0 ? .below : .above)
    leader = Point(right, -up)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    let columns = [
      NamedColumn("x", x), NamedColumn("y", y), NamedColumn("label", .categories([text])),
    ]
    var summary = try MarkSummary("text", mark: "TextMark", columns: columns)
    summary.x = AxisDemand(columns[0].column)
    summary.y = AxisDemand(columns[1].column)
    summary.x.isAnnotation = true
    summary.y.isAnnotation = true
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    guard var point = canvas.points(x: x, y: y).first, point.isFinite,
      canvas.plot.inset(by: -0.5).contains(point)
    else { return }
    let style = TextStyle(size: canvas.theme.tickSize, color: canvas.palette.secondaryInk)
    if let leader {
      let end = Point(point.x + leader.x, point.y + leader.y)
      canvas.leader(from: end, to: point)
      point = end
    }
    let gap = leader == nil ? 5.0 : 3
    let place: (Point, TextRun.Horizontal, TextRun.Vertical) =
      switch side {
      case .above: (Point(point.x, point.y - gap), .center, .bottom)
      case .below: (Point(point.x, point.y + gap), .center, .top)
      case .left: (Point(point.x - gap, point.y), .right, .middle)
      case .right: (Point(point.x + gap, point.y), .left, .middle)
      case .center: (point, .center, .middle)
      }
    canvas.label([
      TextRun(
        text, style: style, at: place.0, horizontal: place.1, vertical: place.2,
        halo: canvas.palette.background)
    ])
  }
}
