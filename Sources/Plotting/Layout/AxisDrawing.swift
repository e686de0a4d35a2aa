/// Draws grid, axis lines, ticks and axis labels around a plot.
package struct AxisDrawing {
  package let figure: PreparedFigure
  package let palette: Palette
  package let canvas: PlotCanvas
  package let xLabels: TickLabels
  package let yLabels: TickLabels
  /// Whether ticks have words; panels leave them to their neighbours.
  package var showsX = true
  package var showsY = true

  private var plot: Rect { canvas.plot }
  private var theme: Theme { palette.theme }

  private var isMatrix: Bool {
    figure.summaries.contains { if case .none = $0.grid { true } else { false } }
  }

  private var hasHorizontalGrid: Bool {
    !isMatrix && figure.y.categories == nil
      && figure.summaries.contains { if case .vertical = $0.grid { false } else { true } }
  }

  private var hasVerticalGrid: Bool {
    guard !isMatrix, figure.x.categories == nil else { return false }
    return figure.summaries.contains {
      switch $0.grid {
      case .vertical, .both: true
      case .horizontal, .none: false
      }
    }
  }

  /// What lies behind the marks.
  package var backdrop: [Primitive] {
    let stroke = Stroke(palette.grid, width: theme.gridWidth)
    var items: [Primitive] = []
    if hasHorizontalGrid {
      for tick in yLabels.ticks where tick.label != nil {
        items.append(.stroke(horizontal(canvas.y(tick.value)), stroke))
      }
    }
    if hasVerticalGrid {
      for tick in xLabels.ticks where tick.label != nil {
        items.append(.stroke(vertical(canvas.x(tick.value)), stroke))
      }
    }
    return items
  }

  /// What lies in front of the marks.
  package var front: [Primitive] {
    var items: [Primitive] = []
    let stroke = Stroke(palette.axis, width: theme.axisWidth)
    if !isMatrix {
      if figure.y.categories == nil { items.append(.stroke(horizontal(plot.maxY), stroke)) }
      let barsGrowBothWays =
        figure.summaries.contains(where: \.x.includesZero) && figure.x.scale.domain.lowerBound < 0
      if (hasVerticalGrid || !hasHorizontalGrid) && !barsGrowBothWays {
        items.append(.stroke(vertical(plot.minX), stroke))
      }
      if figure.summaries.contains(where: \.y.includesZero), figure.y.scale.domain.lowerBound < 0 {
        items.append(.stroke(horizontal(canvas.y(0)), stroke))
      }
      if barsGrowBothWays {
        items.append(.stroke(vertical(canvas.x(0)), stroke))
      }
    }
    items += horizontalTicks + verticalTicks
    return items
  }

  private func horizontal(_ y: Double) -> Path { Path([Point(plot.minX, y), Point(plot.maxX, y)]) }
  private func vertical(_ x: Double) -> Path { Path([Point(x, plot.minY), Point(x, plot.maxY)]) }

  private var horizontalTicks: [Primitive] {
    var items: [Primitive] = []
    let hasMarks = figure.x.categories == nil
    for tick in xLabels.ticks {
      let x = canvas.x(tick.value)
      let length = tick.label == nil ? theme.tickLength * 0.6 : theme.tickLength
      if hasMarks {
        items.append(
          .stroke(
            Path([Point(x, plot.maxY), Point(x, plot.maxY + length)]), Stroke(palette.axis, width: 0.75)))
      }
      guard showsX, let label = tick.label else { continue }
      let isTurned = xLabels.angle != 0
      items.append(
        .text(
          TextRun(
            label, style: palette.tickStyle,
            at: Point(x + (isTurned ? 3 : 0), plot.maxY + theme.tickLength + 3),
            horizontal: isTurned ? .right : .center, vertical: .top, angle: xLabels.angle,
            maxWidth: xLabels.maxWidth, maxLines: xLabels.maxLines)))
    }
    return items
  }

  private var verticalTicks: [Primitive] {
    var items: [Primitive] = []
    let hasMarks = figure.y.categories == nil && (isMatrix || !hasHorizontalGrid || hasVerticalGrid)
    for tick in yLabels.ticks {
      let y = canvas.y(tick.value)
      let length = tick.label == nil ? theme.tickLength * 0.6 : theme.tickLength
      if hasMarks || tick.label == nil, figure.y.categories == nil {
        items.append(
          .stroke(
            Path([Point(plot.minX - length, y), Point(plot.minX, y)]), Stroke(palette.axis, width: 0.75)))
      }
      guard showsY, let label = tick.label else { continue }
      items.append(
        .text(
          TextRun(
            label, style: palette.tickStyle, at: Point(plot.minX - theme.tickLength - 4, y),
            horizontal: .right, maxWidth: yLabels.maxWidth, maxLines: yLabels.maxLines)))
    }
    return items
  }
}
