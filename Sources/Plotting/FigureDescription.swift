extension Figure {
  /// What the figure shows in plain sentences: its marks, axes with their ranges, each series with its
  /// extremes; a start for an author who writes the alternative text.
  public func textDescription() -> String {
    if let arrangement { return description(of: arrangement) }
    guard let prepared = try? PreparedFigure(self) else { return Self.misfit }
    var sentences: [String] = []
    let kinds = PreparedFigure.unique(prepared.summaries.map(\.kind)).filter { $0 != "rule" && $0 != "text" }
    let what =
      kinds.isEmpty ? "An empty figure" : "A figure with " + Self.list(kinds.map { Self.article($0) })
    sentences.append(title.map { "\(what): \(MathText.plain($0))." } ?? "\(what).")
    if !prepared.isEmpty || !kinds.isEmpty {
      sentences.append(Self.sentence(prepared.x, name: "horizontal"))
      sentences.append(Self.sentence(prepared.y, name: "vertical"))
    }
    let most = 12
    for summary in prepared.summaries.prefix(most) { sentences.append(contentsOf: Self.sentences(summary)) }
    if prepared.summaries.count > most {
      sentences.append("And \(prepared.summaries.count - most) more marks.")
    }
    return (sentences + prepared.notes).joined(separator: " ")
  }

  private static let misfit = "A figure whose data don't fit together."

  private func description(of arrangement: PanelArrangement) -> String {
    guard let prepared = try? PreparedPanels(self, arrangement) else { return Self.misfit }
    let count = prepared.panels.count
    var sentences = ["A figure with \(count) panel\(count == 1 ? "" : "s")"]
    sentences[0] += title.map { ": \(MathText.plain($0))." } ?? "."
    if let first = prepared.panels.first {
      if arrangement.shared.x { sentences.append(Self.sentence(first.x, name: "horizontal")) }
      if arrangement.shared.y { sentences.append(Self.sentence(first.y, name: "vertical")) }
    }
    let most = max(1, 12 / max(count, 1))
    for (index, panel) in prepared.panels.prefix(12).enumerated() {
      let name = panel.figure.title.flatMap { $0.isEmpty ? nil : " “\(MathText.plain($0))”" } ?? ""
      sentences.append("Panel \(index + 1)\(name):")
      if !arrangement.shared.x { sentences.append(Self.sentence(panel.x, name: "horizontal")) }
      if !arrangement.shared.y { sentences.append(Self.sentence(panel.y, name: "vertical")) }
      for summary in panel.summaries.prefix(most) { sentences += Self.sentences(summary) }
      if panel.summaries.count > most { sentences.append("And \(panel.summaries.count - most) more marks.") }
    }
    if count > 12 { sentences.append("And \(count - 12) more panels.") }
    return (sentences + prepared.notes).joined(separator: " ")
  }

  private static func sentence(_ axis: PreparedAxis, name: String) -> String {
    let label = axis.spec.label.map { " shows “\(MathText.plain($0))”" } ?? ""
    if let categories = axis.categories {
      let shown = categories.prefix(8).map { $0.filter { $0 != "\u{200B}" } }.joined(separator: ", ")
      let rest = categories.count > 8 ? ", …" : ""
      return "The \(name) axis\(label): \(categories.count) categories (\(shown)\(rest))."
    }
    let domain = axis.spec.domain ?? axis.dataRange ?? axis.scale.domain
    let kind =
      axis.spec.scale.type.name == LinearScale.name ? "" : ", on a \(axis.spec.scale.type.name) scale,"
    var ends = [domain.lowerBound, domain.upperBound].map(NumberFormat.short)
    if ends[0] == ends[1], domain.lowerBound < domain.upperBound {
      ends = [domain.lowerBound, domain.upperBound].map(NumberFormat.exact)
    }
    return "The \(name) axis\(label)\(kind) from \(ends[0]) to \(ends[1])."
  }

  private static func sentences(_ summary: MarkSummary) -> [String] {
    let kind = summary.kind.prefix(1).uppercased() + summary.kind.dropFirst()
    let name = kind + (summary.series.map { " “\(MathText.plain($0))”" } ?? "")
    let find = { (wanted: String) in summary.columns.first { $0.name == wanted }?.column }
    if summary.kind == "rule" || summary.kind == "text" {
      let place = ["x", "y"].compactMap { axis -> String? in
        guard case .numbers(let values, _)? = find(axis), let value = values.first else { return nil }
        return "\(axis) = \(NumberFormat.short(value))"
      }.joined(separator: ", ")
      guard case .categories(let labels)? = find("label"), let label = labels.first else {
        return ["\(kind) at \(place)."]
      }
      return ["\(kind) “\(MathText.plain(label))” at \(place)."]
    }
    let amountName = ["value", "weight", "count", "density", "y", "low", "x"].first {
      if case .numbers? = find($0) { true } else { false }
    }
    guard let amountName, case .numbers(let values, _)? = find(amountName) else {
      return ["\(name): \(summary.columns.first?.column.count ?? 0) values."]
    }
    let finite = values.enumerated().filter { LinearScale.accepts($0.element) }
    guard let low = finite.min(by: { $0.element < $1.element }),
      let high = finite.max(by: { $0.element < $1.element })
    else { return ["\(name): no values that can be shown."] }
    if finite.count == 1 { return ["\(name): one value, \(NumberFormat.short(low.element))."] }
    let place = { (index: Int) -> String in
      let others = ["row", "column", "from", "to", "part", "low", "x", "y"].filter { $0 != amountName }
      let parts = others.compactMap { other -> String? in
        switch find(other) {
        case .numbers(let values, _)?: "\(other) = \(NumberFormat.short(values[index]))"
        case .categories(let names)?: names[index]
        case nil: nil
        }
      }
      return parts.isEmpty ? "" : " at " + parts.joined(separator: ", ")
    }
    return [
      "\(name): \(values.count) values, lowest \(NumberFormat.short(low.element))\(place(low.offset)), "
        + "highest \(NumberFormat.short(high.element))\(place(high.offset))."
    ]
  }

  private static func article(_ kind: String) -> String {
    // “stacked bars” is a plural.
    if kind.hasSuffix("s") { return kind }
    return (kind.hasPrefix("a") ? "an " : "a ") + kind
  }

  private static func list(_ items: [String]) -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " and " + last
  }
}
