/// A figure, or one panel of a figure, whose data are checked and whose axes, series and colours are settled;
/// knows no sizes yet.
package struct PreparedFigure: Sendable {
  package let figure: Figure
  package let summaries: [MarkSummary]
  package let x: PreparedAxis
  package let y: PreparedAxis
  package let series: SeriesTable
  /// What could not be drawn as it is, for the reader.
  package let notes: [String]

  package init(_ figure: Figure) throws(PlottingError) {
    try figure.checkSize()
    let summaries = try Self.summaries(of: figure.marks)
    var notes: [String] = []
    let x = try PreparedAxis("x", spec: figure.xAxis, summaries: summaries, demand: \.x, notes: &notes)
    let y = try PreparedAxis("y", spec: figure.yAxis, summaries: summaries, demand: \.y, notes: &notes)
    let series = SeriesTable([summaries], notes: &notes)
    notes += summaries.flatMap(\.notes) + figure.remarks
    self.init(figure, summaries: summaries, x: x, y: y, series: series, notes: notes)
  }

  package init(
    _ figure: Figure, summaries: [MarkSummary], x: PreparedAxis, y: PreparedAxis, series: SeriesTable,
    notes: [String]
  ) {
    (self.figure, self.summaries, self.x, self.y) = (figure, summaries, x, y)
    (self.series, self.notes) = (series, notes)
  }

  /// The same with the one axis reaching further that has room, so that a unit is as long on both in a plot of that size.
  package func withEqualScales(in plot: Rect) throws(PlottingError) -> PreparedFigure {
    let isLinear = [x, y].allSatisfy { $0.categories == nil && $0.spec.scale.type.name == LinearScale.name }
    guard isLinear, !isEmpty else { return self }
    func length(_ domain: ClosedRange<Double>) -> Double { domain.upperBound - domain.lowerBound }
    let unit = max(length(x.scale.domain) / plot.width, length(y.scale.domain) / plot.height)
    func reaching(_ axis: PreparedAxis, _ room: Double, _ demand: (MarkSummary) -> AxisDemand)
      throws(PlottingError) -> PreparedAxis
    {
      var (spec, notes) = (axis.spec, [String]())
      let (middle, half) = (
        (axis.scale.domain.lowerBound + axis.scale.domain.upperBound) / 2, unit * room / 2
      )
      spec.domain = middle - half...middle + half
      return try PreparedAxis(axis.name, spec: spec, summaries: summaries, demand: demand, notes: &notes)
    }
    return PreparedFigure(
      figure, summaries: summaries, x: try reaching(x, plot.width, \.x),
      y: try reaching(y, plot.height, \.y), series: series, notes: notes)
  }

  package static func summaries(of marks: [any Mark]) throws(PlottingError) -> [MarkSummary] {
    var summaries: [MarkSummary] = []
    for mark in marks { summaries.append(try mark.summary()) }
    return summaries
  }

  package var legendEntries: [LegendEntry] { series.legendEntries }

  /// Whether there is anything to see besides annotations.
  package var isEmpty: Bool { !x.hasData || !y.hasData }

  package static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}

extension Figure {
  /// In points; Cairo draws no more than some 32,000 pixels either way.
  private static let largest = 32_000.0

  package func checkSize() throws(PlottingError) {
    guard width.isFinite, height.isFinite, width > 0, height > 0 else {
      throw .tooSmall(width: 0, height: 0, neededWidth: 160, neededHeight: 120)
    }
    guard max(width, height) <= Self.largest else {
      throw .tooLarge(width: width, height: height, most: Self.largest)
    }
  }
}
