import Base

/// What a figure looks like, as primitives in drawing order; holds no trace of marks or scales.
public struct Scene: Sendable {
  /// In points, which are pixels at 1×.
  public var width: Double
  /// In points.
  public var height: Double
  /// What is behind everything.
  public var background: Color
  /// The title among a PDF's properties; empty for none.
  public var title = ""
  /// In drawing order: later ones cover earlier ones.
  public var items: [Primitive] = []

  /// An empty scene.
  public init(width: Double, height: Double, background: Color) {
    self.width = width
    self.height = height
    self.background = background
  }
}

/// Something that a renderer can draw.
public enum Primitive: Hashable, Sendable {
  /// The inside of an outline, in one colour.
  case fill(Path, Color)
  /// A line along an outline.
  case stroke(Path, Stroke)
  /// One symbol at each point.
  case symbols([Point], SymbolStyle)
  /// One colour for each point, instead of the style's.
  case coloredSymbols([Point], [Color], SymbolStyle)
  /// Coloured cells that fill a rectangle, without smoothing.
  case raster(Raster, Rect)
  /// Words at a place.
  case text(TextRun)
  /// Draws nothing: where the data of a mark lie that are linked in the page.
  case linked(LinkedData)
}

/// How a line is drawn; lengths in points.
public struct Stroke: Hashable, Sendable {
  /// How a line ends.
  public enum Cap: Hashable, Sendable {
    /// Straight, at its last point.
    case butt
    /// With half a circle beyond it.
    case round
  }
  /// The line's colour; its alpha lets others through.
  public var color: Color
  /// In points.
  public var width: Double
  /// Lengths of dashes and gaps in turn, in points; empty for a solid line.
  public var dash: [Double]
  /// How its ends look.
  public var cap: Cap

  /// A solid line with straight ends, unless said otherwise.
  public init(_ color: Color, width: Double, dash: [Double] = [], cap: Cap = .butt) {
    self.color = color
    self.width = width
    self.dash = dash
    self.cap = cap
  }
}

/// A grid of colours, row by row from the top.
public struct Raster: Hashable, Sendable {
  /// How many rows of cells there are.
  public var rows: Int
  /// How many columns.
  public var columns: Int
  /// `[rows, columns]`, row by row from the top.
  public var colors: [Color]

  /// Colours that must fill the rows and columns.
  public init(rows: Int, columns: Int, colors: [Color]) {
    ensure(colors.count == rows * columns, "\(colors.count) colours for \(rows) × \(columns) cells")
    self.rows = rows
    self.columns = columns
    self.colors = colors
  }
}

/// The look of letters; the size in points.
public struct TextStyle: Hashable, Sendable {
  /// How heavy letters are, by the numbers of OpenType.
  public enum Weight: Int, Hashable, Sendable {
    /// Ticks and words in the plot.
    case regular = 400
    /// Axis labels.
    case medium = 500
    /// Titles.
    case semibold = 600
  }
  /// Of the letters, in points.
  public var size: Double
  /// How heavy they are.
  public var weight: Weight
  /// Their colour.
  public var color: Color

  /// Regular letters, unless said otherwise.
  public init(size: Double, weight: Weight = .regular, color: Color) {
    self.size = size
    self.weight = weight
    self.color = color
  }
}

/// Words at a place; `$…$` inside them sets mathematics.
public struct TextRun: Hashable, Sendable {
  /// Which end of the words stands at the place.
  public enum Horizontal: Double, Hashable, Sendable {
    /// The words begin there.
    case left = 0
    /// They are centred there.
    case center = 0.5
    /// They end there.
    case right = 1
  }
  /// Which height of the words stands at the place.
  public enum Vertical: Double, Hashable, Sendable {
    /// The upper edge of their first line.
    case top = 0
    /// The middle of all their lines.
    case middle = 0.5
    /// The lower edge of their last line.
    case bottom = 1
  }

  /// The words, with mathematics between `$` signs.
  public var content: String
  /// Size, weight and colour.
  public var style: TextStyle
  /// Where the anchor of the (rotated) text lies.
  public var position: Point
  /// Which end of the words is at `position`.
  public var horizontal: Horizontal
  /// Which height of the words is at `position`.
  public var vertical: Vertical
  /// Clockwise, in degrees.
  public var angle: Double
  /// Lines break at this width, in points; nil for one line.
  public var maxWidth: Double?
  /// Further lines are cut with an ellipsis.
  public var maxLines: Int
  /// A line around the letters in this colour keeps them legible over data.
  public var halo: Color?

  /// One line of words to the right of a place, unless said otherwise.
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
