/// The geometry of an arrow: a shaft, straight or bowed, and a head that ends at the goal; all in points.
public struct ArrowShape: Hashable, Sendable {
  /// The shaft, ending where the head begins; empty where start and end are too close.
  public let shaft: Path
  /// The head, a closed outline that ends at the goal.
  public let head: Path
  /// Of the shaft, in points.
  public let width: Double
  /// Half-way along the shaft.
  public let middle: Point

  /// An arrow that keeps `startGap` and `endGap` points away from its ends.
  ///
  /// - Parameters:
  ///   - bend: How far the shaft bows to its left, as a part of its length.
  ///   - width: Of the shaft; the head grows with it.
  ///   - head: The length of the head, at most 60 % of the arrow; nil for what suits the width.
  public init(
    from start: Point, to end: Point, bend: Double = 0, width: Double, head: Double? = nil,
    startGap: Double = 0, endGap: Double = 0
  ) {
    self.width = width
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = (dx * dx + dy * dy).squareRoot()
    guard length > 1e-6, length.isFinite else {
      (shaft, self.head, middle) = (Path(), Path(), start)
      return
    }
    // A quadratic curve whose control point lies to the left of the line.
    let control = Point((start.x + end.x) / 2 + dy * bend, (start.y + end.y) / 2 - dx * bend)
    func along(_ from: Point, _ to: Point, _ distance: Double) -> Point {
      let (x, y) = (to.x - from.x, to.y - from.y)
      let size = max((x * x + y * y).squareRoot(), 1e-9)
      return Point(from.x + x / size * distance, from.y + y / size * distance)
    }
    let room = max(length - startGap - endGap, 0.5)
    let headLength = min(head ?? (4.5 + width * 2.2), room * 0.6)
    let first = along(start, control, min(startGap, length * 0.45))
    let tip = along(end, control, min(endGap, length * 0.45))
    let base = along(tip, control, headLength)
    let neck = along(tip, control, headLength * 0.8)
    let half = headLength * 0.42
    let direction = along(Point(0, 0), Point(tip.x - base.x, tip.y - base.y), 1)
    self.head = Path(
      [
        tip, Point(base.x - direction.y * half, base.y + direction.x * half), neck,
        Point(base.x + direction.y * half, base.y - direction.x * half),
      ], closed: true)
    func toward(_ a: Point, _ b: Point) -> Point {
      Point(a.x + (b.x - a.x) * 2 / 3, a.y + (b.y - a.y) * 2 / 3)
    }
    var shaft = Path()
    shaft.elements = [.move(first)]
    shaft.elements.append(
      bend == 0 ? .line(neck) : .curve(toward(first, control), toward(neck, control), neck))
    self.shaft = shaft
    middle = Point(
      first.x * 0.25 + control.x * 0.5 + tip.x * 0.25, first.y * 0.25 + control.y * 0.5 + tip.y * 0.25)
  }

  /// An arrow from a round node to itself: out at its upper left, over it, back in at its upper right.
  package init(loopOver center: Point, radius: Double, width: Double) {
    let size = radius * 2.9
    let start = Point(center.x - radius * 0.5, center.y - radius * 0.87)
    let end = Point(center.x + radius * 0.5 + 1, center.y - radius * 0.87 - 1.5)
    let above = Point(center.x + radius * 1.2, center.y - size)
    let head = ArrowShape(from: above, to: end, width: width, head: 5 + width * 1.2)
    var shaft = Path()
    let neck = head.shaft.elements.last?.points.last ?? end
    shaft.elements = [
      .move(start), .curve(Point(center.x - radius * 1.2, center.y - size), above, neck),
    ]
    (self.shaft, self.head, self.width) = (shaft, head.head, width)
    middle = Point(center.x, center.y - size * 0.8)
  }
}
