/// Lines of equal value over a plane, such as the speed of a state's change.
///
///     Figure {
///       ContourMark(speeds, rows: 40, columns: 60, x: -2...2, y: -1...1, label: "speed")
///     }
public struct ContourMark: Mark {
  private let values: [Double]
  private let rows: Int
  private let columns: Int
  private let x: ClosedRange<Double>
  private let y: ClosedRange<Double>
  private let levels: [Double]
  private let scale: ColorScale
  private let isFilled: Bool

  /// Contours of a flat array, row by row, the first row at the lower end of `y`, columns from the lower end of
  /// `x`. `levels` are the values of the lines, by default about twelve round ones; `filled` also colours the
  /// plane.
  public init(
    _ values: any PlotNumbers, rows: Int, columns: Int, x: ClosedRange<Double>, y: ClosedRange<Double>,
    levels: [Double]? = nil, label: String? = nil, colorMap: ColorMap = .automatic, filled: Bool = false
  ) {
    let numbers = values.plotNumbers
    (self.values, self.rows, self.columns) = (numbers, rows, columns)
    (self.x, self.y, isFilled) = (x, y, filled)
    let finite = numbers.filter { LinearScale.accepts($0) }
    if let levels {
      self.levels = levels
    } else if let low = finite.min(), let high = finite.max(), low < high {
      self.levels = TickSearch.values(in: low...high, target: 12, whole: false)
    } else {
      self.levels = []
    }
    scale = ColorScale(values: numbers, map: colorMap, domain: nil, label: label)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    guard rows > 1, columns > 1, values.count == rows * columns else {
      throw .wrongShape(
        mark: "ContourMark", expected: "rows × columns = \(rows) × \(columns) values, at least 2 × 2",
        found: "\(values.count)")
    }
    var summary = try MarkSummary(
      "contour", mark: "ContourMark",
      columns: [
        NamedColumn("x", .numbers(values.indices.map { place(x, $0 % columns, columns) }, whole: false)),
        NamedColumn("y", .numbers(values.indices.map { place(y, $0 / columns, rows) }, whole: false)),
        NamedColumn("value", .numbers(values, whole: false)),
      ])
    summary.x.reach = [x.lowerBound, x.upperBound]
    summary.y.reach = [y.lowerBound, y.upperBound]
    (summary.x.isTight, summary.y.isTight) = (true, true)
    summary.grid = .both
    summary.colorScale = scale
    return summary
  }

  private func place(_ range: ClosedRange<Double>, _ index: Int, _ count: Int) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * Double(index) / Double(count - 1)
  }

  public func draw(on canvas: inout PlotCanvas) {
    let colors = canvas.colors(for: scale)
    let xs = (0..<columns).map { canvas.x(place(x, $0, columns)) }
    let ys = (0..<rows).map { canvas.y(place(y, $0, rows)) }
    if isFilled, let left = xs.first, let right = xs.last, let bottom = ys.first, let top = ys.last {
      canvas.raster(
        filling(colors, missing: canvas.palette.missing), in: Rect(Point(left, top), Point(right, bottom)))
    }
    for level in levels {
      let color =
        isFilled
        ? canvas.palette.ink.opacity(0.45)
        : colors.color(level)?.readable(on: canvas.palette.background) ?? canvas.palette.axis
      let stroke = Stroke(color, width: isFilled ? 0.8 : 1.5, cap: .round)
      let lines = ContourTracer(values: values, rows: rows, columns: columns).lines(at: level)
      for line in lines {
        canvas.line(line.map { Self.interpolated($0, xs: xs, ys: ys) }, stroke: stroke)
      }
    }
  }

  private static func interpolated(_ place: Point, xs: [Double], ys: [Double]) -> Point {
    func at(_ values: [Double], _ place: Double) -> Double {
      let index = min(max(Int(place), 0), values.count - 2)
      return values[index] + (values[index + 1] - values[index]) * (place - Double(index))
    }
    return Point(at(xs, place.x), at(ys, place.y))
  }

  /// The plane in the colour of the band between two levels that each point lies in.
  private func filling(_ colors: ResolvedColorScale, missing: Color) -> Raster {
    let fine = max(1, min(8, 400 / max(rows, columns)))
    let (height, width) = ((rows - 1) * fine, (columns - 1) * fine)
    let edges = [colors.domain.lowerBound] + levels.sorted() + [colors.domain.upperBound]
    var cells: [Color] = []
    cells.reserveCapacity(height * width)
    for row in (0..<height).reversed() {
      let v = (Double(row) + 0.5) / Double(fine)
      let (j, t) = (Int(v), v - Double(Int(v)))
      for column in 0..<width {
        let u = (Double(column) + 0.5) / Double(fine)
        let (i, s) = (Int(u), u - Double(Int(u)))
        let lower = values[j * columns + i] * (1 - s) + values[j * columns + i + 1] * s
        let upper = values[(j + 1) * columns + i] * (1 - s) + values[(j + 1) * columns + i + 1] * s
        let value = lower * (1 - t) + upper * t
        let band = edges.lastIndex { $0 <= value } ?? 0
        let middle = (edges[band] + edges[min(band + 1, edges.count - 1)]) / 2
        cells.append(value.isFinite ? colors.color(middle) ?? missing : missing)
      }
    }
    return Raster(rows: height, columns: width, colors: cells)
  }
}

extension Color {
  /// The same hue with enough contrast for a line: at least 2.2 : 1 with the background.
  package func readable(on background: Color) -> Color {
    var color = self
    let isLight = background.luminance > 0.5
    for _ in 0..<40 where color.contrast(with: background) < 2.2 {
      var lab = OKLab(color)
      lab.lightness += isLight ? -0.015 : 0.015
      color = lab.color
    }
    return color
  }
}
