extension Figure {
  /// How far the output moves when the count is put back or forward by k steps: the mean shift with its
  /// interval, the diagonal that a perfect counter would follow, random sets in grey.
  ///
  ///     show(Figure.shiftCurve(k: -3...3, shift: means, low: lows, high: highs, random: randomMeans))
  ///
  /// - Parameters:
  ///   - k: Steps by which the units' value was moved.
  ///   - shift: The mean shift of the output, in steps, with the ends of its interval.
  ///   - random: The mean shift for random sets of the same size; nil where there is none.
  public static func shiftCurve(
    k: any PlotNumbers, shift: any PlotNumbers, low: any PlotNumbers, high: any PlotNumbers,
    random: (any PlotNumbers)? = nil, name: String = "counting units", width: Double = 480,
    height: Double = 420
  ) -> Figure {
    Figure(width: width, height: height) {
      LineMark(x: k, y: k, series: "perfect counter", emphasis: .null, dashed: true)
      if let random {
        LineMark(x: k, y: random, series: "random sets", emphasis: .null, symbols: .everyPoint)
      }
      LineMark(x: k, y: shift, series: name, emphasis: .accent, symbols: .hidden)
      PointRangeMark(x: k, y: shift, low: low, high: high, series: name, emphasis: .accent)
    }
    .xAxis("Value taken from $k$ steps before", scale: .step)
    .yAxis("Shift of the output (steps)")
  }
}
