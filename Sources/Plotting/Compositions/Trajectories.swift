/// One path of a state through the plane of two principal components.
public struct Trajectory: Sendable {
  /// The series' name in the legend and the CSV.
  public let name: String
  /// The coordinate along the first component, `[steps]`, in the order of the steps.
  public let first: [Double]
  /// That along the second, as many numbers.
  public let second: [Double]
  /// How prominent the path is; `.automatic` follows its series.
  public let emphasis: Emphasis

  /// A path whose two columns must have one length, else the figure throws a `PlottingError`.
  public init(
    _ name: String, first: any PlotNumbers, second: any PlotNumbers, emphasis: Emphasis = .automatic
  ) {
    (self.name, self.first, self.second) = (name, first.plotNumbers, second.plotNumbers)
    self.emphasis = emphasis
  }
}

extension Figure {
  /// Paths of states through a plane with their direction, steps written beside the first of them.
  ///
  ///     show(Figure.trajectories(paths, shares: (0.61, 0.22)))
  ///
  /// - Parameters:
  ///   - shares: The parts of the variance that the two components explain, 0 to 1, for the axes' labels.
  ///   - firstStep: The step of each path's first point.
  public static func trajectories(
    _ paths: [Trajectory], shares: (Double, Double)? = nil, firstStep: Int = 0, width: Double = 560,
    height: Double = 460
  ) -> Figure {
    func label(_ name: String, _ share: Double?) -> String {
      share.map { "\(name) (\(NumberFormat.fixed($0 * 100, decimals: 0)) % of variance)" } ?? name
    }
    return Figure(width: width, height: height) {
      for (index, path) in paths.enumerated() {
        let steps = path.first.indices.map { index == 0 ? "\($0 + firstStep)" : "" }
        PathMark(
          x: path.first, y: path.second, series: path.name, labels: index == 0 ? steps : nil,
          emphasis: path.emphasis)
      }
    }
    .xAxis(label("PC 1", shares?.0))
    .yAxis(label("PC 2", shares?.1))
  }
}
