/// Lays a figure out in a frame: words around the edges, the axes they leave room for, marks, and at last the
/// labels and the legend where no data are.
package struct FigureComposer {
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
    addHeading(to: &items, area: &area)
    addNotes(to: &items, area: &area)
    guard spec.legend == .automatic, !figure.legendEntries.isEmpty else {
      return items + (try body(area, frame: frame, legend: spec.legend))
    }
    if let inside = try? bodyWithInsideLegend(area, frame: frame) { return items + inside }
    return items + (try body(area, frame: frame, legend: .above))
  }

  /// A size, at least the given one, at which the figure has room; labels grow with the figure, so one
  /// that is too small can't tell at once.
  package func enough(from size: Size) -> Size {
    var size = size
    for _ in 0..<30 where size.width < 20_000 && size.height < 20_000 {
      do throws(PlottingError) {
        _ = try compose(in: Rect(x: 0, y: 0, width: size.width, height: size.height))
        return size
      } catch .tooSmall(_, _, let width, let height) {
        size = Size(width: max(size.width, width), height: max(size.height, height))
      } catch {
        return size
      }
    }
    return size
  }

  // MARK: Words around the edges

  private func addHeading(to items: inout [Primitive], area: inout Rect) {
    let title = TextStyle(size: theme.titleSize, weight: .semibold, color: palette.ink)
    let subtitle = TextStyle(size: theme.subtitleSize, color: palette.secondaryInk)
    var used = 0.0
    for (text, style, lines) in [(spec.title, title, 2), (spec.subtitle, subtitle, 3)] {
      guard let text, !text.isEmpty else { continue }
      let size = measurer.size(text, style: style, maxWidth: area.width, maxLines: lines)
      items.append(
        .text(
          TextRun(
            text, style: style, at: Point(area.minX, area.minY + used), vertical: .top, maxWidth: area.width,
            maxLines: lines)))
      used += size.height + 3
    }
    if used > 0 { area.cutTop(used + 7) }
  }

  private func addNotes(to items: inout [Primitive], area: inout Rect) {
    let text = figure.notes.joined(separator: " ")
    guard !text.isEmpty else { return }
    let size = measurer.size(text, style: palette.noteStyle, maxWidth: area.width, maxLines: 3)
    items.append(
      .text(
        TextRun(
          text, style: palette.noteStyle, at: Point(area.minX, area.maxY), vertical: .bottom,
          maxWidth: area.width, maxLines: 3)))
    area.height -= size.height + 6
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
      let place = Self.emptyPlace(for: box, plot: plot, occupancy: drawn.occupancy)
    else {
      throw .tooSmall(width: frame.width, height: frame.height, neededWidth: 0, neededHeight: 0)
    }
    let origin = Point(place.minX + 6, place.minY + 5)
    return drawn.items + [.fill(Path(place, radius: 3), palette.background.opacity(0.85))]
      + legend.items(at: origin, figure: figure, maxWidth: legend.size.width + 1)
  }

  private func body(_ area: Rect, frame: Rect, legend: Legend) throws(PlottingError) -> [Primitive] {
    var area = area
    var items: [Primitive] = []
    let entries = figure.legendEntries
    switch legend {
    case .above where !entries.isEmpty:
      let rows = LegendLayout.rows(entries, palette: palette, measurer: measurer, maxWidth: area.width)
      items += rows.items(at: Point(area.minX, area.minY), figure: figure, maxWidth: area.width)
      area.cutTop(rows.size.height + 12)
    case .right where !entries.isEmpty:
      let column = LegendLayout.column(
        entries, palette: palette, measurer: measurer, maxHeight: area.height - 40)
      let width = min(column.size.width + 1, area.width * 0.45)
      items += column.items(at: Point(area.maxX - width, area.minY + 6), figure: figure, maxWidth: width)
      area.width -= width + 16
    case .automatic, .hidden, .above, .right: break
    }
    return items + (try draw(area, frame: frame)).items
  }

  private struct Drawn {
    var items: [Primitive]
    var plot: Rect
    var occupancy: Occupancy
  }

  private func draw(_ area: Rect, frame: Rect) throws(PlottingError) -> Drawn {
    let axes = try AxisLayout(figure: figure, palette: palette, measurer: measurer, area: area, frame: frame)
    var canvas = PlotCanvas(
      figure: figure, palette: palette, plot: axes.plot, xScale: figure.x.scale, yScale: figure.y.scale)
    let drawing = AxisDrawing(
      figure: figure, palette: palette, canvas: canvas, xLabels: axes.xLabels, yLabels: axes.yLabels)
    for mark in spec.marks { mark.draw(on: &canvas) }
    var occupancy = canvas.occupancy
    var labels = place(canvas.labels, plot: axes.plot, occupancy: &occupancy)
    for line in canvas.annotationLines { occupancy.add(line: line) }
    if figure.isEmpty { labels.append(emptyNote(axes.plot)) }
    let items = drawing.backdrop + canvas.items + drawing.front + axes.labelItems + labels
    return Drawn(items: items, plot: axes.plot, occupancy: occupancy)
  }

  private func emptyNote(_ plot: Rect) -> Primitive {
    .text(
      TextRun("no data", style: palette.labelStyle, at: Point(plot.midX, plot.midY), horizontal: .center))
  }

  // MARK: What looks for a place

  private func place(_ requests: [LabelRequest], plot: Rect, occupancy: inout Occupancy) -> [Primitive] {
    var items: [Primitive] = []
    let room = plot.inset(by: -2)
    for request in requests {
      var best: (share: Double, run: TextRun, box: Rect)?
      for candidate in request.candidates {
        let box = measurer.bounds(candidate)
        let share = occupancy.share(of: box) + (room.contains(box) ? 0 : 10)
        if share < best?.share ?? .infinity { best = (share, candidate, box) }
        if share == 0 { break }
      }
      guard let best else { continue }
      var run = Self.inside(best.run, box: best.box, room: room)
      if occupancy.share(of: best.box) > 0.3 {
        // On top of data a halo alone is hard to read.
        let box = measurer.bounds(run).inset(by: -2)
        items.append(.fill(Path(box, radius: 2), palette.background.opacity(0.85)))
        run.halo = nil
      }
      items.append(.text(run))
      occupancy.add(rect: best.box)
    }
    return items
  }

  /// A label that fits nowhere is moved into the plot and cut at its width.
  private static func inside(_ run: TextRun, box: Rect, room: Rect) -> TextRun {
    guard !room.contains(box), run.angle == 0 else { return run }
    var moved = run
    let width = min(box.width, room.width)
    let left = min(max(box.minX, room.minX), room.maxX - width)
    let top = min(max(box.minY, room.minY), room.maxY - min(box.height, room.height))
    moved.horizontal = .left
    moved.vertical = .top
    moved.position = Point(left, top)
    if box.width > room.width { moved.maxWidth = room.width }
    return moved
  }

  private static func emptyPlace(for box: Size, plot: Rect, occupancy: Occupancy) -> Rect? {
    let room = plot.inset(by: 6)
    let xs = [room.maxX - box.width, room.minX, room.midX - box.width / 2]
    let ys = [room.minY, room.maxY - box.height, room.midY - box.height / 2]
    let order = [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (2, 0), (2, 1), (1, 2)]
    for (i, j) in order {
      let place = Rect(x: xs[i], y: ys[j], width: box.width, height: box.height)
      if occupancy.share(of: place.inset(by: -4)) == 0 { return place }
    }
    return nil
  }
}

extension Rect {
  fileprivate mutating func cutTop(_ amount: Double) {
    minY += amount
    height -= amount
  }
}
