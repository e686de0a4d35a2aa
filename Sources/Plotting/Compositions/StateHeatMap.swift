extension Figure {
  /// The state of every unit at every step, units grouped by role and, within a role, by the step at which they
  /// change most; lines part the roles, whose names stand at the right.
  ///
  ///     show(Figure.stateHeatMap(states, axis: axis, roles: ["storing": storing, "counting": counting]))
  ///
  /// - Parameters:
  ///   - states: `[units][steps]`, in step with `axis.steps`.
  ///   - roles: Units by role, from the top; a unit with several roles stands at its first; the rest come last.
  public static func stateHeatMap(
    _ states: [[Double]], axis: TokenAxis, roles: KeyValuePairs<String, [Int]>, label: String = "State",
    domain: ClosedRange<Double>? = -1...1, width: Double = 640, height: Double? = nil
  ) -> Figure {
    var taken: Set<Int> = []
    var groups: [(name: String, units: [Int])] = []
    for (role, units) in roles {
      let fresh = units.filter { states.indices.contains($0) && taken.insert($0).inserted }
      if !fresh.isEmpty { groups.append((role, sorted(fresh, states))) }
    }
    let rest = states.indices.filter { !taken.contains($0) }
    if !rest.isEmpty { groups.append((groups.isEmpty ? "" : "other", sorted(rest, states))) }
    let order = groups.flatMap(\.units)
    let rows = order.map { states[$0] }
    let first = axis.steps.first ?? 0
    var start = 0.0
    var middles: [(name: String, row: Double)] = []
    var borders: [Double] = []
    for group in groups {
      middles.append((group.name, start + Double(group.units.count - 1) / 2))
      start += Double(group.units.count)
      borders.append(start - 0.5)
    }
    let end = axis.domain.upperBound
    let longest = groups.map(\.name.count).max() ?? 0
    // Blank room at the right for the names of the roles, about 6.5 points a letter.
    let room = Double(axis.steps.count) * (Double(longest) * 6.5 + 8) / max(width - 240, 100)
    return Figure(width: width, height: height ?? max(300, Double(states.count) * 15 + 90)) {
      HeatMapMark(rows, firstColumn: first, label: label, colorMap: .diverging, domain: domain)
      for border in borders.dropLast() { RuleMark(y: border, dashed: false) }
      RuleMark(x: 0.5)
      for (name, row) in middles where !name.isEmpty {
        TextMark(name, x: end, y: row, side: .right)
      }
    }
    .xAxis(
      "Token read, then token written", scale: .step, domain: axis.domain.lowerBound...(end + room),
      ticks: axis.ticks
    )
    .yAxis("Unit", ticks: .labelled(order.indices.map { Double($0) }, order.map { "\($0)" }))
  }

  /// Units by the step of their largest change, then by number.
  private static func sorted(_ units: [Int], _ states: [[Double]]) -> [Int] {
    func step(_ unit: Int) -> Int {
      let trace = states[unit]
      let changes = zip(trace, trace.dropFirst()).map { abs($1 - $0) }
      return changes.firstIndex(of: changes.max() ?? 0) ?? 0
    }
    let keys = Dictionary(uniqueKeysWithValues: units.map { ($0, step($0)) })
    return units.sorted { (keys[$0] ?? 0, $0) < (keys[$1] ?? 0, $1) }
  }
}
