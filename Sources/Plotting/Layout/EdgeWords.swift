/// The words around the edges of a figure: title, subtitle and notes.
package struct EdgeWords {
  package let palette: Palette
  package let measurer: any TextMeasurer

  private var theme: Theme { palette.theme }

  /// Title and subtitle at the upper left; the area begins below them.
  package func addHeading(
    title heading: String?, subtitle quiet: String?, to items: inout [Primitive], area: inout Rect
  ) {
    let title = TextStyle(size: theme.titleSize, weight: .semibold, color: palette.ink)
    let subtitle = TextStyle(size: theme.subtitleSize, color: palette.secondaryInk)
    var used = 0.0
    for (text, style, lines) in [(heading, title, 2), (quiet, subtitle, 3)] {
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

  /// What the reader should know of the data, at the lower left; the area ends above it.
  package func addNotes(_ notes: [String], to items: inout [Primitive], area: inout Rect) {
    let text = notes.joined(separator: " ")
    guard !text.isEmpty else { return }
    let size = measurer.size(text, style: palette.noteStyle, maxWidth: area.width, maxLines: 3)
    items.append(
      .text(
        TextRun(
          text, style: palette.noteStyle, at: Point(area.minX, area.maxY), vertical: .bottom,
          maxWidth: area.width, maxLines: 3)))
    area.height -= size.height + 6
  }
}

extension Rect {
  package mutating func cutTop(_ amount: Double) {
    minY += amount
    height -= amount
  }
}
