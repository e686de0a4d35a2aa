/// Finds the plot's rectangle: what is left when tick labels, axis labels and colour bars have their room.
package struct AxisLayout {
  package private(set) var plot: Rect
  package private(set) var xLabels = TickLabels()
  package private(set) var yLabels = TickLabels()
  /// Axis labels and colour bars.
  package private(set) var labelItems: [Primitive] = []

  private static let leastWidth = 60.0
  private static let leastHeight = 40.0

  /// - Throws: `PlottingError.tooSmall` where less than 60 × 40 points are left.
  package init(
    figure: PreparedFigure, palette: Palette, measurer: any TextMeasurer, area: Rect, frame: Rect
  ) throws(PlottingError) {
    let theme = palette.theme
    let xFitter = TickFitter(measurer: measurer, style: palette.tickStyle, limit: frame.height * 0.36)
    let yFitter = TickFitter(measurer: measurer, style: palette.tickStyle, limit: frame.width * 0.36)
    plot = area
    var bars: [ColorBarLayout] = []
    // Tick labels depend on the plot's size and the other way round; it settles at once or swings between two
    // states, of which the last is as good as the other.
    for _ in 0..<4 {
      let size = (max(plot.width, 1), max(plot.height, 1))
      xLabels = xFitter.horizontal(figure.x, length: size.0)
      yLabels = yFitter.vertical(figure.y, length: size.1)
      bars = figure.series.colorScales.map {
        ColorBarLayout(
          scale: figure.series.resolved($0, appearance: palette.appearance), height: size.1, palette: palette,
          measurer: measurer)
      }
      let yLabel = Self.thickness(figure.y.label, along: size.1, palette: palette, measurer: measurer)
      let xLabel = Self.thickness(figure.x.label, along: size.0, palette: palette, measurer: measurer)
      let yTicks = yLabels.extent > 0 ? yLabels.extent + theme.tickLength + 4 : 0
      let xTicks = xLabels.extent > 0 ? xLabels.extent + theme.tickLength + 3 : 0
      let barWidth = bars.reduce(0) { $0 + $1.width }
      let left = max(yLabel + yTicks, xLabels.overhang.start)
      let right = max(barWidth, xLabels.overhang.end)
      let bottom = max(xLabel + xTicks, yLabels.overhang.start)
      let top = yLabels.overhang.end
      plot = Rect(
        x: area.minX + left, y: area.minY + top, width: area.width - left - right,
        height: area.height - top - bottom)
    }
    guard plot.width >= Self.leastWidth, plot.height >= Self.leastHeight else {
      throw .tooSmall(
        width: frame.width, height: frame.height,
        neededWidth: (frame.width + max(0, Self.leastWidth - plot.width)).rounded(.up),
        neededHeight: (frame.height + max(0, Self.leastHeight - plot.height)).rounded(.up))
    }
    var left = plot.maxX
    for bar in bars {
      labelItems += bar.items(left: left, plot: plot)
      left += bar.width
    }
    addLabels(figure: figure, palette: palette, area: area)
  }

  package static func thickness(
    _ label: String?, along length: Double, palette: Palette, measurer: any TextMeasurer
  ) -> Double {
    guard let label, !label.isEmpty else { return 0 }
    return measurer.size(label, style: palette.labelStyle, maxWidth: length, maxLines: 3).height + 6
  }

  private mutating func addLabels(figure: PreparedFigure, palette: Palette, area: Rect) {
    if let label = figure.x.label, !label.isEmpty {
      labelItems.append(
        .text(
          TextRun(
            label, style: palette.labelStyle, at: Point(plot.midX, area.maxY), horizontal: .center,
            vertical: .bottom, maxWidth: plot.width, maxLines: 3)))
    }
    if let label = figure.y.label, !label.isEmpty {
      labelItems.append(
        .text(
          TextRun(
            label, style: palette.labelStyle, at: Point(area.minX, plot.midY), horizontal: .center,
            vertical: .top, angle: -90, maxWidth: plot.height, maxLines: 3)))
    }
  }
}
