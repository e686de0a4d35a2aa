/// Knows how large words will be drawn, so that the layout can make room for them.
package protocol TextMeasurer {
  /// The size in points, wrapped at a width and cut after some lines.
  func size(_ content: String, style: TextStyle, maxWidth: Double?, maxLines: Int) -> Size
}

extension TextMeasurer {
  package func size(_ content: String, style: TextStyle) -> Size {
    size(content, style: style, maxWidth: nil, maxLines: 1)
  }

  /// The upright box around a run, whatever its angle.
  package func bounds(_ run: TextRun) -> Rect {
    let size = size(run.content, style: run.style, maxWidth: run.maxWidth, maxLines: run.maxLines)
    let left = -size.width * run.horizontal.rawValue
    let top = -size.height * run.vertical.rawValue
    let (sine, cosine) = Rotation.of(run.angle)
    var (minX, minY) = (Double.infinity, Double.infinity)
    var (maxX, maxY) = (-Double.infinity, -Double.infinity)
    for (x, y) in [
      (left, top), (left + size.width, top), (left, top + size.height),
      (left + size.width, top + size.height),
    ] {
      let (px, py) = (run.position.x + x * cosine - y * sine, run.position.y + x * sine + y * cosine)
      (minX, maxX) = (min(minX, px), max(maxX, px))
      (minY, maxY) = (min(minY, py), max(maxY, py))
    }
    return Rect(x: minX, y: minY, width: maxX - minX, height: maxY - minY)
  }
}
