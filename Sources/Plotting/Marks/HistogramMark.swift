/// How many values fall into each of a row of bins; the bins' edges are round numbers.
///
///     Figure {
///       HistogramMark(effects, series: "random sets", emphasis: .null)
///     }
public struct HistogramMark: Mark {
  private let values: [Double]
  private let distribution: Distribution
  private let bins: [(low: Double, high: Double, count: Int)]
  private let series: String?
  private let emphasis: Emphasis
  private let isDensity: Bool

  /// About as many bins as asked for, else as the data suggest (Freedman and Diaconis 1981); `isDensity`
  /// divides the counts so that the bars' area is 1, for samples of different sizes.
  public init(
    _ values: any PlotNumbers, bins: Int? = nil, series: String? = nil, emphasis: Emphasis = .automatic,
    isDensity: Bool = false
  ) {
    self.values = values.plotNumbers
    distribution = Distribution(self.values)
    self.bins = distribution.bins(about: bins)
    (self.series, self.emphasis, self.isDensity) = (series, emphasis, isDensity)
  }

  private var heights: [Double] {
    bins.map { bin in
      guard isDensity else { return Double(bin.count) }
      return Double(bin.count) / (Double(distribution.sorted.count) * (bin.high - bin.low))
    }
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var summary = try MarkSummary(
      "histogram", mark: "HistogramMark", series: series,
      columns: [
        NamedColumn("low", .numbers(bins.map(\.low), whole: false)),
        NamedColumn("high", .numbers(bins.map(\.high), whole: false)),
        NamedColumn(isDensity ? "density" : "count", .numbers(heights, whole: !isDensity)),
      ])
    summary.x.edges = bins.flatMap { [$0.low, $0.high] }
    summary.y.reach = heights
    summary.y.isWhole = !isDensity
    summary.y.includesZero = true
    summary.emphasis = emphasis
    summary.key = .area
    if distribution.missing > 0 {
      summary.notes = ["\(distribution.missing) of \(values.count) values are missing or not finite."]
    }
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    let color = canvas.style(series, emphasis: emphasis).color
    let zero = canvas.yZero
    for (bin, height) in zip(bins, heights) where height > 0 {
      let (left, right) = (canvas.xEnd(bin.low), canvas.xEnd(bin.high))
      let top = canvas.y(height)
      guard left.isFinite, right.isFinite, top.isFinite else { continue }
      let gap = min(0.5, abs(right - left) * 0.1)
      let rect = Rect(Point(left + gap, zero), Point(right - gap, top))
      // Samples that overlap stay visible through each other.
      canvas.rectangle(rect, fill: color.opacity(0.72))
    }
  }
}
