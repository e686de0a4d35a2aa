extension Figure {
  /// The network graph of a mechanism: units as nodes in columns by role, contributions as weighted arrows.
  ///
  ///     show(Figure.mechanism(nodes: units, edges: contributions, label: "$h_u U_z$ at step 9"))
  ///
  /// - Parameters:
  ///   - edges: Orange adds, blue takes away; the width is the size.
  ///   - leaveOutBelow: Edges weaker than this part of the strongest are left out and counted in a note.
  public static func mechanism(
    nodes: [NetworkNode], edges: [NetworkEdge], label: String, leaveOutBelow: Double = 0.05,
    width: Double = 640, height: Double = 380
  ) -> Figure {
    Figure(width: width, height: height) {
      NetworkMark(nodes: nodes, edges: edges, label: label, leaveOutBelow: leaveOutBelow)
    }
    .yAxis(ticks: .hidden)
  }
}
