/// Leaves out points of a line that nobody could see: of all points that follow each other within a quarter of a
/// point's width, the first, the lowest, the highest and the last are kept (the M4 aggregation of Jugel et al.,
/// VLDB 2014), so that no extreme is lost and the picture stays the same.
package enum LineDecimation {
  /// The width of a column, in points: a fourth of a pixel at 1×.
  package static let columnWidth = 0.25
  /// Shorter lines are left as they are.
  package static let least = 2_000

  /// The points that are needed; those that are not finite stay, since they break the line.
  package static func reduced(_ points: [Point]) -> [Point] {
    guard points.count > least else { return points }
    var kept: [Point] = []
    kept.reserveCapacity(8_000)
    var start = 0
    while start < points.count {
      guard points[start].isFinite else {
        // One break is as good as many.
        if kept.last?.isFinite ?? true { kept.append(points[start]) }
        start += 1
        continue
      }
      let column = column(points[start])
      var (lowest, highest, end) = (start, start, start)
      while end + 1 < points.count, points[end + 1].isFinite, self.column(points[end + 1]) == column {
        end += 1
        if points[end].y < points[lowest].y { lowest = end }
        if points[end].y > points[highest].y { highest = end }
      }
      var last = -1
      for index in [start, min(lowest, highest), max(lowest, highest), end] where index > last {
        kept.append(points[index])
        last = index
      }
      start = end + 1
    }
    return kept
  }

  private static func column(_ point: Point) -> Double { (point.x / columnWidth).rounded(.down) }
}
