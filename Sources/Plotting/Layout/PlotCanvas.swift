/// Where marks draw: maps data to the page, knows the colours of series, keeps what is drawn inside the plot.
public struct PlotCanvas {
  /// The area between the axes, in points.
  public let plot: Rect
  /// The colours of the appearance that is drawn.
  public let palette: Palette
  package let figure: PreparedFigure
  package let xScale: any PositionScale
  package let yScale: any PositionScale
  package private(set) var items: [Primitive] = []
  package private(set) var occupancy: Occupancy
  package private(set) var labels: [LabelRequest] = []
  /// Lines from which legends, but not their own labels, keep away.
  package private(set) var annotationLines: [[Point]] = []
  /// A little more than the plot, so that lines along its edge keep their width.
  private let clip: Rect

  package init(
    figure: PreparedFigure, palette: Palette, plot: Rect, xScale: any PositionScale,
    yScale: any PositionScale
  ) {
    self.figure = figure
    self.palette = palette
    self.plot = plot
    self.xScale = xScale
    self.yScale = yScale
    clip = plot.inset(by: -1.5)
    occupancy = Occupancy(area: plot)
  }

  /// Sizes of letters, lines and symbols, in points.
  public var theme: Theme { palette.theme }

  // MARK: From data to the page

  /// The horizontal place of a value, in points; NaN for what the axis cannot show.
  public func x(_ value: Double) -> Double {
    plot.minX + (figure.x.isReversed ? 1 - xScale.position(value) : xScale.position(value)) * plot.width
  }

  /// The vertical place of a value, in points; NaN for what the axis cannot show.
  public func y(_ value: Double) -> Double {
    plot.minY + (figure.y.isReversed ? yScale.position(value) : 1 - yScale.position(value)) * plot.height
  }

  /// The place of an end of a shape: that of its value or, where the axis cannot show it, beyond the plot, so that the
  /// shape is cut at the plot's edge; NaN for NaN.
  public func xEnd(_ value: Double) -> Double {
    let position = Self.position(value, on: xScale, overshoot: Self.overshoot / max(plot.width, 1))
    return plot.minX + (figure.x.isReversed ? 1 - position : position) * plot.width
  }

  /// The place of an end of a shape on the vertical axis, as `xEnd`.
  public func yEnd(_ value: Double) -> Double {
    let position = Self.position(value, on: yScale, overshoot: Self.overshoot / max(plot.height, 1))
    return plot.minY + (figure.y.isReversed ? position : 1 - position) * plot.height
  }

  /// How far beyond the plot what is cut goes on, in points: more than any line is wide.
  private static let overshoot = 24.0

  private static func position(_ value: Double, on scale: any PositionScale, overshoot: Double) -> Double {
    let position = scale.position(value)
    guard position.isNaN, !value.isNaN else { return position }
    return value < scale.domain.lowerBound ? -overshoot : 1 + overshoot
  }

  /// Where bars and areas that lie grow from: zero, or the axis's start where it has no zero.
  public var xZero: Double {
    x(0).isFinite ? x(0) : figure.x.isReversed ? plot.maxX : plot.minX
  }

  /// Where bars and areas that stand grow from: zero, or the axis's start where it has no zero.
  public var yZero: Double {
    y(0).isFinite ? y(0) : figure.y.isReversed ? plot.minY : plot.maxY
  }

  /// The numbers of a column on the horizontal axis; names become their categories' positions.
  public func xValues(_ column: PlotColumn) -> [Double] { figure.x.values(of: column) }

  /// The numbers of a column on the vertical axis; names become their categories' positions.
  public func yValues(_ column: PlotColumn) -> [Double] { figure.y.values(of: column) }

  /// The places of pairs of values; not finite where either cannot be shown.
  public func points(x: PlotColumn, y: PlotColumn) -> [Point] {
    zip(xValues(x), yValues(y)).map { Point(self.x($0), self.y($1)) }
  }

  /// The places of ends of shapes, as `yEnd`; not finite where either value is missing.
  public func ends(x: PlotColumn, y: PlotColumn) -> [Point] {
    zip(xValues(x), yValues(y)).map { Point(self.x($0), yEnd($1)) }
  }

  /// The offset from the middle of a category at which a mark of that series stands, and the width of its
  /// slot, both in category widths.
  public func slot(of series: String?) -> (offset: Double, width: Double) {
    let slots = figure.series.dodged
    let span = 0.8
    let index = slots.firstIndex(of: series ?? "") ?? 0
    let width = span / Double(max(slots.count, 1))
    return (-span / 2 + width * (Double(index) + 0.5), width)
  }

  // MARK: Looks

  /// Colour and symbol of a series under an emphasis.
  public func style(_ series: String?, emphasis: Emphasis = .automatic) -> SeriesStyle {
    figure.series.style(series, emphasis: emphasis, palette: palette)
  }

  /// Whether a line of that series carries symbols, so that it is told apart without its colour.
  public func marksLines(of series: String?) -> Bool { figure.series.marksLines(of: series) }

  /// The ramp and domain for values shown as colours.
  package func colors(for scale: ColorScale) -> ResolvedColorScale {
    figure.series.resolved(scale, appearance: palette.appearance)
  }

  // MARK: Shapes

  /// A line through the points, broken where one is not finite, cut at the plot's edge.
  public mutating func line(_ points: [Point], stroke: Stroke) {
    var path = Path()
    for piece in Clipping.polyline(LineDecimation.reduced(points), in: clip) {
      if piece.count == 1 {
        // A point between two gaps would leave no trace.
        symbols(piece, style: SymbolStyle(.circle, size: stroke.width * 2.4, fill: stroke.color))
        continue
      }
      path.elements += Path(piece).elements
      occupancy.add(line: piece)
    }
    if !path.elements.isEmpty { items.append(.stroke(path, stroke)) }
  }

  /// A line of an annotation: its label may stand close to it.
  public mutating func annotationLine(_ points: [Point], stroke: Stroke) {
    items.append(.stroke(Path(points), stroke))
    annotationLines.append(points)
  }

  /// An arrow; one that begins or ends outside the plot is left out, since its cut end would point at nothing.
  public mutating func arrow(_ arrow: ArrowShape, color: Color, headOnly: Bool = false) {
    let room = plot.inset(by: -2)
    let points = arrow.head.elements.flatMap(\.points) + arrow.shaft.elements.flatMap(\.points)
    guard !arrow.head.elements.isEmpty, points.allSatisfy({ $0.isFinite && room.contains($0) }) else {
      return
    }
    if !headOnly {
      items.append(.stroke(arrow.shaft, Stroke(color, width: arrow.width)))
      occupancy.add(line: arrow.shaft.elements.compactMap(\.points.last))
    }
    items.append(.fill(arrow.head, color))
  }

  /// A filled polygon, cut at the plot's edge.
  public mutating func polygon(_ points: [Point], fill: Color) {
    let inside = Clipping.polygon(points, in: plot)
    guard inside.count > 2 else { return }
    items.append(.fill(Path(inside, closed: true), fill))
    occupancy.add(polygon: inside)
  }

  /// A filled rectangle, cut at the plot's edge.
  public mutating func rectangle(_ rect: Rect, fill: Color) {
    guard let inside = rect.intersection(plot) else { return }
    items.append(.fill(Path(inside), fill))
    occupancy.add(rect: inside)
  }

  /// One symbol at each point inside the plot; whole symbols, also at the edge.
  public mutating func symbols(_ points: [Point], style: SymbolStyle) {
    let edge = plot.inset(by: -0.01)
    let inside = points.filter { edge.contains($0) }
    guard !inside.isEmpty else { return }
    items.append(.symbols(inside, style))
    occupy(inside, size: style.size)
  }

  /// One symbol at each point inside the plot, in a colour of its own.
  public mutating func symbols(_ points: [Point], colors: [Color], style: SymbolStyle) {
    let edge = plot.inset(by: -0.01)
    let inside = zip(points, colors).filter { edge.contains($0.0) }
    guard !inside.isEmpty else { return }
    items.append(.coloredSymbols(inside.map(\.0), inside.map(\.1), style))
    occupy(inside.map(\.0), size: style.size)
  }

  private mutating func occupy(_ points: [Point], size: Double) {
    let reach = size * 0.6
    for point in points {
      occupancy.add(rect: Rect(x: point.x - reach, y: point.y - reach, width: 2 * reach, height: 2 * reach))
    }
  }

  /// A grid of colours that fills a rectangle.
  public mutating func raster(_ raster: Raster, in rect: Rect) {
    items.append(.raster(raster, rect))
    occupancy.add(rect: rect)
  }

  /// A thin line from words to the place they speak of, ending in a dot beside it.
  public mutating func leader(from start: Point, to end: Point) {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = (dx * dx + dy * dy).squareRoot()
    guard length > 6, plot.contains(start), plot.contains(end) else { return }
    let stop = Point(end.x - dx / length * 3.5, end.y - dy / length * 3.5)
    items.append(.stroke(Path([start, stop]), Stroke(palette.axis, width: 0.9)))
    items.append(.symbols([stop], SymbolStyle(.circle, size: 2.6, fill: palette.axis)))
    occupancy.add(line: [start, stop])
  }

  /// Notes where linked data lie; what lies outside the plot can't be seen.
  mutating func link(_ data: LinkedData) {
    var data = data
    let edge = plot.inset(by: -0.01)
    let nowhere = Point(.nan, .nan)
    switch data.places {
    case .points(let points): data.places = .points(points.map { edge.contains($0) ? $0 : nowhere })
    case .rectangles(let rectangles):
      data.places = .rectangles(rectangles.map { $0.intersection(plot) ?? Rect(nowhere, nowhere) })
    case .cells: break
    }
    items.append(.linked(data))
  }

  /// Words at a fixed place.
  public mutating func text(_ run: TextRun) {
    items.append(.text(run))
  }

  /// Words that may stand in any of several places: the first where they cover no data and fit the plot.
  public mutating func label(_ candidates: [TextRun]) {
    labels.append(LabelRequest(candidates: candidates))
  }
}

/// Words that wait for a place until all marks are drawn.
package struct LabelRequest: Sendable {
  package let candidates: [TextRun]
}
