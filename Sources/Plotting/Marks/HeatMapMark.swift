/// A matrix as coloured cells, the first row at the top, with a colour bar.
///
///     Figure {
///       HeatMapMark(states, rows: 32, columns: 15, label: "activation")
///     }
public struct HeatMapMark: LinkableMark {
  private let values: [Double]
  private let rows: Int
  private let columns: Int
  private let problem: PlottingError?
  private let rowLabels: [String]?
  private let columnLabels: [String]?
  private let firstRow: Int
  private let firstColumn: Int
  private let scale: ColorScale
  private let showsValues: Bool
  private let leavesBlanks: Bool

  /// Cells from a flat array, row by row. Without labels, rows and columns are numbered from `firstRow` and
  /// `firstColumn`; `label` names the values at the colour bar; `showsValues` writes each into its cell;
  /// `leavesBlanks` says that values are missing on purpose: no grey, no note.
  public init(
    _ values: any PlotNumbers, rows: Int, columns: Int, rowLabels: [String]? = nil,
    columnLabels: [String]? = nil, firstRow: Int = 0, firstColumn: Int = 0, label: String? = nil,
    colorMap: ColorMap = .automatic, domain: ClosedRange<Double>? = nil, showsValues: Bool = false,
    leavesBlanks: Bool = false
  ) {
    let numbers = values.plotNumbers
    let (count, overflows) = rows.multipliedReportingOverflow(by: columns)
    self.init(
      numbers: numbers, rows: rows, columns: columns,
      problem: !overflows && numbers.count == count && rows >= 0 && columns >= 0
        ? nil
        : .wrongShape(
          mark: "HeatMapMark",
          expected: "rows × columns = \(rows) × \(columns)\(overflows ? "" : " = \(count)") values",
          found: "\(numbers.count)"),
      rowLabels: rowLabels, columnLabels: columnLabels, firstRow: firstRow, firstColumn: firstColumn,
      label: label, colorMap: colorMap, domain: domain, showsValues: showsValues, leavesBlanks: leavesBlanks)
  }

  /// Cells from an array of rows, all of one length.
  public init(
    _ values: [any PlotNumbers], rowLabels: [String]? = nil, columnLabels: [String]? = nil, firstRow: Int = 0,
    firstColumn: Int = 0, label: String? = nil, colorMap: ColorMap = .automatic,
    domain: ClosedRange<Double>? = nil, showsValues: Bool = false,
    leavesBlanks: Bool = false
  ) {
    let values = values.map(\.plotNumbers)
    let columns = values.first?.count ?? 0
    let ragged = values.firstIndex { $0.count != columns }
    self.init(
      numbers: values.flatMap { $0 }, rows: values.count, columns: columns,
      problem: ragged.map {
        .wrongShape(
          mark: "HeatMapMark", expected: "\(columns) values in each row",
          found: "\(values[$0].count) in row \($0)")
      },
      rowLabels: rowLabels, columnLabels: columnLabels, firstRow: firstRow, firstColumn: firstColumn,
      label: label, colorMap: colorMap, domain: domain, showsValues: showsValues, leavesBlanks: leavesBlanks)
  }

  private init(
    numbers: [Double], rows: Int, columns: Int, problem: PlottingError?, rowLabels: [String]?,
    columnLabels: [String]?, firstRow: Int, firstColumn: Int, label: String?, colorMap: ColorMap,
    domain: ClosedRange<Double>?, showsValues: Bool, leavesBlanks: Bool
  ) {
    self.leavesBlanks = leavesBlanks
    (values, self.rows, self.columns, self.problem) = (numbers, rows, columns, problem)
    (self.rowLabels, self.columnLabels) = (rowLabels, columnLabels)
    (self.firstRow, self.firstColumn, self.showsValues) = (firstRow, firstColumn, showsValues)
    scale = ColorScale(
      values: leavesBlanks ? numbers.filter { !$0.isNaN } : numbers, map: colorMap, domain: domain,
      label: label)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    if let problem { throw problem }
    for (labels, count, name) in [(rowLabels, rows, "row"), (columnLabels, columns, "column")] {
      if let labels, labels.count != count {
        throw .mismatchedLengths(
          mark: "HeatMapMark", series: nil, first: "the matrix", firstCount: count, second: "\(name)Labels",
          secondCount: labels.count)
      }
    }
    let rowIndices = (0..<values.count).map { $0 / max(columns, 1) }
    let columnIndices = (0..<values.count).map { $0 % max(columns, 1) }
    var summary = try MarkSummary(
      "heat map", mark: "HeatMapMark",
      columns: [
        NamedColumn("row", Self.names(rowIndices, rowLabels, first: firstRow)),
        NamedColumn("column", Self.names(columnIndices, columnLabels, first: firstColumn)),
        NamedColumn("value", .numbers(values, whole: false)),
      ])
    summary.x = demand(columnLabels, count: columns, first: firstColumn)
    summary.y = demand(rowLabels, count: rows, first: firstRow)
    summary.y.isReversed = true
    summary.grid = .none
    summary.colorScale = scale
    return summary
  }

  private static func names(_ indices: [Int], _ labels: [String]?, first: Int) -> PlotColumn {
    if let labels { return .categories(indices.map { labels[$0] }) }
    return .numbers(indices.map { Double($0) + Double(first) }, whole: true)
  }

  private func demand(_ labels: [String]?, count: Int, first: Int) -> AxisDemand {
    var demand = AxisDemand()
    if let labels {
      // Equal names would fall into one cell; an invisible mark after each keeps them apart.
      demand.categories = Self.distinct(labels)
      return demand
    }
    guard count > 0 else { return demand }
    demand.reach = [Double(first) - 0.5, Double(first) + Double(count) - 0.5]
    demand.isWhole = true
    demand.isTight = true
    return demand
  }

  private static func distinct(_ labels: [String]) -> [String] {
    var seen: [String: Int] = [:]
    return labels.map { label in
      let before = seen[label, default: 0]
      seen[label] = before + 1
      return label + String(repeating: "\u{200B}", count: before)
    }
  }

  /// The rectangle of the whole grid.
  private func frame(on canvas: PlotCanvas) -> Rect {
    let left = columnLabels == nil ? Double(firstColumn) : 0
    let top = rowLabels == nil ? Double(firstRow) : 0
    return Rect(
      Point(canvas.x(left - 0.5), canvas.y(top - 0.5)),
      Point(canvas.x(left + Double(columns) - 0.5), canvas.y(top + Double(rows) - 0.5)))
  }

  public func places(on canvas: PlotCanvas) -> DataPlaces {
    .cells(in: frame(on: canvas), rows: rows, columns: columns)
  }

  public func draw(on canvas: inout PlotCanvas) {
    guard rows > 0, columns > 0 else { return }
    let colors = canvas.colors(for: scale)
    let blank = leavesBlanks ? canvas.palette.background : canvas.palette.missing
    let raster = Raster(
      rows: rows, columns: columns,
      colors: values.map { colors.color($0) ?? ($0.isNaN ? blank : canvas.palette.missing) })
    let rect = frame(on: canvas)
    canvas.raster(raster, in: rect)
    if showsValues { drawValues(in: rect, colors: raster.colors, on: &canvas) }
    drawInfinities(in: rect, on: &canvas)
  }

  /// How large letters in a cell may be.
  private func letterSize(_ cell: Size, _ canvas: PlotCanvas) -> Double {
    min(canvas.theme.tickSize, cell.height * 0.6, cell.width * 0.28)
  }

  /// The colours of the ends would say that an infinite value is a finite one.
  private func drawInfinities(in rect: Rect, on canvas: inout PlotCanvas) {
    let cell = Size(width: rect.width / Double(columns), height: rect.height / Double(rows))
    let isWritten = showsValues && letterSize(cell, canvas) >= 5
    for value in [Double.infinity, -.infinity] {
      let places = values.indices.filter { values[$0] == value }.map { index in
        Point(
          rect.minX + (Double(index % columns) + 0.5) * cell.width,
          rect.minY + (Double(index / columns) + 0.5) * cell.height)
      }
      let ink = canvas.palette.ink(on: canvas.palette.missing)
      if isWritten {
        for place in places {
          let style = TextStyle(size: letterSize(cell, canvas), color: ink)
          canvas.text(TextRun(value > 0 ? "∞" : "−∞", style: style, at: place, horizontal: .center))
        }
      } else if let sign = Symbol.ofInfinity(value) {
        let size = min(max(min(cell.width, cell.height) * 0.5, 1.5), 7)
        canvas.symbols(places, style: SymbolStyle(sign, size: size, fill: ink))
      }
    }
  }

  private func drawValues(in rect: Rect, colors: [Color], on canvas: inout PlotCanvas) {
    let (width, height) = (rect.width / Double(columns), rect.height / Double(rows))
    let finite = values.filter { LinearScale.accepts($0) }
    let largest = finite.map { abs($0) }.max() ?? 1
    let isWhole = finite.allSatisfy { $0 == $0.rounded() }
    let step = isWhole ? 1.0 : largest >= 10 ? 0.1 : 0.01
    let size = letterSize(Size(width: width, height: height), canvas)
    guard size >= 5 else { return }
    for (index, value) in values.enumerated() where LinearScale.accepts(value) {
      let style = TextStyle(size: size, color: canvas.palette.ink(on: colors[index]))
      let center = Point(
        rect.minX + (Double(index % columns) + 0.5) * width,
        rect.minY + (Double(index / columns) + 0.5) * height)
      canvas.text(
        TextRun(
          NumberFormat.tick(value, step: step, largest: max(largest, 1)), style: style, at: center,
          horizontal: .center))
    }
  }
}
