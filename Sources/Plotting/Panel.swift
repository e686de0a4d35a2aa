/// One plot among several of a figure, with marks and a vertical axis of its own.
///
///     Figure.stack(height: 480) {
///       Panel("State", share: 2) { LineMark(x: steps, y: states) }.yAxis("$h_t$")
///       Panel("Update gate") { LineMark(x: steps, y: gates) }.yAxis("$z_t$")
///     }
public struct Panel: Sendable {
  package let title: String?
  package let share: Double
  package let marks: [any Mark]
  package var xAxis: AxisSpec?
  package var yAxis: AxisSpec?

  /// A panel with a heading; in a stack it takes `share` parts of the height.
  public init(_ title: String? = nil, share: Double = 1, @FigureBuilder _ content: () -> [any Mark]) {
    (self.title, self.share, marks) = (title, share, content())
  }

  /// A panel that shows a figure's marks on that figure's axes, such as `Figure.unitTraces(…)`.
  public init(_ figure: Figure, share: Double = 1) {
    (title, self.share, marks) = (figure.title, share, figure.marks)
    (xAxis, yAxis) = (figure.xAxis, figure.yAxis)
  }

  /// Labels this panel's vertical axis and sets its scale, its ends and its ticks.
  public func yAxis(
    _ label: String? = nil, scale: AxisScale = .linear, domain: ClosedRange<Double>? = nil,
    ticks: AxisTicks = .automatic
  ) -> Panel {
    var copy = self
    copy.yAxis = AxisSpec(label: label, scale: scale, domain: domain, ticks: ticks)
    return copy
  }

  /// Sets this panel's horizontal axis, where panels do not share it.
  public func xAxis(
    _ label: String? = nil, scale: AxisScale = .linear, domain: ClosedRange<Double>? = nil,
    ticks: AxisTicks = .automatic
  ) -> Panel {
    var copy = self
    copy.xAxis = AxisSpec(label: label, scale: scale, domain: domain, ticks: ticks)
    return copy
  }
}

/// Which axes the panels of a grid have in common.
public enum SharedAxes: Hashable, Sendable {
  /// The horizontal axis of a column and the vertical one of a row.
  case both
  /// The horizontal axes alone.
  case horizontal
  /// The vertical axes alone.
  case vertical
  /// Each panel has its own.
  case none

  package var x: Bool { self == .both || self == .horizontal }
  package var y: Bool { self == .both || self == .vertical }
}

/// How a figure's panels stand.
package struct PanelArrangement: Sendable {
  package let panels: [Panel]
  package let columns: Int
  package let shared: SharedAxes
  /// Whether rows take the shares of their panels; all rows of a grid are equally high.
  package let isStack: Bool
}

/// Collects the panels written one below the other in `Figure.stack { … }`, also from `if` and `for`.
@resultBuilder
public enum PanelBuilder {
  /// A panel.
  public static func buildExpression(_ panel: Panel) -> [Panel] { [panel] }
  /// Panels that a function gave.
  public static func buildExpression(_ panels: [Panel]) -> [Panel] { panels }
  /// Panels in their order.
  public static func buildBlock(_ parts: [Panel]...) -> [Panel] { parts.flatMap { $0 } }
  /// The panels of each pass of a `for`.
  public static func buildArray(_ parts: [[Panel]]) -> [Panel] { parts.flatMap { $0 } }
  /// The panels of an `if`, or none.
  public static func buildOptional(_ part: [Panel]?) -> [Panel] { part ?? [] }
  /// The panels of an `if` with an `else`.
  public static func buildEither(first part: [Panel]) -> [Panel] { part }
  /// The panels of its `else`.
  public static func buildEither(second part: [Panel]) -> [Panel] { part }
}

extension Figure {
  /// Panels above each other over one horizontal axis, which `.xAxis(…)` sets; each has its own vertical one.
  ///
  ///     Figure.stack { for gate in gates { Panel(gate.name) { LineMark(x: steps, y: gate.mean) } } }
  ///       .xAxis("Decoder step $t$")
  public static func stack(
    width: Double = 640, height: Double = 480, @PanelBuilder _ panels: () -> [Panel]
  ) -> Figure {
    Figure(
      width: width, height: height,
      arrangement: PanelArrangement(panels: panels(), columns: 1, shared: .horizontal, isStack: true))
  }

  /// Panels side by side, row by row, on the same scales unless told otherwise; `.xAxis(…)` and `.yAxis(…)`
  /// set the shared axes.
  ///
  ///     Figure.grid(columns: 3) { for T in 1...6 { Panel("T = \(T)") { LineMark(x: steps, y: mean[T]) } } }
  ///       .xAxis("Step").yAxis("State")
  public static func grid(
    columns: Int, width: Double = 640, height: Double = 480, shared: SharedAxes = .both,
    @PanelBuilder _ panels: () -> [Panel]
  ) -> Figure {
    let panels = panels()
    return Figure(
      width: width, height: height,
      arrangement: PanelArrangement(
        panels: panels, columns: max(1, min(columns, max(1, panels.count))), shared: shared, isStack: false))
  }
}
