/// Every value of a sample as a point, spread sideways where many lie together.
///
///     Figure {
///       StripMark(x: kinds, y: effects, series: "random sets", emphasis: .null)
///     }
public struct StripMark: Mark {
  private let data: GroupedValues
  private let series: String?
  private let emphasis: Emphasis
  private let size: Double?

  /// Upright strips; `size` is the points' diameter in points, by default smaller where they are many.
  public init(
    x: any PlotData, y: any PlotNumbers, series: String? = nil, emphasis: Emphasis = .automatic,
    size: Double? = nil, sideBySide: Bool = true
  ) {
    data = GroupedValues(
      position: x.plotColumn, value: y.plotColumn, isHorizontal: false, isSideBySide: sideBySide)
    (self.series, self.emphasis, self.size) = (series, emphasis, size)
  }

  /// Lying strips, the first at the top: for long names.
  public init(
    y: any PlotData, x: any PlotNumbers, series: String? = nil, emphasis: Emphasis = .automatic,
    size: Double? = nil, sideBySide: Bool = true
  ) {
    data = GroupedValues(
      position: y.plotColumn, value: x.plotColumn, isHorizontal: true, isSideBySide: sideBySide)
    (self.series, self.emphasis, self.size) = (series, emphasis, size)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var summary = try data.summary("strip", mark: "StripMark", series: series, emphasis: emphasis)
    summary.key = .symbol
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    let style = canvas.style(series, emphasis: emphasis)
    for group in data.groups(on: canvas, series: series) {
      let count = group.values.count
      let size = size ?? (count > 400 ? 2.6 : count > 100 ? 3.4 : 4.8)
      let opacity = count > 400 ? 0.5 : count > 100 ? 0.6 : 0.8
      let points = zip(group.values, offsets(group)).map { value, offset in
        data.point(group.middle + offset * group.halfWidth * 0.9, value, on: canvas)
      }
      canvas.symbols(
        points,
        style: SymbolStyle(
          count > 100 ? .circle : style.symbol, size: size, fill: style.color.opacity(opacity)))
    }
  }

  /// Offsets in -1...1, as wide as the density allows (Sidiropoulos et al. 2018), from a sequence that leaves
  /// no clumps (van der Corput), so that the picture is the same each time.
  private func offsets(_ group: GroupedValues.Group) -> [Double] {
    let sample = Distribution(group.values)
    let curve = sample.density(cut: 0, count: 80)
    let most = curve.map(\.density).max() ?? 0
    let isCrowded = group.values.count > 12
    return group.values.enumerated().map { index, value in
      guard group.values.count > 1 else { return 0 }
      var width = isCrowded ? 1.0 : 0.35
      if most > 0, let first = curve.first, let last = curve.last, last.value > first.value, value.isFinite {
        let place = (value - first.value) / (last.value - first.value) * Double(curve.count - 1)
        width *= curve[Int(min(max(place, 0), Double(curve.count - 1)))].density / most
      }
      return (Self.corput(index + 1) * 2 - 1) * width
    }
  }

  private static func corput(_ index: Int) -> Double {
    var (rest, digit, value) = (index, 0.5, 0.0)
    while rest > 0 {
      value += Double(rest & 1) * digit
      rest >>= 1
      digit /= 2
    }
    return value
  }
}
