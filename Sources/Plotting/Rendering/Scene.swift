import Base

/// What a figure looks like, as primitives in drawing order; holds no trace of marks or scales.
public struct Scene: Sendable {
  public var width: Double
  public var height: Double
  public var background: Color
  public var title = ""
  public var items: [Primitive] = []

  public init(width: Double, height: Double, background: Color) {
    self.width = width
    self.height = height
    self.background = background
  }
}

/// Something that a renderer can draw.
public enum Primitive: Hashable, Sendable {
  case fill(Path, Color)
  case stroke(Path, Stroke)
  case symbols([Point], SymbolStyle)
  /// One colour for each point, instead of the style's.
  case coloredSymbols([Point], [Color], SymbolStyle)
  case raster(Raster, Rect)
  case text(TextRun)
  /// Draws nothing: where the data of a mark lie that are linked in the page.
  case linked(LinkedData)
}

/// How a line is drawn; lengths in points.
public struct Stroke: Hashable, Sendable {
  public enum Cap: Hashable, Sendable { case butt, round }
  public var color: Color
  public var width: Double
  public var dash: [Double]
  public var cap: Cap

  public init(_ color: Color, width: Double, dash: [Double] = [], cap: Cap = .butt) {
    self.color = color
    self.width = width
    self.dash = dash
    self.cap = cap
  }
}

/// A grid of colours, row by row from the top.
public struct Raster: Hashable, Sendable {
  public var rows: Int
  public var columns: Int
  public var colors: [Color]

  public init(rows: Int, columns: Int, colors: [Color]) {
    ensure(colors.count == rows * columns, "\(colors.count) colours for \(rows) × \(columns) cells")
    self.rows = rows
    self.columns = columns
    self.colors = colors
  }
}

/// The look of letters; the size in points.
public struct TextStyle: Hashable, Sendable {
  public enum Weight: Int, Hashable, Sendable {
    case regular = 400
    case medium = 500
    case semibold = 600
  }
  public var size: Double
  public var weight: Weight
  public var color: Color

  public init(size: Double, weight: Weight = .regular, color: Color) {
    self.size = size
    self.weight = weight
    self.color = color
  }
}

/// Words at a place; `$…$` inside them sets mathematics.
public struct TextRun: Hashable, Sendable {
  public enum Horizontal: Double, Hashable, Sendable {
    case left = 0
    case center = 0.5
    case right = 1
  }
  public enum Vertical: Double, Hashable, Sendable {
    case top = 0
    case middle = 0.5
    case bottom = 1
  }

  public var content: String
  public var style: TextStyle
  /// Where the anchor of the (rotated) text lies.
  public var position: Point
  public var horizontal: Horizontal
  public var vertical: Vertical
  /// Clockwise, in degrees.
  public var angle: Double
  /// Lines break at this width, in points; nil for one line.
  public var maxWidth: Double?
  /// Further lines are cut with an ellipsis.
  public var maxLines: Int
  /// A line around the letters in this colour keeps them legible over data.
  public var halo: Color?

  public init(
    _ content: String, style: TextStyle, at position: Point, horizontal: Horizontal = .left,
    vertical: Vertical = .middle, angle: Double = 0, maxWidth: Double? = nil, maxLines: Int = 1,
    halo: Color? = nil
  ) {
    self.content = content
    self.style = style
    self.position = position
    self.horizontal = horizontal
    self.vertical = vertical
    self.angle = angle
    self.maxWidth = maxWidth
    self.maxLines = maxLines
    self.halo = halo
  }
}
