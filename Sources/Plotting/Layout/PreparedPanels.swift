/// The panels of a figure with their shared axes, series and colour scales settled; knows no sizes yet.
package struct PreparedPanels: Sendable {
  package let figure: Figure
  package let arrangement: PanelArrangement
  package let panels: [PreparedFigure]
  package let series: SeriesTable
  package let notes: [String]

  package init(_ figure: Figure, _ arrangement: PanelArrangement) throws(PlottingError) {
    try figure.checkSize()
    self.figure = figure
    self.arrangement = arrangement
    var summaries: [[MarkSummary]] = []
    for panel in arrangement.panels { summaries.append(try PreparedFigure.summaries(of: panel.marks)) }
    let all = summaries.flatMap { $0 }
    var notes: [String] = []
    series = SeriesTable(summaries, notes: &notes)
    func axis(
      _ name: String, isShared: Bool, common: AxisSpec, own: (Panel) -> AxisSpec?,
      demand: (MarkSummary) -> AxisDemand
    ) throws(PlottingError) -> [PreparedAxis] {
      if isShared {
        let axis = try PreparedAxis(name, spec: common, summaries: all, demand: demand, notes: &notes)
        return Array(repeating: axis, count: arrangement.panels.count)
      }
      var axes: [PreparedAxis] = []
      for (panel, summaries) in zip(arrangement.panels, summaries) {
        let spec = own(panel) ?? common
        var own: [String] = []
        axes.append(try PreparedAxis(name, spec: spec, summaries: summaries, demand: demand, notes: &own))
        notes += own.map { note in panel.title.map { "\($0): \(note)" } ?? note }
      }
      return axes
    }
    let x = try axis(
      "x", isShared: arrangement.shared.x, common: Self.common(figure.xAxis, arrangement.panels.map(\.xAxis)),
      own: \.xAxis, demand: \.x)
    let y = try axis("y", isShared: arrangement.shared.y, common: figure.yAxis, own: \.yAxis, demand: \.y)
    var panels: [PreparedFigure] = []
    for (index, panel) in arrangement.panels.enumerated() {
      let child = Figure(width: figure.width, height: figure.height) { panel.marks }.title(panel.title ?? "")
      panels.append(
        PreparedFigure(
          child, summaries: summaries[index], x: x[index], y: y[index], series: series, notes: []))
    }
    self.panels = panels
    notes += all.flatMap(\.notes) + figure.remarks
    self.notes = PreparedFigure.unique(notes)
  }

  /// What the figure says of a shared axis; where it says nothing, what the last panel that speaks of it says.
  private static func common(_ figure: AxisSpec, _ panels: [AxisSpec?]) -> AxisSpec {
    figure.isDefault ? panels.compactMap { $0 }.last { !$0.isDefault } ?? figure : figure
  }

  package var rows: Int { (panels.count + arrangement.columns - 1) / arrangement.columns }

  /// Colour scales that more than one panel uses: their bars stand beside all panels.
  package var sharedColorScales: [ColorScale] {
    series.colorScales.filter { scale in uses(of: scale) > 1 }
  }

  /// Colour scales that only this panel uses: their bars stand beside it.
  package func ownColorScales(_ panel: PreparedFigure) -> [ColorScale] {
    series.colorScales.filter { scale in
      uses(of: scale) == 1 && panel.summaries.contains { $0.colorScale?.isShared(with: scale) ?? false }
    }
  }

  private func uses(of scale: ColorScale) -> Int {
    panels.count { $0.summaries.contains { $0.colorScale?.isShared(with: scale) ?? false } }
  }
}
