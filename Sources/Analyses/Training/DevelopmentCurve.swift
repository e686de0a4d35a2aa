import LinearAlgebra
import Networks
import Tasks

/// Measurements of one training at its checkpoints: when do the roles appear?
public struct DevelopmentCurve: Codable, Sendable, Equatable {
  /// One checkpoint.
  public struct Point: Codable, Sendable, Equatable {
    /// Epochs gone through; 0 before training.
    public let epoch: Int
    /// Updates made.
    public let step: Int
    /// The mean loss of the epoch before; nil before the first.
    public let loss: Double?
    /// Rows that are decoded wholly right.
    public let whole: Accuracy
    /// Rows with w at T.
    public let token: Accuracy
    /// What each measure found, by its name.
    public let values: [String: DevelopmentMeasure.Value]
  }

  /// The seed of the training.
  public let seed: UInt64
  /// In the order of their steps.
  public let points: [Point]

  /// Measures every checkpoint.
  ///
  /// - Parameters:
  ///   - checkpoints: In any order; no two of one step.
  ///   - rows: The rows of the accuracies.
  ///   - progress: Called with the share of the work done.
  /// - Throws: `AnalysisError.tooFewRows` without checkpoints, `.invalidOption` for two measures with one name or two
  ///   checkpoints of one step, and what the measures throw, except for `.tooFewRows`: that is "not determined" there.
  public init(
    _ checkpoints: [Checkpoint], rows: Rows, measuring measures: [DevelopmentMeasure], seed: UInt64,
    progress: (Double) throws -> Void = { _ in }
  ) throws {
    guard !checkpoints.isEmpty else {
      throw AnalysisError.tooFewRows(condition: "a checkpoint", found: 0, needed: 1)
    }
    guard Set(measures.map(\.name)).count == measures.count else {
      throw AnalysisError.invalidOption(
        name: "measures", value: "\(measures.map(\.name))", expected: "a name of its own for each")
    }
    guard Set(checkpoints.map(\.step)).count == checkpoints.count else {
      throw AnalysisError.invalidOption(
        name: "checkpoints", value: "the steps \(checkpoints.map(\.step))", expected: "each step only once")
    }
    let rows = rows.distinct
    var points: [Point] = []
    for checkpoint in checkpoints.sorted(by: { $0.step < $1.step }) {
      let evaluation = try checkpoint.model.evaluate(rows)
      var values: [String: DevelopmentMeasure.Value] = [:]
      for measure in measures { values[measure.name] = try measure.value(checkpoint.model) }
      points.append(
        Point(
          epoch: checkpoint.epoch, step: checkpoint.step, loss: checkpoint.loss, whole: evaluation.whole,
          token: evaluation.token, values: values))
      try progress(Double(points.count) / Double(checkpoints.count))
    }
    (self.seed, self.points) = (seed, points)
  }

  /// When a measure's estimate is at least a threshold for good: at one checkpoint and all later ones. Nil if it is not at
  /// the last; what is not determined is below every threshold.
  ///
  /// - Throws: `AnalysisError.invalidOption` for a measure that was not taken.
  public func onset(of name: String, atLeast threshold: Double) throws -> Onset.Time? {
    try AnalysisError.require("threshold", threshold, in: -.greatestFiniteMagnitude ... .infinity)
    guard points.allSatisfy({ $0.values[name] != nil }) else {
      throw AnalysisError.invalidOption(
        name: "measure", value: name, expected: "one of \((points.first?.values.keys.sorted() ?? []))")
    }
    let holds = points.map { ($0.values[name]?.effect.measurement?.estimate ?? -.infinity) >= threshold }
    guard holds.last == true else { return nil }
    let first = (holds.lastIndex(of: false) ?? -1) + 1
    return Onset.Time(after: first > 0 ? points[first - 1].step : nil, by: points[first].step)
  }
}

/// When something appears in training, over several seeds.
public struct Onset: Codable, Sendable, Equatable {
  /// Between two checkpoints.
  public struct Time: Codable, Sendable, Hashable {
    /// The step of the last checkpoint without it; nil if the first had it.
    public let after: Int?
    /// The step of the first checkpoint from which on it is there.
    public let by: Int

    /// Times between two checkpoints, by the number of their updates.
    public init(after: Int?, by: Int) { (self.after, self.by) = (after, by) }
  }

  /// What was measured.
  public let measure: String
  /// What the estimate has to reach for good.
  public let threshold: Double
  /// Of each seed, in the order of the curves; nil if it never came for good.
  public let times: [Time?]
  /// The seeds in which it came.
  public let appeared: Proportion
  /// The median step over seeds, of which those without it count as later than all; nil if that is one of them.
  public let median: Double?
  /// 95 % for the median, of a bootstrap over seeds; nil with fewer than three seeds, or if its upper end is later than
  /// training went.
  public let interval: Interval?

  /// Looks for the onset in the curves of several trainings.
  ///
  /// - Throws: `AnalysisError.tooFewRows` without curves, `.invalidOption`.
  public init(
    of measure: String, atLeast threshold: Double, in curves: [DevelopmentCurve], draws: Int = 2000,
    seed: UInt64 = 1
  ) throws {
    try AnalysisError.require("draws", draws, atLeast: 0)
    let times = try curves.map { try $0.onset(of: measure, atLeast: threshold) }
    guard let appeared = Proportion(times.count { $0 != nil }, of: times.count) else {
      throw AnalysisError.tooFewRows(condition: "a curve", found: 0, needed: 1)
    }
    let steps = times.map { $0.map { Double($0.by) } ?? .infinity }
    func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
    median = finite(middle(of: steps))
    var generator = SeededGenerator(seed: seed, label: "bootstrap over seeds")
    let medians = (0..<draws).map { _ in
      middle(of: steps.map { _ in steps[generator.integer(below: steps.count)] })
    }.sorted()
    // Quantiles without arithmetic, which infinities do not allow.
    func end(_ share: Double) -> Double? {
      medians.isEmpty ? nil : finite(medians[Int((share * Double(medians.count - 1)).rounded())])
    }
    if steps.count >= 3, let low = end(0.025), let high = end(0.975) {
      interval = Interval(low: low, high: high)
    } else {
      interval = nil
    }
    (self.measure, self.threshold, self.times, self.appeared) = (measure, threshold, times, appeared)
  }
}

/// The median; of an even number, the mean of the two in the middle.
private func middle(of values: [Double]) -> Double {
  let sorted = values.sorted()
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
