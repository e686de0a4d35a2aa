/// A small sign in cells of a heat map: a cross to be seen on weak colours, a disc to be seen on strong ones.
///
///     Figure {
///       HeatMapMark(gates, label: "Update gate")
///       CellMark(x: openSteps, y: openUnits, series: "exactly 1", sign: .disc)
///     }
public struct CellMark: Mark {
  /// What is drawn in the cells.
  public enum Sign: Hashable, Sendable {
    /// Two crossing lines, for weak colours.
    case cross
    /// A filled circle, for strong colours.
    case disc
  }

  private let x: PlotColumn
  private let y: PlotColumn
  private let series: String?
  private let sign: Sign

  /// A sign in each cell (x, y), by the numbers or names of the heat map's columns and rows.
  public init(x: any PlotData, y: any PlotData, series: String? = nil, sign: Sign = .cross) {
    (self.x, self.y, self.series, self.sign) = (x.plotColumn, y.plotColumn, series, sign)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var summary = try MarkSummary(
      "cell sign", mark: "CellMark", series: series, columns: [NamedColumn("x", x), NamedColumn("y", y)])
    summary.x = AxisDemand(x)
    summary.y = AxisDemand(y)
    summary.grid = .none
    summary.key = sign == .cross ? .cross : .disc
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    canvas.symbols(canvas.points(x: x, y: y), style: Self.style(sign, palette: canvas.palette))
  }

  package static func style(_ sign: Sign, palette: Palette) -> SymbolStyle {
    switch sign {
    case .cross: SymbolStyle(.cross, size: 5.2, fill: palette.ink)
    case .disc:
      SymbolStyle(.circle, size: 4, fill: palette.background, outline: Stroke(palette.ink, width: 0.5))
    }
  }
}
