import Networks
import Tasks

/// What is lost when a set of units is set to zero once, beside what random sets of the same size lose.
///
/// h_t is edited right after it is computed, used for the output at t and carried on; the model then goes on
/// greedily from its own tokens. The outcome is the share of rows that still have their word at their position.
public struct ZeroingExperiment: Codable, Sendable, Equatable {
  /// One decoder step's result.
  public struct Step: Codable, Sendable, Equatable {
    /// t, the step at which the units were zeroed.
    public let step: Int
    /// The chosen units.
    public let units: [Int]
    /// Rows that keep their word at their position with the chosen units zeroed.
    public let kept: Accuracy
    /// 95 % over rows (Wilson).
    public let interval: Interval
    /// The share kept with each random set zeroed.
    public let randomKept: [Double]
    /// How often a random set does at least as much harm.
    public let pValue: Double

    /// The share kept with random sets: quantiles 2.5 %, 50 % and 97.5 %.
    public var randomRange: (low: Double, median: Double, high: Double) {
      (quantile(0.025, of: randomKept), quantile(0.5, of: randomKept), quantile(0.975, of: randomKept))
    }
  }

  /// The share of rows that have their word at their position when nothing is edited.
  public let baseline: Accuracy
  public let steps: [Step]
  /// How many different inputs the rows have: repeats of one input are no further evidence.
  public let distinctInputs: Int

  /// Zeroes the chosen units, and then each random set, at each step in turn.
  ///
  /// - Parameters:
  ///   - rows: The rows to decode; none of them should have served to choose the units.
  ///   - steps: The decoder steps t to edit at; 0 is the state that the encoder hands over.
  ///   - randomSets: How many sets are drawn for each step.
  ///   - choose: The units to zero at a step.
  ///   - progress: Called with the share of the work done.
  /// - Throws: `NetworkError` for rows that the model can't read; `AnalysisError.unitOutOfRange`, `.repeatedUnit`.
  public init(
    _ model: Seq2Seq, rows: Rows, steps: ClosedRange<Int>, randomSets: Int, seed: UInt64,
    choose: (_ step: Int) -> [Int], progress: (Double) -> Void = { _ in }
  ) throws {
    func kept(zeroing units: [Int], at step: Int) throws -> Accuracy {
      let decoding = try model.decode(rows) { current, states in
        guard current == step else { return }
        for row in 0..<states.rows {
          for unit in units { states[row, unit] = 0 }
        }
      }
      return decoding.tokenAccuracy(rows)
    }
    baseline = try model.decode(rows).tokenAccuracy(rows)
    var results: [Step] = []
    for step in steps {
      let units = choose(step)
      _ = try unitSet(units, of: model.configuration.units)
      let accuracy = try kept(zeroing: units, at: step)
      let sets = RandomSets.uniform(
        count: randomSets, size: units.count, of: model.configuration.units, seed: seed &+ UInt64(step))
      let randomKept = try sets.map { try kept(zeroing: $0, at: step).share }
      results.append(
        Step(
          step: step, units: units, kept: accuracy, interval: .wilson(accuracy.correct, of: accuracy.count),
          randomKept: randomKept,
          pValue: RandomSets.pValue(effect: 1 - accuracy.share, null: randomKept.map { 1 - $0 })))
      progress(Double(results.count) / Double(steps.count))
    }
    self.steps = results
    distinctInputs = rows.distinctInputs
  }
}

extension ZeroingExperiment {
  /// The harm done at each step, the share of rows that lose their word, with interval, null and number of inputs.
  public var effects: [Effect] {
    steps.map { step in
      Effect(
        estimate: 1 - step.kept.share,
        interval: Interval(low: 1 - step.interval.high, high: 1 - step.interval.low),
        null: step.randomKept.map { 1 - $0 }, ofDraws: "random sets of \(step.units.count) units",
        distinctInputs: distinctInputs)
    }
  }
}
