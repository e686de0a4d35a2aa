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
