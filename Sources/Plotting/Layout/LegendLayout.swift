/// A legend of which the size is known and the place is not.
package struct LegendLayout {
  private let entries: [LegendEntry]
  private let more: Int
  private let places: [Point]
  package let size: Size
  private let palette: Palette

  private static let entryGap = 18.0
  private static let lineGap = 5.0

  /// One entry below the other; entries beyond the height are counted instead of shown.
  package static func column(
    _ entries: [LegendEntry], palette: Palette, measurer: any TextMeasurer, maxHeight: Double
  ) -> LegendLayout {
    let line = measurer.size("0", style: palette.tickStyle).height + lineGap
    let heights = entries.map { height(of: $0, line: line, palette, measurer) }
    func count(_ room: Double) -> Int {
      var used = 0.0
      return heights.prefix {
        used += $0
        return used <= room
      }.count
    }
    let most = max(1, count(maxHeight + lineGap + 1e-9))
    let shown = entries.count <= most ? entries.count : max(1, count(maxHeight + lineGap - line + 1e-9))
    let more = entries.count - shown
    var width = more > 0 ? measurer.size(moreText(more), style: palette.tickStyle).width : 0
    for entry in entries.prefix(shown) {
      width = max(
        width,
        palette.theme.keyWidth + palette.theme.keyGap
          + measurer.size(entry.name, style: palette.tickStyle).width)
    }
    var (places, used) = ([Point](), 0.0)
    for height in heights.prefix(shown) + (more > 0 ? [line] : []) {
      places.append(Point(0, used + 0.5 * height - lineGap / 2))
      used += height
    }
    return LegendLayout(
      entries: Array(entries.prefix(shown)), more: more, places: places,
      size: Size(width: width, height: used - lineGap), palette: palette)
  }

  /// The room of an entry: one line, or as many as its name has.
  private static func height(
    of entry: LegendEntry, line: Double, _ palette: Palette, _ measurer: any TextMeasurer
  ) -> Double {
    guard entry.name.contains(where: \.isNewline) else { return line }
    return max(line, measurer.size(entry.name, style: palette.tickStyle).height + lineGap)
  }

  /// Entries side by side in at most three lines; those beyond are counted instead of shown.
  package static func rows(
    _ entries: [LegendEntry], palette: Palette, measurer: any TextMeasurer, maxWidth: Double
  ) -> LegendLayout {
    let line = measurer.size("0", style: palette.tickStyle).height + lineGap
    let moreWidth = measurer.size(moreText(entries.count), style: palette.tickStyle).width + entryGap
    // The rows' heights follow from their entries: first where each stands in its row, then how high that is.
    var places: [(x: Double, row: Int)] = []
    var heights = [0.0]
    var (x, row, widest) = (0.0, 0, 0.0)
    for entry in entries {
      let width =
        palette.theme.keyWidth + palette.theme.keyGap
        + measurer.size(entry.name, style: palette.tickStyle).width
      let isLastRow = row == 2
      if x > 0, x + width > maxWidth - (isLastRow ? moreWidth : 0) {
        if isLastRow { break }
        row += 1
        heights.append(0)
        x = 0
      }
      places.append((x, row))
      heights[row] = max(heights[row], height(of: entry, line: line, palette, measurer))
      widest = max(widest, x + width)
      x += width + entryGap
    }
    let shown = places.count
    if shown < entries.count {
      places.append((x, row))
      heights[row] = max(heights[row], line)
    }
    let tops = heights.indices.map { heights[..<$0].reduce(0, +) }
    return LegendLayout(
      entries: Array(entries.prefix(shown)), more: entries.count - shown,
      places: places.map { Point($0.x, tops[$0.row] + 0.5 * heights[$0.row] - lineGap / 2) },
      size: Size(width: min(widest, maxWidth), height: heights.reduce(0, +) - lineGap), palette: palette)
  }

  private static func moreText(_ count: Int) -> String { "and \(count) more" }

  /// The primitives, with the upper left corner at a point.
  package func items(at origin: Point, series: SeriesTable, maxWidth: Double) -> [Primitive] {
    var items: [Primitive] = []
    for (entry, place) in zip(entries, places) {
      let middle = Point(origin.x + place.x, origin.y + place.y)
      items += key(entry, at: middle, series: series)
      let room = maxWidth - place.x - palette.theme.keyWidth - palette.theme.keyGap
      items.append(
        .text(
          TextRun(
            entry.name, style: palette.tickStyle,
            at: Point(middle.x + palette.theme.keyWidth + palette.theme.keyGap, middle.y),
            maxWidth: max(room, 20))))
    }
    if more > 0, let place = places.last {
      items.append(
        .text(
          TextRun(
            Self.moreText(more), style: palette.tickStyle, at: Point(origin.x + place.x, origin.y + place.y)))
      )
    }
    return items
  }

  private func key(_ entry: LegendEntry, at left: Point, series: SeriesTable) -> [Primitive] {
    let style = series.style(entry.name, emphasis: .automatic, palette: palette)
    let right = Point(left.x + palette.theme.keyWidth, left.y)
    let middle = Point(left.x + palette.theme.keyWidth / 2, left.y)
    var items: [Primitive] = []
    if entry.key.contains(.area) {
      let hasLine = !entry.key.isDisjoint(with: [.line, .plainLine, .symbol])
      let box =
        hasLine
        ? Rect(x: left.x, y: left.y - 5.5, width: palette.theme.keyWidth, height: 11)
        : Rect(x: middle.x - 6, y: left.y - 6, width: 12, height: 12)
      let color = hasLine ? palette.band(style.color) : style.color
      items.append(.fill(Path(box, radius: 1.5), color))
    }
    if !entry.key.isDisjoint(with: [.line, .plainLine]) {
      let dash: [Double] = entry.key.contains(.dashed) ? [5, 3] : style.dash
      let width = palette.theme.lineWidth * (style.isNull ? 0.7 : 1)
      items.append(.stroke(Path([left, right]), Stroke(style.color, width: width, dash: dash)))
    }
    if entry.key == .thinLine {
      items.append(.stroke(Path([left, right]), Stroke(style.color, width: palette.theme.lineWidth * 0.6)))
    }
    for (key, sign) in [(LegendKey.cross, CellMark.Sign.cross), (.disc, .disc)] where entry.key.contains(key)
    {
      items.append(.symbols([middle], CellMark.style(sign, palette: palette)))
    }
    let linesNeedSymbols = entry.key.contains(.line) && series.marksLines(of: entry.name) && !style.isNull
    if entry.key.contains(.symbol) || linesNeedSymbols {
      let outline =
        !entry.key.isDisjoint(with: [.line, .plainLine]) ? Stroke(palette.background, width: 1) : nil
      items.append(
        .symbols(
          [middle],
          SymbolStyle(style.symbol, size: palette.theme.symbolSize, fill: style.color, outline: outline)))
    }
    return items
  }
}

extension Palette {
  /// The paler shade of a colour that fills bands behind lines.
  package func band(_ color: Color) -> Color { color.opacity(appearance == .light ? 0.18 : 0.26) }
}

extension Theme {
  /// The width of a legend's key and its distance from the name, in points.
  fileprivate var keyWidth: Double { tickSize * 2.2 }
  fileprivate var keyGap: Double { tickSize * 0.6 }
}
