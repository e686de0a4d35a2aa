/// The bar at the right of a plot that says which colour means which value.
package struct ColorBarLayout {
  package let scale: ResolvedColorScale
  package let width: Double
  private let palette: Palette
  private let ticks: [Tick]
  private let labelWidth: Double
  private let tickWidth: Double

  private static let gap = 16.0
  private static let bar = 12.0

  package init(scale: ResolvedColorScale, height: Double, palette: Palette, measurer: any TextMeasurer) {
    self.scale = scale
    self.palette = palette
    let line = measurer.size("0", style: palette.tickStyle).height
    let target = max(2, min(7, Int(height / (line * 3))))
    ticks = LinearScale(domain: scale.domain).ticks(target: target, whole: false)
    tickWidth = ticks.compactMap(\.label).map { measurer.size($0, style: palette.tickStyle).width }.max() ?? 0
    labelWidth =
      scale.label.map {
        measurer.size($0, style: palette.labelStyle, maxWidth: height, maxLines: 2).height + 8
      } ?? 0
    width = Self.gap + Self.bar + 6 + tickWidth + labelWidth
  }

  /// The primitives, the bar standing at the right of `left` beside the plot.
  package func items(left: Double, plot: Rect) -> [Primitive] {
    let bar = Rect(x: left + Self.gap, y: plot.minY, width: Self.bar, height: plot.height)
    let count = scale.ramp.colors.count
    var items: [Primitive] = [
      .raster(Raster(rows: count, columns: 1, colors: scale.ramp.colors.reversed()), bar)
    ]
    let axis = LinearScale(domain: scale.domain)
    for tick in ticks {
      let y = bar.maxY - axis.position(tick.value) * bar.height
      items.append(
        .stroke(Path([Point(bar.maxX, y), Point(bar.maxX + 3, y)]), Stroke(palette.axis, width: 0.75)))
      items.append(
        .text(TextRun(tick.label ?? "", style: palette.tickStyle, at: Point(bar.maxX + 6, y))))
    }
    if let label = scale.label {
      items.append(
        .text(
          TextRun(
            label, style: palette.labelStyle, at: Point(bar.maxX + 6 + tickWidth + 8, plot.midY),
            horizontal: .center, vertical: .top, angle: -90, maxWidth: plot.height, maxLines: 2)))
    }
    return items
  }
}
