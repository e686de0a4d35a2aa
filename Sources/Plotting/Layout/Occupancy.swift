/// Remembers, on a coarse grid, where something was drawn, so that legends and labels can keep away.
package struct Occupancy: Sendable {
  private static let cell = 4.0
  private let area: Rect
  private let columns: Int
  private let rows: Int
  private var taken: [Bool]

  package init(area: Rect) {
    self.area = area
    columns = max(1, Int((max(area.width, 1) / Self.cell).rounded(.up)))
    rows = max(1, Int((max(area.height, 1) / Self.cell).rounded(.up)))
    taken = Array(repeating: false, count: columns * rows)
  }

  package mutating func add(rect: Rect) {
    guard let part = rect.intersection(area) else { return }
    let (left, right) = columnRange(part.minX, part.maxX)
    let (top, bottom) = rowRange(part.minY, part.maxY)
    for row in top...bottom {
      for column in left...right { taken[row * columns + column] = true }
    }
  }

  /// Adds every cell that a line passes.
  package mutating func add(line points: [Point]) {
    guard let first = points.first else { return }
    var previous = first
    for point in points {
      let length = max(abs(point.x - previous.x), abs(point.y - previous.y))
      let steps = max(1, Int((length / (Self.cell * 0.75)).rounded(.up)))
      for step in 0...steps {
        let t = Double(step) / Double(steps)
        add(Point(previous.x + (point.x - previous.x) * t, previous.y + (point.y - previous.y) * t))
      }
      previous = point
    }
  }

  /// Adds every cell whose middle lies inside a polygon.
  package mutating func add(polygon points: [Point]) {
    add(line: points)
    for row in 0..<rows {
      let y = area.minY + (Double(row) + 0.5) * Self.cell
      var crossings: [Double] = []
      guard var a = points.last else { return }
      for b in points {
        if (a.y <= y) != (b.y <= y) { crossings.append(a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y)) }
        a = b
      }
      crossings.sort()
      for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
        let (left, right) = columnRange(crossings[pair], crossings[pair + 1])
        for column in left...right { taken[row * columns + column] = true }
      }
    }
  }

  /// The part, 0...1, of a rectangle that is taken; what lies outside the area counts as free.
  package func share(of rect: Rect) -> Double {
    guard let part = rect.intersection(area) else { return 0 }
    let (left, right) = columnRange(part.minX, part.maxX)
    let (top, bottom) = rowRange(part.minY, part.maxY)
    var count = 0
    for row in top...bottom {
      for column in left...right where taken[row * columns + column] { count += 1 }
    }
    return Double(count) / Double((bottom - top + 1) * (right - left + 1))
  }

  private mutating func add(_ point: Point) {
    guard area.contains(point) else { return }
    let (column, _) = columnRange(point.x, point.x)
    let (row, _) = rowRange(point.y, point.y)
    taken[row * columns + column] = true
  }

  private func columnRange(_ from: Double, _ to: Double) -> (Int, Int) {
    (index(from - area.minX, columns), index(to - area.minX, columns))
  }

  private func rowRange(_ from: Double, _ to: Double) -> (Int, Int) {
    (index(from - area.minY, rows), index(to - area.minY, rows))
  }

  private func index(_ offset: Double, _ count: Int) -> Int {
    Int(min(max(offset / Self.cell, 0), Double(count - 1)))
  }
}
