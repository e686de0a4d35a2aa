/// The series of a figure, or of all panels of one, with their colours, symbols, legend entries and shared
/// colour scales: one name looks the same wherever it stands.
package struct SeriesTable: Sendable {
  package let legendEntries: [LegendEntry]
  package let colorScales: [ColorScale]
  /// The series that stand side by side at each category.
  package let dodged: [String]
  private let places: [String: Int]
  private let colouredPlaces: [String: Int]
  private let emphases: [String: Emphasis]
  private let lineCounts: [String: Int]

  /// The series of one plot, or of several panels.
  package init(_ panels: [[MarkSummary]], notes: inout [String]) {
    let summaries = panels.flatMap { $0 }
    var order: [String: Int] = [:]
    var names: [String] = []
    var emphases: [String: Emphasis] = [:]
    var entries: [LegendEntry] = []
    var entryPlaces: [String: Int] = [:]
    var dodged: [String] = []
    var lineCounts: [String: Int] = [:]
    for summary in summaries {
      for name in summary.rowSeries.map({ PreparedFigure.unique($0) }) ?? [summary.series ?? ""] {
        if order[name] == nil, summary.colorScale == nil || summary.series != nil, !summary.key.isEmpty {
          order[name] = names.count
          names.append(name)
        }
        if summary.emphasis != .automatic, emphases[name] == nil { emphases[name] = summary.emphasis }
        guard !name.isEmpty, !summary.key.isEmpty else { continue }
        if let index = entryPlaces[name] {
          entries[index].key.formUnion(summary.key)
        } else {
          entryPlaces[name] = entries.count
          entries.append(LegendEntry(name: name, key: summary.key))
        }
      }
      if let slot = summary.dodge, !dodged.contains(slot) { dodged.append(slot) }
    }
    for panel in panels {
      let named = panel.filter { $0.key.contains(.line) }.map { $0.series ?? "" }
      for (name, count) in Dictionary(grouping: named, by: \.self).mapValues(\.count) {
        lineCounts[name] = max(lineCounts[name] ?? 0, count)
      }
    }
    places = order
    self.emphases = emphases
    self.lineCounts = lineCounts
    legendEntries = entries
    self.dodged = dodged
    // Emphasised series take no colour of the palette from the others.
    let coloured = names.filter { (emphases[$0] ?? .automatic) == .automatic }
    colouredPlaces = Dictionary(uniqueKeysWithValues: coloured.enumerated().map { ($0.element, $0.offset) })
    colorScales = Self.merged(summaries.compactMap(\.colorScale), notes: &notes)
  }

  private static func merged(_ all: [ColorScale], notes: inout [String]) -> [ColorScale] {
    var scales: [ColorScale] = []
    var (missing, infinite, total) = (0, 0, 0)
    for scale in all {
      missing += scale.values.count { $0.isNaN }
      infinite += scale.values.count { $0.isInfinite }
      total += scale.values.count
      if let index = scales.firstIndex(where: { $0.isShared(with: scale) }) {
        scales[index].values += scale.values
      } else {
        scales.append(scale)
      }
    }
    if missing > 0 {
      notes.append("\(missing) of \(total) values shown by colour are missing or not finite.")
    }
    if infinite > 0 {
      let verb = infinite == 1 ? "is" : "are"
      notes.append("\(infinite) of \(total) values shown by colour \(verb) infinite: ▲ is ∞, ▼ is −∞.")
    }
    return scales
  }

  /// Colour, symbol and dashes of a series: its emphasis, else its place among all series.
  package func style(_ series: String?, emphasis: Emphasis, palette: Palette) -> SeriesStyle {
    let name = series ?? ""
    let chosen = emphasis == .automatic ? emphases[name] ?? .automatic : emphasis
    let accented = emphases.values.contains(.accent)
    let place = (colouredPlaces[name] ?? 0) + (accented ? 1 : 0)
    let symbols = Symbol.allCases
    // The symbols move on by one each time the colours begin again, so that no pair of them comes twice.
    let ordinal = places[name] ?? 0
    let symbol = symbols[(ordinal + ordinal / symbols.count) % symbols.count]
    let cycle = chosen == .automatic ? place / palette.series.count : 0
    let color =
      switch chosen {
      case .automatic: palette.series[place % palette.series.count]
      case .accent: palette.series[0]
      case .null: palette.null
      case .color(let color): color
      }
    return SeriesStyle(
      color: color, symbol: symbol, dash: SeriesStyle.dashes[cycle % SeriesStyle.dashes.count],
      isNull: chosen == .null)
  }

  /// Whether lines of a series carry symbols unless told otherwise: where it is one line among other series.
  /// Many lines of one series, such as the traces of all units, would be hidden by their symbols.
  package func marksLines(of series: String?) -> Bool {
    guard let series, lineCounts[series, default: 0] <= 1 else { return false }
    // Beside greys a single colour is told apart by its lightness.
    return legendEntries.count { emphases[$0.name] != .null } > 1
  }

  /// The ramp and range of a colour scale; scales of one label share one range.
  package func resolved(_ scale: ColorScale, appearance: Appearance) -> ResolvedColorScale {
    ResolvedColorScale(colorScales.first { $0.isShared(with: scale) } ?? scale, appearance: appearance)
  }
}

extension ColorScale {
  /// Scales of one label and one map are one scale with one bar.
  package func isShared(with other: ColorScale) -> Bool { label == other.label && map == other.map }
}

/// The look of a series.
public struct SeriesStyle: Hashable, Sendable {
  /// The colour of the series in this appearance.
  public let color: Color
  /// The shape that tells it apart beside its colour.
  public let symbol: Symbol
  /// Dash lengths in points; empty for the first seven series, whose colours differ.
  public let dash: [Double]
  /// Whether it is a null or control, drawn quietly.
  public let isNull: Bool

  fileprivate static let dashes: [[Double]] = [[], [7, 3], [2, 2.5], [8, 3, 2, 3]]
}

/// One line of a legend.
package struct LegendEntry: Hashable, Sendable {
  package var name: String
  package var key: LegendKey
}
