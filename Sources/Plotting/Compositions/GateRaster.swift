extension Figure {
  /// Gate values of every unit at every step, with a cross where a gate is exactly 0 and a disc where it is
  /// exactly 1, as a hard sigmoid can be.
  ///
  ///     show(Figure.gateRaster(updateGates, axis: axis, name: "Update gate $z$"))
  ///
  /// - Parameters:
  ///   - gates: `[units][steps]` in 0...1, in step with `axis.steps`.
  ///   - unitNames: Names of the rows, by default their numbers.
  public static func gateRaster(
    _ gates: [[Double]], axis: TokenAxis, name: String = "Update gate", unitNames: [String]? = nil,
    width: Double = 640, height: Double? = nil
  ) -> Figure {
    var shut: (x: [Int], y: [Int]) = ([], [])
    var open: (x: [Int], y: [Int]) = ([], [])
    for (row, values) in gates.enumerated() {
      for (step, value) in zip(axis.steps, values) {
        if value <= 0 {
          shut.x.append(step)
          shut.y.append(row)
        }
        if value >= 1 {
          open.x.append(step)
          open.y.append(row)
        }
      }
    }
    let names = unitNames ?? gates.indices.map { "\($0)" }
    return Figure(width: width, height: height ?? max(240, Double(gates.count) * 13 + 110)) {
      HeatMapMark(
        gates, firstColumn: axis.steps.first ?? 0, label: name, colorMap: .sequential, domain: 0...1)
      if !shut.x.isEmpty { CellMark(x: shut.x, y: shut.y, series: "exactly 0", sign: .cross) }
      if !open.x.isEmpty { CellMark(x: open.x, y: open.y, series: "exactly 1", sign: .disc) }
      RuleMark(x: 0.5)
    }
    .xAxis("Token read, then token written", tokens: axis)
    .yAxis("Unit", ticks: .labelled(gates.indices.map { Double($0) }, names))
    .legend(.above)
  }
}
