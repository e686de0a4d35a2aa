/// The shapes that tell series apart beside their colours.
public enum Symbol: String, CaseIterable, Hashable, Sendable {
  /// A disc, the first series'.
  case circle
  /// Standing on a side.
  case square
  /// Pointing up.
  case triangle
  /// A square on a corner.
  case diamond
  /// Pointing down.
  case invertedTriangle
  /// Two thick lines, diagonal.
  case cross
  /// Two thick lines, upright and level.
  case plus

  /// The outline around the origin, all shapes of about the area of a circle of that diameter, in points.
  package func path(size: Double) -> Path {
    let r = size / 2
    switch self {
    case .circle: return Path(Rect(x: -r, y: -r, width: size, height: size), radius: r)
    case .square:
      let half = r * 0.89
      return Path(Rect(x: -half, y: -half, width: 2 * half, height: 2 * half))
    case .triangle: return Self.triangle(r, up: true)
    case .invertedTriangle: return Self.triangle(r, up: false)
    case .diamond:
      let half = r * 1.25
      return Path([Point(0, -half), Point(half, 0), Point(0, half), Point(-half, 0)], closed: true)
    case .plus: return Self.bars(arm: r * 1.2, half: r * 0.4, turned: false)
    case .cross: return Self.bars(arm: r * 1.2, half: r * 0.4, turned: true)
    }
  }

  private static func triangle(_ r: Double, up: Bool) -> Path {
    let sign = up ? 1.0 : -1
    let side = r * 1.2
    return Path(
      [Point(0, -side * sign), Point(side, 0.85 * side * sign), Point(-side, 0.85 * side * sign)],
      closed: true)
  }

  private static func bars(arm a: Double, half h: Double, turned: Bool) -> Path {
    let corners = [
      (-h, -a), (h, -a), (h, -h), (a, -h), (a, h), (h, h), (h, a), (-h, a), (-h, h), (-a, h), (-a, -h),
      (-h, -h),
    ]
    let k = 0.5.squareRoot()
    return Path(
      corners.map { turned ? Point(($0.0 - $0.1) * k, ($0.0 + $0.1) * k) : Point($0.0, $0.1) }, closed: true)
  }
}

/// How symbols are drawn: the diameter in points, a fill and an outline that sets them apart.
public struct SymbolStyle: Hashable, Sendable {
  /// The shape.
  public var symbol: Symbol
  /// The diameter in points; all shapes of one size have about the same area.
  public var size: Double
  /// The colour inside.
  public var fill: Color
  /// The line around it; nil for none.
  public var outline: Stroke?

  /// A filled shape, with an outline only if one is given.
  public init(_ symbol: Symbol, size: Double, fill: Color, outline: Stroke? = nil) {
    self.symbol = symbol
    self.size = size
    self.fill = fill
    self.outline = outline
  }
}
