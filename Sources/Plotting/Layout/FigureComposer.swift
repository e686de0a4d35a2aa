/// Lays a figure out in a frame: words around the edges, the axes they leave room for, marks, and at last the
/// labels and the legend where no data are.
package struct FigureComposer: SceneComposer {
  package let figure: PreparedFigure
  package let palette: Palette
  package let measurer: any TextMeasurer

  private var theme: Theme { palette.theme }
  private var spec: Figure { figure.figure }

  package init(figure: PreparedFigure, palette: Palette, measurer: any TextMeasurer) {
    self.figure = figure
    self.palette = palette
    self.measurer = measurer
  }

  /// The primitives of the figure.
  /// - Throws: `PlottingError.tooSmall` where the labels leave no room for a plot.
  package func compose(in frame: Rect) throws(PlottingError) -> [Primitive] {
    var items: [Primitive] = []
    var area = frame.inset(by: theme.margin)
    let edges = EdgeWords(palette: palette, measurer: measurer)
    edges.addHeading(title: spec.title, subtitle: spec.subtitle, to: &items, area: &area)
    edges.addNotes(figure.notes, to: &items, area: &area)
    guard spec.legend == .automatic, !figure.legendEntries.isEmpty else {
      return items + (try body(area, frame: frame, legend: spec.legend))
    }
    if let inside = try? bodyWithInsideLegend(area, frame: frame) { return items + inside }
    return items + (try body(area, frame: frame, legend: .above))
  }

  // MARK: The plot

  private func bodyWithInsideLegend(_ area: Rect, frame: Rect) throws(PlottingError) -> [Primitive] {
    let drawn = try draw(area, frame: frame)
    let plot = drawn.plot
    let legend = LegendLayout.column(
      figure.legendEntries, palette: palette, measurer: measurer, maxHeight: plot.height * 0.6)
    let box = Size(width: legend.size.width + 12, height: legend.size.height + 10)
    let isComplete = figure.legendEntries.count <= 8
    guard isComplete, box.width < plot.width * 0.55, box.height < plot.height * 0.6,
      let place = drawn.emptyPlace(for: box)
    else {
      throw .tooSmall(width: frame.width, height: frame.height, neededWidth: 0, neededHeight: 0)
    }
    let origin = Point(place.minX + 6, place.minY + 5)
    return drawn.items + [.fill(Path(place, radius: 3), palette.background.opacity(0.85))]
      + legend.items(at: origin, series: figure.series, maxWidth: legend.size.width + 1)
  }

  private func draw(_ area: Rect, frame: Rect) throws(PlottingError) -> DrawnPlot {
    var figure = self.figure
    func layout() throws(PlottingError) -> AxisLayout {
      try AxisLayout(figure: figure, palette: palette, measurer: measurer, area: area, frame: frame)
    }
    var axes = try layout()
    // Longer axes may have other labels, which leave another room.
    for _ in 0..<(spec.hasEqualScales ? 4 : 0) {
      figure = try self.figure.withEqualScales(in: axes.plot)
      axes = try layout()
    }
    let plot = PlotDrawing(figure: figure, palette: palette, measurer: measurer)
    var drawn = plot.draw(in: axes.plot, xLabels: axes.xLabels, yLabels: axes.yLabels)
    drawn.items += axes.labelItems
    return drawn
  }

  private func body(_ area: Rect, frame: Rect, legend: Legend) throws(PlottingError) -> [Primitive] {
    var area = area
    var items: [Primitive] = []
    let entries = figure.legendEntries
    switch legend {
    case .above where !entries.isEmpty:
      let rows = LegendLayout.rows(entries, palette: palette, measurer: measurer, maxWidth: area.width)
      items += rows.items(at: Point(area.minX, area.minY), series: figure.series, maxWidth: area.width)
      area.cutTop(rows.size.height + 12)
    case .right where !entries.isEmpty:
      let column = LegendLayout.column(
        entries, palette: palette, measurer: measurer, maxHeight: area.height - 40)
      let width = min(column.size.width + 1, area.width * 0.45)
      items += column.items(
        at: Point(area.maxX - width, area.minY + 6), series: figure.series, maxWidth: width)
      area.width -= width + 16
    case .automatic, .hidden, .above, .right: break
    }
    return items + (try draw(area, frame: frame)).items
  }

}
