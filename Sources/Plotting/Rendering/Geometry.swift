/// A place on the page, in points, y pointing down.
public struct Point: Hashable, Sendable {
  /// From the left edge, in points.
  public var x: Double
  /// From the upper edge, in points, growing downwards.
  public var y: Double

  /// A place by its distances from the left and the upper edge.
  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }

  /// Whether both coordinates are finite, so that something can be drawn here.
  public var isFinite: Bool { x.isFinite && y.isFinite }
}

/// A width and a height, in points.
public struct Size: Hashable, Sendable {
  /// From left to right, in points.
  public var width: Double
  /// From top to bottom, in points.
  public var height: Double

  /// A size in points.
  public init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }
}

/// An axis-parallel rectangle, in points, y pointing down.
public struct Rect: Hashable, Sendable {
  /// The left edge.
  public var minX: Double
  /// The upper edge.
  public var minY: Double
  /// From left to right, in points.
  public var width: Double
  /// From top to bottom, in points.
  public var height: Double

  /// A rectangle by its upper left corner and its size.
  public init(x: Double, y: Double, width: Double, height: Double) {
    minX = x
    minY = y
    self.width = width
    self.height = height
  }

  /// The rectangle that two opposite corners span.
  public init(_ a: Point, _ b: Point) {
    self.init(x: min(a.x, b.x), y: min(a.y, b.y), width: abs(a.x - b.x), height: abs(a.y - b.y))
  }

  /// The right edge.
  public var maxX: Double { minX + width }
  /// The lower edge.
  public var maxY: Double { minY + height }
  /// Half-way between left and right.
  public var midX: Double { minX + width / 2 }
  /// Half-way between top and bottom.
  public var midY: Double { minY + height / 2 }

  /// The rectangle moved inwards on every side (outwards where the distance is negative), in points.
  public func inset(by distance: Double) -> Rect {
    Rect(x: minX + distance, y: minY + distance, width: width - 2 * distance, height: height - 2 * distance)
  }

  /// Whether the point lies inside or on an edge.
  public func contains(_ point: Point) -> Bool {
    point.x >= minX && point.x <= maxX && point.y >= minY && point.y <= maxY
  }

  /// Whether no part of the other is outside.
  public func contains(_ other: Rect) -> Bool {
    other.minX >= minX && other.maxX <= maxX && other.minY >= minY && other.maxY <= maxY
  }

  /// Whether the two have an area in common; touching edges have none.
  public func intersects(_ other: Rect) -> Bool {
    other.minX < maxX && other.maxX > minX && other.minY < maxY && other.maxY > minY
  }

  /// The part inside another rectangle; nil where they do not meet.
  public func intersection(_ other: Rect) -> Rect? {
    let left = max(minX, other.minX)
    let right = min(maxX, other.maxX)
    let top = max(minY, other.minY)
    let bottom = min(maxY, other.maxY)
    guard right >= left, bottom >= top else { return nil }
    return Rect(x: left, y: top, width: right - left, height: bottom - top)
  }
}

/// An outline of straight and curved pieces.
public struct Path: Hashable, Sendable {
  /// One piece of an outline, from where the last one ended.
  public enum Element: Hashable, Sendable {
    /// Begins a new piece of the outline here.
    case move(Point)
    /// A straight line to here.
    case line(Point)
    /// A cubic Bézier curve: two control points, then its end.
    case curve(Point, Point, Point)
    /// A straight line back to where this piece began.
    case close

    /// Control points and end, in order.
    package var points: [Point] {
      switch self {
      case .move(let point), .line(let point): [point]
      case .curve(let a, let b, let c): [a, b, c]
      case .close: []
      }
    }
  }

  /// From the first to the last.
  public var elements: [Element] = []

  /// An outline without any piece.
  public init() {}

  /// Straight lines through the points.
  public init(_ points: [Point], closed: Bool = false) {
    elements.reserveCapacity(points.count + 1)
    for (index, point) in points.enumerated() {
      elements.append(index == 0 ? .move(point) : .line(point))
    }
    if closed, !points.isEmpty { elements.append(.close) }
  }

  /// A rectangle, its corners rounded by a radius in points.
  public init(_ rect: Rect, radius: Double = 0) {
    let r = min(radius, rect.width / 2, rect.height / 2)
    guard r > 0 else {
      elements = [
        .move(Point(rect.minX, rect.minY)), .line(Point(rect.maxX, rect.minY)),
        .line(Point(rect.maxX, rect.maxY)), .line(Point(rect.minX, rect.maxY)), .close,
      ]
      return
    }
    let k = r * (1 - 0.5523)
    let (l, t, right, b) = (rect.minX, rect.minY, rect.maxX, rect.maxY)
    elements = [
      .move(Point(l + r, t)), .line(Point(right - r, t)),
      .curve(Point(right - k, t), Point(right, t + k), Point(right, t + r)), .line(Point(right, b - r)),
      .curve(Point(right, b - k), Point(right - k, b), Point(right - r, b)), .line(Point(l + r, b)),
      .curve(Point(l + k, b), Point(l, b - k), Point(l, b - r)), .line(Point(l, t + r)),
      .curve(Point(l, t + k), Point(l + k, t), Point(l + r, t)), .close,
    ]
  }
}
