/// Cuts geometry at a rectangle before it reaches Cairo, whose fixed-point coordinates wrap around
/// for values far outside the page.
package enum Clipping {
  /// The part of a segment inside the rectangle (Liang and Barsky 1984); nil where there is none.
  package static func segment(_ a: Point, _ b: Point, in rect: Rect) -> (Point, Point)? {
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    var enter = 0.0
    var leave = 1.0
    func cut(_ p: Double, _ q: Double) -> Bool {
      if p == 0 { return q >= 0 }
      let t = q / p
      if p < 0 { enter = max(enter, t) } else { leave = min(leave, t) }
      return enter <= leave
    }
    guard cut(-dx, a.x - rect.minX), cut(dx, rect.maxX - a.x), cut(-dy, a.y - rect.minY),
      cut(dy, rect.maxY - a.y)
    else { return nil }
    let start = enter > 0 ? Point(a.x + enter * dx, a.y + enter * dy) : a
    let end = leave < 1 ? Point(a.x + leave * dx, a.y + leave * dy) : b
    return (start, end)
  }

  /// The pieces of a line that lie inside the rectangle; a point that is not finite breaks the line.
  package static func polyline(_ points: [Point], in rect: Rect) -> [[Point]] {
    var pieces: [[Point]] = []
    var piece: [Point] = []
    var previous: Point?
    func flush() {
      if !piece.isEmpty { pieces.append(piece) }
      piece = []
    }
    for point in points {
      guard point.isFinite else {
        if let last = previous, piece.isEmpty, rect.contains(last) { piece = [last] }
        flush()
        previous = nil
        continue
      }
      if let last = previous {
        if let (start, end) = segment(last, point, in: rect) {
          if piece.last != start {
            flush()
            piece = [start]
          }
          piece.append(end)
          if end != point { flush() }
        } else {
          flush()
        }
      } else if rect.contains(point) {
        piece = [point]
      }
      previous = point
    }
    flush()
    return pieces
  }

  /// The part of a polygon inside the rectangle (Sutherland and Hodgman 1974); empty where there is none.
  package static func polygon(_ points: [Point], in rect: Rect) -> [Point] {
    var result = points
    func cut(_ inside: (Point) -> Bool, _ crossing: (Point, Point) -> Point) {
      guard var previous = result.last else { return }
      var kept: [Point] = []
      kept.reserveCapacity(result.count)
      for point in result {
        if inside(point) != inside(previous) { kept.append(crossing(previous, point)) }
        if inside(point) { kept.append(point) }
        previous = point
      }
      result = kept
    }
    func atX(_ x: Double) -> (Point, Point) -> Point {
      { a, b in Point(x, a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)) }
    }
    func atY(_ y: Double) -> (Point, Point) -> Point {
      { a, b in Point(a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y), y) }
    }
    cut({ $0.x >= rect.minX }, atX(rect.minX))
    cut({ $0.x <= rect.maxX }, atX(rect.maxX))
    cut({ $0.y >= rect.minY }, atY(rect.minY))
    cut({ $0.y <= rect.maxY }, atY(rect.maxY))
    return result
  }
}
