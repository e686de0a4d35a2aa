/// Lays panels out in rows and columns whose plots line up: words around the edges, the room that the axes of
/// each row and column need, then the panels.
package struct PanelComposer: SceneComposer {
  package let prepared: PreparedPanels
  package let palette: Palette
  package let measurer: any TextMeasurer

  private static let columnGap = 16.0
  private static let rowGap = 14.0
  private static let leastWidth = 44.0
  private static let leastHeight = 30.0

  private var theme: Theme { palette.theme }
  private var arrangement: PanelArrangement { prepared.arrangement }
  private var columns: Int { min(arrangement.columns, max(prepared.panels.count, 1)) }

  package init(prepared: PreparedPanels, palette: Palette, measurer: any TextMeasurer) {
    (self.prepared, self.palette, self.measurer) = (prepared, palette, measurer)
  }

  package func compose(in frame: Rect) throws(PlottingError) -> [Primitive] {
    var items: [Primitive] = []
    var area = frame.inset(by: theme.margin)
    let edges = EdgeWords(palette: palette, measurer: measurer)
    edges.addHeading(
      title: prepared.figure.title, subtitle: prepared.figure.subtitle, to: &items, area: &area)
    edges.addNotes(prepared.notes, to: &items, area: &area)
    addLegend(to: &items, area: &area)
    guard !prepared.panels.isEmpty else {
      let style = palette.labelStyle
      let place = Point(area.midX, area.midY)
      return items + [.text(TextRun("no data", style: style, at: place, horizontal: .center))]
    }
    addCommonLabels(to: &items, area: &area)
    let bars = addSharedBars(area: &area)
    let grid = try settle(area, frame: frame)
    for (index, panel) in prepared.panels.enumerated() {
      items += draw(panel, at: index, in: grid)
    }
    return items + bars
  }

  // MARK: What all panels share

  private func addLegend(to items: inout [Primitive], area: inout Rect) {
    let entries = prepared.series.legendEntries
    guard !entries.isEmpty else { return }
    switch prepared.figure.legend {
    case .hidden: return
    case .right:
      let column = LegendLayout.column(
        entries, palette: palette, measurer: measurer, maxHeight: area.height - 40)
      let width = min(column.size.width + 1, area.width * 0.45)
      items += column.items(
        at: Point(area.maxX - width, area.minY + 6), series: prepared.series, maxWidth: width)
      area.width -= width + 16
    case .automatic, .above:
      let rows = LegendLayout.rows(entries, palette: palette, measurer: measurer, maxWidth: area.width)
      items += rows.items(at: Point(area.minX, area.minY), series: prepared.series, maxWidth: area.width)
      area.cutTop(rows.size.height + 12)
    }
  }

  /// The labels of shared axes stand once, in the middle of all panels.
  private func addCommonLabels(to items: inout [Primitive], area: inout Rect) {
    let whole = area
    if arrangement.shared.x, let label = prepared.panels[0].x.label {
      area.height -= AxisLayout.thickness(label, along: area.width, palette: palette, measurer: measurer)
    }
    if arrangement.shared.y, let label = prepared.panels[0].y.label {
      let room = AxisLayout.thickness(label, along: area.height, palette: palette, measurer: measurer)
      area.minX += room
      area.width -= room
      items.append(
        .text(
          TextRun(
            label, style: palette.labelStyle, at: Point(whole.minX, area.midY), horizontal: .center,
            vertical: .top, angle: -90, maxWidth: area.height, maxLines: 3)))
    }
    if arrangement.shared.x, let label = prepared.panels[0].x.label {
      items.append(
        .text(
          TextRun(
            label, style: palette.labelStyle, at: Point(area.midX, whole.maxY), horizontal: .center,
            vertical: .bottom, maxWidth: area.width, maxLines: 3)))
    }
  }

  private func addSharedBars(area: inout Rect) -> [Primitive] {
    var items: [Primitive] = []
    for scale in prepared.sharedColorScales.reversed() {
      let height = min(area.height, 240)
      let bar = bar(scale, height: height)
      area.width -= bar.width
      let place = Rect(x: area.minX, y: area.midY - height / 2, width: area.width, height: height)
      items += bar.items(left: area.maxX, plot: place)
    }
    return items
  }

  private func bar(_ scale: ColorScale, height: Double) -> ColorBarLayout {
    let resolved = prepared.series.resolved(scale, appearance: palette.appearance)
    return ColorBarLayout(scale: resolved, height: height, palette: palette, measurer: measurer)
  }

  // MARK: The room of each panel

  /// The plots' rectangles and tick labels, in the order of the panels.
  private struct Grid {
    var plots: [Rect]
    var xLabels: [TickLabels]
    var yLabels: [TickLabels]
    var lefts: [Double]
  }

  /// The room around one plot, in points.
  private struct Gutters {
    var left = 0.0
    var right = 0.0
    var top = 0.0
    var bottom = 0.0
  }

  private func settle(_ area: Rect, frame: Rect) throws(PlottingError) -> Grid {
    let count = prepared.panels.count
    let rows = prepared.rows
    let shares = (0..<rows).map { row in
      arrangement.isStack ? max(arrangement.panels[row].share, 0.01) : 1
    }
    var sizes = Array(
      repeating: Size(
        width: area.width / Double(columns) * 0.85, height: area.height / Double(rows) * 0.8), count: count)
    let xFitter = TickFitter(measurer: measurer, style: palette.tickStyle, limit: frame.height * 0.25)
    let yFitter = TickFitter(measurer: measurer, style: palette.tickStyle, limit: frame.width * 0.3)
    var grid = Grid(plots: [], xLabels: [], yLabels: [], lefts: [])
    for _ in 0..<4 {
      let lengths = sizes.map { Size(width: max($0.width, 1), height: max($0.height, 1)) }
      grid.xLabels = (0..<count).map { xFitter.horizontal(prepared.panels[$0].x, length: lengths[$0].width) }
      grid.yLabels = (0..<count).map { yFitter.vertical(prepared.panels[$0].y, length: lengths[$0].height) }
      let gutters = (0..<count).map { self.gutters(of: $0, grid: grid, size: lengths[$0]) }
      var columnRoom = Array(repeating: Gutters(), count: columns)
      var rowRoom = Array(repeating: Gutters(), count: rows)
      for (index, gutter) in gutters.enumerated() {
        let (row, column) = (index / columns, index % columns)
        columnRoom[column].left = max(columnRoom[column].left, gutter.left)
        columnRoom[column].right = max(columnRoom[column].right, gutter.right)
        rowRoom[row].top = max(rowRoom[row].top, gutter.top)
        rowRoom[row].bottom = max(rowRoom[row].bottom, gutter.bottom)
      }
      let usedWidth = columnRoom.reduce(Self.columnGap * Double(columns - 1)) { $0 + $1.left + $1.right }
      let usedHeight = rowRoom.reduce(Self.rowGap * Double(rows - 1)) { $0 + $1.top + $1.bottom }
      let width = (area.width - usedWidth) / Double(columns)
      let unit = (area.height - usedHeight) / shares.reduce(0, +)
      grid.plots = []
      var y = area.minY
      for row in 0..<rows {
        y += rowRoom[row].top
        var x = area.minX
        for column in 0..<columns where row * columns + column < count {
          x += columnRoom[column].left
          grid.plots.append(Rect(x: x, y: y, width: width, height: unit * shares[row]))
          x += width + columnRoom[column].right + Self.columnGap
        }
        y += unit * shares[row] + rowRoom[row].bottom + Self.rowGap
      }
      grid.lefts = (0..<count).map { columnRoom[$0 % columns].left }
      sizes = grid.plots.map { Size(width: $0.width, height: $0.height) }
    }
    let narrowest = sizes.map(\.width).min() ?? 0
    let lowest = sizes.map(\.height).min() ?? 0
    guard narrowest >= Self.leastWidth, lowest >= Self.leastHeight else {
      let missing = (max(0, Self.leastWidth - narrowest), max(0, Self.leastHeight - lowest))
      let smallest = (shares.min() ?? 1) / shares.reduce(0, +)
      throw .tooSmall(
        width: frame.width, height: frame.height,
        neededWidth: (frame.width + missing.0 * Double(columns)).rounded(.up),
        neededHeight: (frame.height + missing.1 / max(smallest, 0.01)).rounded(.up))
    }
    return grid
  }

  private func gutters(of index: Int, grid: Grid, size: Size) -> Gutters {
    let panel = prepared.panels[index]
    var gutters = Gutters()
    if showsY(index) {
      let labels = grid.yLabels[index]
      gutters.left = labels.extent > 0 ? labels.extent + theme.tickLength + 4 : 0
    }
    if !arrangement.shared.y {
      gutters.left += AxisLayout.thickness(
        panel.y.label, along: size.height, palette: palette, measurer: measurer)
    }
    if showsX(index) {
      let labels = grid.xLabels[index]
      gutters.bottom = labels.extent > 0 ? labels.extent + theme.tickLength + 3 : 0
      gutters.left = max(gutters.left, labels.overhang.start - (index % columns > 0 ? Self.columnGap / 2 : 0))
      let isLast = index % columns == columns - 1
      gutters.right = max(0, labels.overhang.end - (isLast ? 0 : Self.columnGap / 2))
    }
    if !arrangement.shared.x {
      gutters.bottom += AxisLayout.thickness(
        panel.x.label, along: size.width, palette: palette, measurer: measurer)
    }
    gutters.top = grid.yLabels[index].overhang.end
    if let title = panel.figure.title, !title.isEmpty {
      gutters.top += measurer.size(title, style: titleStyle, maxWidth: size.width, maxLines: 2).height + 5
    }
    let bars = prepared.ownColorScales(panel).reduce(0) { $0 + bar($1, height: size.height).width }
    gutters.right = max(gutters.right, bars)
    return gutters
  }

  /// Whether a panel has words at its horizontal axis: the last of its column where the axis is shared.
  private func showsX(_ index: Int) -> Bool {
    !arrangement.shared.x || index + columns >= prepared.panels.count
  }

  private func showsY(_ index: Int) -> Bool { !arrangement.shared.y || index % columns == 0 }

  private var titleStyle: TextStyle {
    TextStyle(size: theme.labelSize, weight: .semibold, color: palette.ink)
  }

  // MARK: One panel

  private func draw(_ panel: PreparedFigure, at index: Int, in grid: Grid) -> [Primitive] {
    let plot = grid.plots[index]
    let drawing = PlotDrawing(figure: panel, palette: palette, measurer: measurer)
    var items = drawing.draw(
      in: plot, xLabels: grid.xLabels[index], yLabels: grid.yLabels[index], showsX: showsX(index),
      showsY: showsY(index)
    ).items
    if let title = panel.figure.title, !title.isEmpty {
      items.append(
        .text(
          TextRun(
            title, style: titleStyle, at: Point(plot.minX, plot.minY - 5), vertical: .bottom,
            maxWidth: plot.width, maxLines: 2)))
    }
    if !arrangement.shared.y, let label = panel.y.label, !label.isEmpty {
      items.append(
        .text(
          TextRun(
            label, style: palette.labelStyle, at: Point(plot.minX - grid.lefts[index], plot.midY),
            horizontal: .center, vertical: .top, angle: -90, maxWidth: plot.height, maxLines: 3)))
    }
    if !arrangement.shared.x, let label = panel.x.label, !label.isEmpty {
      let room = grid.xLabels[index].extent
      items.append(
        .text(
          TextRun(
            label, style: palette.labelStyle, at: Point(plot.midX, plot.maxY + room + theme.tickLength + 8),
            horizontal: .center, vertical: .top, maxWidth: plot.width, maxLines: 3)))
    }
    var left = plot.maxX
    for scale in prepared.ownColorScales(panel) {
      let bar = bar(scale, height: plot.height)
      items += bar.items(left: left, plot: plot)
      left += bar.width
    }
    return items
  }
}
