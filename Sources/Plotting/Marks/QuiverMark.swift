/// A field of small arrows: at each place, where the state goes next.
///
///     Figure {
///       QuiverMark(x: first, y: second, dx: flowX, dy: flowY, label: "speed")
///     }
public struct QuiverMark: Mark {
  private let x: PlotColumn
  private let y: PlotColumn
  private let dx: [Double]
  private let dy: [Double]
  private let colorScale: ColorScale?

  /// Arrows of one unit, `dx` and `dy`, at each place. Most span at most the distance between neighbours, all
  /// are in proportion; with a `label`, colours and a colour bar tell the lengths in data units.
  public init(
    x: any PlotNumbers, y: any PlotNumbers, dx: any PlotNumbers, dy: any PlotNumbers,
    label: String? = nil
  ) {
    (self.x, self.y) = (x.plotColumn, y.plotColumn)
    (self.dx, self.dy) = (dx.plotNumbers, dy.plotNumbers)
    let speeds = zip(self.dx, self.dy).map { ($0 * $0 + $1 * $1).squareRoot() }
    colorScale = label.map { ColorScale(values: speeds, map: .sequential, domain: nil, label: $0) }
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var summary = try MarkSummary(
      "flow field", mark: "QuiverMark",
      columns: [
        NamedColumn("x", x), NamedColumn("y", y), NamedColumn("dx", .numbers(dx, whole: false)),
        NamedColumn("dy", .numbers(dy, whole: false)),
      ])
    summary.x = AxisDemand(x)
    summary.y = AxisDemand(y)
    summary.grid = .both
    summary.colorScale = colorScale
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    let starts = canvas.points(x: x, y: y)
    let xs = canvas.xValues(x)
    let ys = canvas.yValues(y)
    // Directions on the page, by a small step in data units, since scales may differ or be logarithmic.
    var vectors: [Point] = []
    for index in starts.indices {
      let end = Point(canvas.x(xs[index] + dx[index]), canvas.y(ys[index] + dy[index]))
      vectors.append(Point(end.x - starts[index].x, end.y - starts[index].y))
    }
    let finite = vectors.filter(\.isFinite)
    let lengths = Distribution(finite.map { ($0.x * $0.x + $0.y * $0.y).squareRoot() })
    guard let usual = lengths.quantile(0.8), let longest = lengths.sorted.last, longest > 0 else { return }
    let spacing = (canvas.plot.width * canvas.plot.height / Double(max(finite.count, 1))).squareRoot()
    // Four of five arrows stay within their place; a few long ones must not make all others vanish.
    let scale = spacing / max(usual, longest / 2.5)
    let colors = colorScale.map { canvas.colors(for: $0) }
    for (index, vector) in vectors.enumerated() where vector.isFinite && starts[index].isFinite {
      let start = starts[index]
      let end = Point(start.x + vector.x * scale, start.y + vector.y * scale)
      let color =
        colors.flatMap { $0.color(colorScale?.values[index] ?? .nan) } ?? canvas.palette.secondaryInk
      canvas.arrow(ArrowShape(from: start, to: end, width: 1.1, head: 5), color: color)
    }
  }
}
