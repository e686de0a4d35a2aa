/// A smooth estimate of how values are distributed (a Gaussian kernel); the area below it is 1.
///
///     Figure {
///       DensityMark(effects, series: "random sets")
///     }
public struct DensityMark: Mark {
  private let values: [Double]
  private let distribution: Distribution
  private let curve: [(value: Double, density: Double)]
  private let series: String?
  private let emphasis: Emphasis

  /// A curve with a bandwidth in the values' unit, else after Silverman (1986). Fewer than two different values
  /// have no density: they are drawn as a spike, and a note says so.
  public init(
    _ values: any PlotNumbers, bandwidth: Double? = nil, series: String? = nil,
    emphasis: Emphasis = .automatic
  ) {
    self.values = values.plotNumbers
    distribution = Distribution(self.values)
    curve = distribution.density(bandwidth: bandwidth)
    (self.series, self.emphasis) = (series, emphasis)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var summary = try MarkSummary(
      "density", mark: "DensityMark", series: series,
      columns: [
        NamedColumn("x", .numbers(curve.map(\.value), whole: false)),
        NamedColumn("density", .numbers(curve.map(\.density), whole: false)),
      ])
    summary.x.edges = curve.isEmpty ? distribution.sorted : curve.map(\.value)
    summary.y.reach = curve.isEmpty ? distribution.sorted.map { _ in 1 } : curve.map(\.density)
    summary.y.includesZero = true
    summary.emphasis = emphasis
    summary.key = [.plainLine, .area]
    if distribution.missing > 0 {
      summary.notes.append("\(distribution.missing) of \(values.count) values are missing or not finite.")
    }
    if curve.isEmpty, !distribution.sorted.isEmpty {
      summary.notes.append("All values are equal: drawn as a spike, not as a density.")
    }
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    let style = canvas.style(series, emphasis: emphasis)
    let stroke = Stroke(style.color, width: canvas.theme.lineWidth, dash: style.dash)
    guard let first = curve.first, let last = curve.last else {
      guard let value = distribution.sorted.first else { return }
      canvas.line(
        [Point(canvas.x(value), canvas.yZero), Point(canvas.x(value), canvas.y(1))], stroke: stroke)
      return
    }
    let points = curve.map { Point(canvas.xEnd($0.value), canvas.yEnd($0.density)) }
    let base = canvas.yZero
    let ends = [Point(canvas.xEnd(last.value), base), Point(canvas.xEnd(first.value), base)]
    canvas.polygon(points + ends, fill: canvas.palette.band(style.color))
    canvas.line(points, stroke: stroke)
  }
}
