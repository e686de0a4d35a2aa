import Foundation

extension Figure {
  /// Learning curves over seeds: each run as a thin line, their median as a strong one.
  ///
  ///     show(Figure.learningCurves(x: steps, runs: ["16 units": small, "64 units": large], axis: "Loss"))
  ///
  /// - Parameters:
  ///   - x: The positions of the values, such as training steps.
  ///   - runs: For each kind of model `[seeds][positions]`; a run that stopped early may be shorter.
  public static func learningCurves(
    x: any PlotNumbers, runs: KeyValuePairs<String, [[Double]]>, axis: String, scale: AxisScale = .linear,
    width: Double = 640, height: Double = 400
  ) -> Figure {
    let positions = x.plotNumbers
    return Figure(width: width, height: height) {
      for (name, seeds) in runs {
        for run in seeds {
          SeedLineMark(x: Array(positions.prefix(run.count)), y: run, series: name)
        }
        LineMark(x: positions, y: median(seeds, count: positions.count), series: name, width: 2.4)
      }
    }
    .xAxis("Training step")
    .yAxis(axis, scale: scale)
  }

  /// The median at each position over the runs that are still going.
  private static func median(_ runs: [[Double]], count: Int) -> [Double] {
    (0..<count).map { index in
      let values = runs.compactMap { $0.indices.contains(index) ? $0[index] : nil }
      return Distribution(values).quantile(0.5) ?? .nan
    }
  }
}
