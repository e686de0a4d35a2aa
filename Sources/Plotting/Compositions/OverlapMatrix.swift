extension Figure {
  /// How much sets share, each pair as a number in its cell: corrected for chance, so that 0 is what random sets
  /// of the same sizes share and 1 is identity.
  ///
  ///     show(Figure.overlapMatrix(overlaps, names: ["t = 1", "t = 2", "t = 3"]))
  ///
  /// - Parameter overlaps: `[sets][sets]`; NaN leaves a cell empty, such as the upper half.
  public static func overlapMatrix(
    _ overlaps: [[Double]], names: [String], label: String = "Overlap above chance", width: Double = 460,
    height: Double = 400
  ) -> Figure {
    Figure(width: width, height: height) {
      HeatMapMark(
        overlaps, rowLabels: names, columnLabels: names, label: label, colorMap: .diverging,
        domain: -1...1, showsValues: overlaps.count <= 14, leavesBlanks: true)
    }
  }
}
