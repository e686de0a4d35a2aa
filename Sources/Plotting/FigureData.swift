extension Figure {
  /// The data behind the figure in tidy form (RFC 4180): one row an observation, the columns `mark` and
  /// `series` (in panels also `panel`) first, then those that the marks have; empty where a mark lacks a column.
  ///
  /// Marks whose arrays don't fit together are left out; `render` throws for them.
  public func csv() -> String {
    var rows: [(panel: String, summary: MarkSummary)] = []
    for panel in arrangement?.panels ?? [] {
      rows += panel.marks.compactMap { try? $0.summary() }.map { (panel.title ?? "", $0) }
    }
    rows += marks.compactMap { try? $0.summary() }.map { ("", $0) }
    let names = PreparedFigure.unique(rows.flatMap { $0.summary.columns.map(\.name) })
    var text =
      (arrangement == nil ? "" : "panel,") + (["mark", "series"] + names).joined(separator: ",") + "\n"
    for (panel, summary) in rows {
      let columns = names.map { name in summary.columns.first { $0.name == name }?.column }
      let head = (arrangement == nil ? "" : Self.field(panel) + ",") + Self.field(summary.kind) + ","
      let series = Self.field(summary.series ?? "")
      for row in 0..<(summary.columns.first?.column.count ?? 0) {
        text += head
        text += series
        for column in columns {
          text += ","
          text += Self.cell(column, row)
        }
        text += "\n"
      }
    }
    return text
  }

  private static func cell(_ column: PlotColumn?, _ row: Int) -> String {
    switch column {
    case .numbers(let values, _): NumberFormat.exact(values[row])
    case .categories(let names): field(names[row])
    case nil: ""
    }
  }

  private static func field(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r\r\n".contains($0) }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
