/// A symbol at each pair of values, coloured by series, by category or by a value.
///
///     Figure {
///       ScatterMark(x: first, y: second, categories: tokens)
///     }
public struct ScatterMark: LinkableMark {
  private let x: PlotColumn
  private let y: PlotColumn
  private let series: String?
  private let categories: [String]?
  private let colorScale: ColorScale?
  private let emphasis: Emphasis
  private let sizes: [Double]
  private let opacity: Double

  /// Points of one series; `size` is the symbols' diameter in points.
  public init(
    x: any PlotData, y: any PlotData, series: String? = nil, size: Double = 6.5, opacity: Double = 0.85,
    emphasis: Emphasis = .automatic
  ) {
    self.init(
      x: x.plotColumn, y: y.plotColumn, series: series, categories: nil, colorScale: nil, sizes: [size],
      opacity: opacity, emphasis: emphasis)
  }

  /// Points of one series with a diameter of its own for each, in points.
  public init(
    x: any PlotData, y: any PlotData, sizes: any PlotNumbers, series: String? = nil,
    opacity: Double = 0.85, emphasis: Emphasis = .automatic
  ) {
    self.init(
      x: x.plotColumn, y: y.plotColumn, series: series, categories: nil, colorScale: nil,
      sizes: sizes.plotNumbers, opacity: opacity, emphasis: emphasis)
  }

  /// Points that each belong to a category, which gives colour and symbol.
  public init(
    x: any PlotData, y: any PlotData, categories: [String], size: Double = 6.5, opacity: Double = 0.85
  ) {
    self.init(
      x: x.plotColumn, y: y.plotColumn, series: nil, categories: categories, colorScale: nil, sizes: [size],
      opacity: opacity, emphasis: .automatic)
  }

  /// Points coloured by a value each, explained by a colour bar with that label.
  public init(
    x: any PlotData, y: any PlotData, values: any PlotNumbers, label: String? = nil,
    colorMap: ColorMap = .automatic, domain: ClosedRange<Double>? = nil, size: Double = 6.5,
    opacity: Double = 1
  ) {
    let scale = ColorScale(values: values.plotNumbers, map: colorMap, domain: domain, label: label)
    self.init(
      x: x.plotColumn, y: y.plotColumn, series: nil, categories: nil, colorScale: scale, sizes: [size],
      opacity: opacity, emphasis: .automatic)
  }

  private init(
    x: PlotColumn, y: PlotColumn, series: String?, categories: [String]?, colorScale: ColorScale?,
    sizes: [Double], opacity: Double, emphasis: Emphasis
  ) {
    self.x = x
    self.y = y
    self.series = series
    self.categories = categories
    self.colorScale = colorScale
    self.sizes = sizes
    self.opacity = opacity
    self.emphasis = emphasis
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var columns = [NamedColumn("x", x), NamedColumn("y", y)]
    if let categories { columns.append(NamedColumn("category", .categories(categories))) }
    if let colorScale { columns.append(NamedColumn("value", .numbers(colorScale.values, whole: false))) }
    if sizes.count != 1 { columns.append(NamedColumn("size", .numbers(sizes, whole: false))) }
    var summary = try MarkSummary("scatter", mark: "ScatterMark", series: series, columns: columns)
    summary.x = AxisDemand(x)
    summary.y = AxisDemand(y)
    summary.emphasis = emphasis
    summary.key = colorScale == nil ? .symbol : []
    summary.grid = .both
    summary.colorScale = colorScale
    summary.rowSeries = categories
    return summary
  }

  public func places(on canvas: PlotCanvas) -> DataPlaces { .points(canvas.points(x: x, y: y)) }

  public func draw(on canvas: inout PlotCanvas) {
    let points = canvas.points(x: x, y: y)
    if let colorScale {
      drawByValue(points, scale: canvas.colors(for: colorScale), values: colorScale.values, on: &canvas)
    } else if let categories {
      var members: [String: [Point]] = [:]
      for (point, name) in zip(points, categories) { members[name, default: []].append(point) }
      for name in PreparedFigure.unique(categories) {
        let style = canvas.style(name)
        let size = sizes.first ?? canvas.theme.symbolSize
        canvas.symbols(members[name] ?? [], style: look(style, size: size, canvas))
      }
    } else if sizes.count == 1 {
      let style = canvas.style(series, emphasis: emphasis)
      canvas.symbols(points, style: look(style, size: sizes[0], canvas))
    } else {
      let style = canvas.style(series, emphasis: emphasis)
      // The largest first, so that they don't hide the small ones.
      let order = zip(points, sizes).filter { $1 > 0 && $1.isFinite }.sorted { $0.1 > $1.1 }
      for (point, size) in order { canvas.symbols([point], style: look(style, size: size, canvas)) }
    }
  }

  private func look(_ style: SeriesStyle, size: Double, _ canvas: PlotCanvas) -> SymbolStyle {
    // Single symbols are set apart by an outline; many show by transparency how dense they lie.
    guard x.count <= 2_000 else {
      return SymbolStyle(.circle, size: size, fill: style.color.opacity(opacity))
    }
    return SymbolStyle(
      style.symbol, size: size, fill: style.color.opacity(opacity).over(canvas.palette.background),
      outline: Stroke(canvas.palette.background, width: 0.6))
  }

  private func drawByValue(
    _ points: [Point], scale: ResolvedColorScale, values: [Double], on canvas: inout PlotCanvas
  ) {
    let size = sizes.first ?? canvas.theme.symbolSize
    // The weak end of the map is next to the page's colour, so each symbol needs an outline of its own.
    let outline = Stroke(canvas.palette.axis.opacity(0.6), width: 0.5)
    let finite = values.indices.filter { !values[$0].isInfinite }
    canvas.symbols(
      finite.map { points[$0] },
      colors: finite.map { (scale.color(values[$0]) ?? canvas.palette.missing).opacity(opacity) },
      style: SymbolStyle(
        .circle, size: size, fill: canvas.palette.missing, outline: points.count > 2_000 ? nil : outline))
    for value in [Double.infinity, -.infinity] {
      guard let sign = Symbol.ofInfinity(value) else { continue }
      let places = values.indices.filter { values[$0] == value }.map { points[$0] }
      canvas.symbols(
        places, style: SymbolStyle(sign, size: size, fill: canvas.palette.missing, outline: outline))
    }
  }
}
