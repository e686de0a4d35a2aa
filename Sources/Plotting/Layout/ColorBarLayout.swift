/// The bar at the right of a plot that says which colour means which value.
package struct ColorBarLayout {
  package let scale: ResolvedColorScale
  package let width: Double
  private let palette: Palette
  private let ticks: [Tick]
  private let label: String?
  private let labelWidth: Double
  private let tickWidth: Double

  private static let gap = 16.0
  private static let bar = 12.0

  package init(scale: ResolvedColorScale, height: Double, palette: Palette, measurer: any TextMeasurer) {
    self.scale = scale
    self.palette = palette
    let line = measurer.size("0", style: palette.tickStyle).height
    let target = max(2, min(7, Int((height - Self.room(scale.infinities)) / (line * 3))))
    let offset = TickOffset(scale.domain)
    ticks =
      offset?.ticks(in: scale.domain, target: target, whole: false)
      ?? LinearScale(domain: scale.domain).ticks(target: target, whole: false)
    label = offset.map { $0.label(scale.label) } ?? scale.label
    let words = ticks.compactMap(\.label) + Self.keys(scale.infinities).map(\.word)
    tickWidth = words.map { measurer.size($0, style: palette.tickStyle).width }.max() ?? 0
    labelWidth =
      label.map {
        measurer.size($0, style: palette.labelStyle, maxWidth: height, maxLines: 2).height + 8
      } ?? 0
    width = Self.gap + Self.bar + 6 + tickWidth + labelWidth
  }

  /// The room that the signs of infinite values take beyond the bar's ends.
  private static let keyRoom = 24.0

  private static func room(_ infinities: (above: Bool, below: Bool)) -> Double {
    keyRoom * Double((infinities.above ? 1 : 0) + (infinities.below ? 1 : 0))
  }

  private static func keys(_ infinities: (above: Bool, below: Bool)) -> [(value: Double, word: String)] {
    (infinities.above ? [(.infinity, "∞")] : []) + (infinities.below ? [(-.infinity, "−∞")] : [])
  }

  /// The primitives, the bar standing at the right of `left` beside the plot.
  package func items(left: Double, plot: Rect) -> [Primitive] {
    let bar = Rect(
      x: left + Self.gap, y: plot.minY + (scale.infinities.above ? Self.keyRoom : 0), width: Self.bar,
      height: plot.height - Self.room(scale.infinities))
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
    for (value, word) in Self.keys(scale.infinities) {
      let box = Rect(
        x: bar.minX, y: value > 0 ? plot.minY : plot.maxY - Self.bar, width: Self.bar, height: Self.bar)
      items.append(.fill(Path(box), palette.missing))
      if let sign = Symbol.ofInfinity(value) {
        let style = SymbolStyle(sign, size: Self.bar * 0.5, fill: palette.ink(on: palette.missing))
        items.append(.symbols([Point(box.midX, box.midY)], style))
      }
      items.append(.text(TextRun(word, style: palette.tickStyle, at: Point(bar.maxX + 6, box.midY))))
    }
    if let label {
      items.append(
        .text(
          TextRun(
            label, style: palette.labelStyle, at: Point(bar.maxX + 6 + tickWidth + 8, plot.midY),
            horizontal: .center, vertical: .top, angle: -90, maxWidth: plot.height, maxLines: 2)))
    }
    return items
  }
}
