/// One layer of a figure: it says what it needs of axes and legend, then draws itself.
///
/// A kind of mark is one file: a struct with initialisers that keep plain arrays, a `summary` that checks
/// them, and a `draw` that adds shapes to the canvas.
public protocol Mark: Sendable {
  /// The mark's data, series and demands on the axes; throws `PlottingError` where its arrays don't fit together.
  func summary() throws(PlottingError) -> MarkSummary
  /// Adds the mark's shapes; called only after every `summary` succeeded.
  func draw(on canvas: inout PlotCanvas)
}

/// What a legend shows beside a series' name.
public struct LegendKey: OptionSet, Hashable, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }
  /// A line in the series' colour and dashes.
  public static let line = LegendKey(rawValue: 1)
  /// The series' symbol.
  public static let symbol = LegendKey(rawValue: 2)
  /// A filled square, for bands, bars and areas.
  public static let area = LegendKey(rawValue: 4)
  /// A line that is one of many and needs no symbol.
  public static let thinLine = LegendKey(rawValue: 8)
  /// A line that never carries symbols, such as the edge of an area.
  public static let plainLine = LegendKey(rawValue: 64)
  /// Makes the line of a key dashed.
  public static let dashed = LegendKey(rawValue: 128)
  /// Signs in cells of a heat map.
  public static let cross = LegendKey(rawValue: 16)
  /// A filled circle, as in cells of a heat map.
  public static let disc = LegendKey(rawValue: 32)
}

/// How a mark is coloured: by its series, or by its part in the figure's story.
public enum Emphasis: Hashable, Sendable {
  /// The next colour of the palette, the same for all marks of the series.
  case automatic
  /// The accent: what the figure is about.
  case accent
  /// Grey: a null, a control, a background.
  case null
  /// A colour of the author's own choice, the same in both appearances.
  case color(Color)
}

/// A mark's demands on one axis.
public struct AxisDemand: Sendable {
  /// Values the axis must cover; those that are not finite are left out.
  public var values: [[Double]] = []
  /// Ends of intervals: as values, but cut at the axis's edge where the scale cannot show them.
  public var ends: [[Double]] = []
  /// Edges of shapes that stand for data, such as bins: as `reach`, but told where the axis cuts them.
  public var edges: [Double] = []
  /// Further places that an automatic axis must cover, such as the edges of bars; none is an observation.
  public var reach: [Double] = []
  /// Places that an automatic axis must cover where it has no zero, such as the seams of a stack on a logarithmic one.
  public var reachWithoutZero: [Double] = []
  /// Names that become the axis's categories, in order of first appearance.
  public var categories: [String]?
  /// Whether all values are integers.
  public var isWhole = false
  /// Whether numbers here are mere positions, so that they may also stand on an axis of categories.
  public var isAnnotation = false
  /// Whether the axis must show zero (bars grow from it).
  public var includesZero = false
  /// Whether the axis ends exactly at the values, with no margin.
  public var isTight = false
  /// Whether small values are at the top (rows of a matrix).
  public var isReversed = false

  /// An axis that nothing is asked of.
  public init() {}

  package var hasNumbers: Bool { !values.isEmpty || !ends.isEmpty || !edges.isEmpty || !reach.isEmpty }

  /// Demands what another column holds as well.
  public mutating func add(_ column: PlotColumn) {
    switch column {
    case .numbers(let numbers, let whole):
      isWhole = isWhole && whole
      values.append(numbers)
    case .categories(let names): categories = (categories ?? []) + names
    }
  }

  /// A demand for what a column holds.
  public init(_ column: PlotColumn) {
    switch column {
    case .numbers(let numbers, let whole):
      values = [numbers]
      isWhole = whole
    case .categories(let names): categories = names
    }
  }
}

/// Which grid lines help to read a mark.
public enum GridDemand: Sendable {
  /// Lines across, to read heights.
  case horizontal
  /// Upright lines, to read places.
  case vertical
  /// Lines of both kinds, to read points.
  case both
  /// No lines: the mark covers them, or says its values itself.
  case none
}

/// A column of a mark's data under its name in the CSV.
public struct NamedColumn: Sendable {
  /// The heading in the CSV, such as "x"; no two of a mark share one.
  public let name: String
  /// As many values as the mark's other columns.
  public let column: PlotColumn

  /// A column under the heading that it has in the CSV.
  public init(_ name: String, _ column: PlotColumn) {
    self.name = name
    self.column = column
  }
}

/// What a figure must know of a mark before it can lay out axes and legend.
public struct MarkSummary: Sendable {
  /// The kind in plain words, such as “line”.
  public var kind: String
  /// The name that legend and colour go by; nil for a mark of no series.
  public var series: String?
  /// How prominent the mark is.
  public var emphasis: Emphasis = .automatic
  /// What the legend shows beside the series' name.
  public var key: LegendKey = []
  /// The data, for the CSV and the figure's description.
  public var columns: [NamedColumn]
  /// What the horizontal axis must show.
  public var x = AxisDemand()
  /// What the vertical axis must show.
  public var y = AxisDemand()
  /// Which grid lines help to read it.
  public var grid: GridDemand = .horizontal
  /// The values shown by colour, with the map and the label of their colour bar.
  public var colorScale: ColorScale?
  /// The name by which marks of several series stand side by side at one category; nil for marks that don't.
  public var dodge: String?
  /// Further series, where the mark's rows belong to several.
  public var rowSeries: [String]?
  /// What the reader should know of data that are not drawn as they are.
  public var notes: [String] = []

  /// Checks that the columns have one length.
  /// - Throws: `PlottingError.mismatchedLengths` with the names and lengths of the first two that differ.
  public init(
    _ kind: String, mark: String, series: String? = nil, columns: [NamedColumn]
  ) throws(PlottingError) {
    for column in columns.dropFirst() where column.column.count != columns[0].column.count {
      throw .mismatchedLengths(
        mark: mark, series: series, first: columns[0].name, firstCount: columns[0].column.count,
        second: column.name, secondCount: column.column.count)
    }
    self.kind = kind
    self.series = series
    self.columns = columns
  }
}

/// Values shown as colours: the map, the range it covers and the label of its bar.
public struct ColorScale: Sendable {
  /// The numbers that are shown as colours, by which the range is found.
  public var values: [Double]
  /// From numbers to colours.
  public var map: ColorMap
  /// The range of the colours; nil for that of the values.
  public var domain: ClosedRange<Double>?
  /// What stands at the colour bar; scales of one label and one map share their bar.
  public var label: String?

  /// A scale of a mark's own values.
  public init(values: [Double], map: ColorMap, domain: ClosedRange<Double>?, label: String?) {
    self.values = values
    self.map = map
    self.domain = domain
    self.label = label
  }
}
