/// A small sign in cells of a heat map, in ink that can be read on dark and on light cells.
///
///     Figure {
///       HeatMapMark(gates, label: "Update gate")
///       CellMark(x: openSteps, y: openUnits, series: "exactly 1", sign: .ring)
///     }
public struct CellMark: Mark {
  public enum Sign: Hashable, Sendable { case dot, ring }

  private let x: PlotColumn
  private let y: PlotColumn
  private let series: String?
  private let sign: Sign

  public init(x: any PlotData, y: any PlotData, series: String? = nil, sign: Sign = .dot) {
    (self.x, self.y, self.series, self.sign) = (x.plotColumn, y.plotColumn, series, sign)
  }

  public func summary() throws(PlottingError) -> MarkSummary {
    var summary = try MarkSummary(
      "cell sign", mark: "CellMark", series: series, columns: [NamedColumn("x", x), NamedColumn("y", y)])
    summary.x = AxisDemand(x)
    summary.y = AxisDemand(y)
    summary.grid = .none
    summary.key = sign == .dot ? .dot : .ring
    return summary
  }

  public func draw(on canvas: inout PlotCanvas) {
    canvas.symbols(canvas.points(x: x, y: y), style: Self.style(sign, palette: canvas.palette))
  }

  /// Dark within light, or light within dark, so that one of the two stands out from any cell.
  package static func style(_ sign: Sign, palette: Palette) -> SymbolStyle {
    switch sign {
    case .dot:
      SymbolStyle(.circle, size: 3.2, fill: palette.ink, outline: Stroke(palette.background, width: 0.7))
    case .ring:
      SymbolStyle(.circle, size: 3.2, fill: palette.background, outline: Stroke(palette.ink, width: 1))
    }
  }
}
