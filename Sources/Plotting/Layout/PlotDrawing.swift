/// Draws one plot in its rectangle: grid, marks, axes, and at last the labels that look for a place.
package struct PlotDrawing {
  package let figure: PreparedFigure
  package let palette: Palette
  package let measurer: any TextMeasurer

  package init(figure: PreparedFigure, palette: Palette, measurer: any TextMeasurer) {
    (self.figure, self.palette, self.measurer) = (figure, palette, measurer)
  }

  /// The primitives; an axis that a neighbour labels shows its ticks without words.
  package func draw(
    in plot: Rect, xLabels: TickLabels, yLabels: TickLabels, showsX: Bool = true, showsY: Bool = true
  ) -> DrawnPlot {
    var canvas = PlotCanvas(
      figure: figure, palette: palette, plot: plot, xScale: figure.x.scale, yScale: figure.y.scale)
    let drawing = AxisDrawing(
      figure: figure, palette: palette, canvas: canvas, xLabels: xLabels, yLabels: yLabels, showsX: showsX,
      showsY: showsY)
    for mark in figure.figure.marks { mark.draw(on: &canvas) }
    var occupancy = canvas.occupancy
    var labels = place(canvas.labels, plot: plot, occupancy: &occupancy)
    for line in canvas.annotationLines { occupancy.add(line: line) }
    if figure.isEmpty { labels.append(emptyNote(plot)) }
    let items = drawing.backdrop + canvas.items + drawing.front + labels
    return DrawnPlot(items: items, plot: plot, occupancy: occupancy)
  }

  private func emptyNote(_ plot: Rect) -> Primitive {
    .text(
      TextRun("no data", style: palette.labelStyle, at: Point(plot.midX, plot.midY), horizontal: .center))
  }

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
}

/// A plot with its primitives and the places they cover.
package struct DrawnPlot {
  package var items: [Primitive]
  package let plot: Rect
  package let occupancy: Occupancy

  /// A place in a corner or at an edge of the plot where no data are.
  package func emptyPlace(for box: Size) -> Rect? {
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
