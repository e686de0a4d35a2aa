extension Figure {
  /// The data behind the figure in tidy form (RFC 4180): one row an observation, the columns `mark` and
  /// `series` first, then those that the marks have; empty where a mark lacks a column.
  ///
  /// Marks whose arrays don't fit together are left out; `render` throws for them.
  public func csv() -> String {
    let summaries = marks.compactMap { try? $0.summary() }
    var names: [String] = []
    for summary in summaries {
      for column in summary.columns where !names.contains(column.name) { names.append(column.name) }
    }
    var lines = [(["mark", "series"] + names).joined(separator: ",")]
    for summary in summaries {
      let columns = names.map { name in summary.columns.first { $0.name == name }?.column }
      let head = Self.field(summary.kind) + "," + Self.field(summary.series ?? "")
      for row in 0..<(summary.columns.first?.column.count ?? 0) {
        var line = head
        for column in columns { line += "," + Self.cell(column, row) }
        lines.append(line)
      }
    }
    return lines.joined(separator: "\n") + "\n"
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
