/// A figure whose data are checked and whose axes, series and colours are settled; knows no sizes yet.
package struct PreparedFigure: Sendable {
  package let figure: Figure
  package let summaries: [MarkSummary]
  package let x: PreparedAxis
  package let y: PreparedAxis
  package let legendEntries: [LegendEntry]
  /// The series that stand side by side at each category.
  package let dodged: [String]
  package let colorScales: [ColorScale]
  /// What could not be drawn as it is, for the reader.
  package let notes: [String]
  private let seriesOrder: [String]
  private let emphases: [String: Emphasis]

  package init(_ figure: Figure) throws(PlottingError) {
    guard figure.width.isFinite, figure.height.isFinite, figure.width > 0, figure.height > 0 else {
      throw .tooSmall(width: 0, height: 0, neededWidth: 160, neededHeight: 120)
    }
    self.figure = figure
    var summaries: [MarkSummary] = []
    for mark in figure.marks { summaries.append(try mark.summary()) }
    self.summaries = summaries
    var notes: [String] = []
    x = try PreparedAxis("x", spec: figure.xAxis, summaries: summaries, demand: \.x, notes: &notes)
    y = try PreparedAxis("y", spec: figure.yAxis, summaries: summaries, demand: \.y, notes: &notes)

    var order: [String] = []
    var emphases: [String: Emphasis] = [:]
    var entries: [LegendEntry] = []
    var dodged: [String] = []
    for summary in summaries {
      for name in summary.rowSeries.map({ Self.unique($0) }) ?? [summary.series ?? ""] {
        if !order.contains(name), summary.colorScale == nil || summary.series != nil, !summary.key.isEmpty {
          order.append(name)
        }
        if summary.emphasis != .automatic, emphases[name] == nil { emphases[name] = summary.emphasis }
        guard !name.isEmpty, !summary.key.isEmpty else { continue }
        if let index = entries.firstIndex(where: { $0.name == name }) {
          entries[index].key.formUnion(summary.key)
        } else {
          entries.append(LegendEntry(name: name, key: summary.key))
        }
      }
      if let slot = summary.dodge, !dodged.contains(slot) { dodged.append(slot) }
    }
    seriesOrder = order
    self.emphases = emphases
    legendEntries = entries
    self.dodged = dodged

    var scales: [ColorScale] = []
    for scale in summaries.compactMap(\.colorScale) {
      let missing = scale.values.count { !$0.isFinite }
      if missing > 0 {
        notes.append("\(missing) of \(scale.values.count) values shown by colour are missing or not finite.")
      }
      if let index = scales.firstIndex(where: { $0.label == scale.label && $0.map == scale.map }) {
        scales[index].values += scale.values
      } else {
        scales.append(scale)
      }
    }
    colorScales = scales
    self.notes = notes
  }

  /// Whether there is anything to see besides annotations.
  package var isEmpty: Bool { !x.hasData || !y.hasData }

  /// Colour and symbol of a series: its emphasis, else its place among all series.
  package func style(_ series: String?, emphasis: Emphasis, palette: Palette) -> SeriesStyle {
    let name = series ?? ""
    let chosen = emphasis == .automatic ? emphases[name] ?? .automatic : emphasis
    // Emphasised series take no colour of the palette from the others.
    let coloured = seriesOrder.filter { (emphases[$0] ?? .automatic) == .automatic }
    let accented = emphases.values.contains(.accent)
    let place = (coloured.firstIndex(of: name) ?? 0) + (accented ? 1 : 0)
    let symbol = Symbol.allCases[(seriesOrder.firstIndex(of: name) ?? 0) % Symbol.allCases.count]
    let color =
      switch chosen {
      case .automatic: palette.series[place % palette.series.count]
      case .accent: palette.series[0]
      case .null: palette.null
      case .color(let color): color
      }
    return SeriesStyle(color: color, symbol: symbol, isNull: chosen == .null)
  }

  /// The ramp and range of a colour scale; scales of one label share one range.
  package func resolved(_ scale: ColorScale, appearance: Appearance) -> ResolvedColorScale {
    let shared = colorScales.first { $0.label == scale.label && $0.map == scale.map } ?? scale
    return ResolvedColorScale(shared, appearance: appearance)
  }

  package static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}

/// The look of a series.
public struct SeriesStyle: Hashable, Sendable {
  public let color: Color
  public let symbol: Symbol
  /// Whether it is a null or control, drawn quietly.
  public let isNull: Bool
}

/// One line of a legend.
package struct LegendEntry: Hashable, Sendable {
  package var name: String
  package var key: LegendKey
}
