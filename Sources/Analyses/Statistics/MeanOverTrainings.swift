import Base
import Foundation

/// A mean over trainings of one setting, with an interval that holds for another training.
///
///     let kept = try MeanOverTrainings(
///       [.init([0.9, 1, 0.8], standardErrors: [0.05, 0, 0.06]), .init([0.7, 0.9, 0.8], standardErrors: [0.06, 0.04, 0.05])],
///       within: 0...1)
///     kept.interval.low > 0.9
///
/// Trainings are the independent units. Conditions, such as (w, T), are the same ones in each of them, so they are
/// averaged and not drawn again; what a training does at one condition and not at another is part of how trainings
/// differ. Sentences are the same ones in each training too, and what is peculiar to them does not average out over
/// trainings.
///
/// The interval is mean ± √((t s / √k)² + (z e)²): s is the standard deviation of k trainings' means, t Student's with
/// k − 1 degrees of freedom, z = 1.96, e the standard error over sentences. Trainings that are all equal are therefore
/// as sure as their sentences are. It replaces a percentile bootstrap, which with 3 trainings held the mean in 74 % of
/// studies, not 95 %: the smallest and the largest resample of three values lie too near.
///
/// A *share* has a trap of its own: trainings mostly near 1 with one in ten that fails. Three out of three that went
/// well differ by nothing, and t knows of no failure. So for values within bounds the interval is that of the trainings and
/// a further one, of no estimate's weight, in the middle of the bounds (the idea of the "plus four" interval of a
/// proportion, Agresti & Coull 1998). Its end is then never nearer than what so few trainings can show: `reach`.
/// `MeanOverTrainingsTests` measures the coverage: at least .93 with 3, 5 and 10 trainings for normal and skewed values, for
/// values as found, and where one training in ten fails. What remains are trainings that fail wholly in a share of cases that
/// makes k successes in a row likely and lies just below `reach`: .85 with 5 trainings that fail in a third,
/// .80 at worst with 10 that fail in 15 to 20 %. To cover these too, ten perfect trainings could not show more than .77.
///
/// `caution` is the weight of the further training. Less of it shows more and risks more; with ten trainings:
///
/// | caution | perfect trainings show | holds the mean if one in ten fails |
/// |---|---|---|
/// | 1 | .85 | .998 |
/// | ½ | .90 | .83 |
/// | ¼ | .93 | .65 |
/// | 0 | 1 | .65 |
public struct MeanOverTrainings: Codable, Sendable, Hashable {
  /// What one training showed.
  public struct Training: Codable, Sendable, Hashable {
    /// Of each condition.
    public var values: [Double]
    /// Of the mean of the values: its standard deviation over other sentences.
    public var standardError: Double

    /// A training whose error over sentences is known for the mean over its conditions, as from `InputValues` of all of them.
    public init(_ values: [Double], standardError: Double) {
      (self.values, self.standardError) = (values, standardError)
    }

    /// A training whose conditions have an error each.
    ///
    /// - Parameter standardErrors: `[conditions]`. The error of the mean is at most their mean, whatever sentences the
    ///   conditions share, and that is taken; if each had sentences of its own, it would be smaller.
    public init(_ values: [Double], standardErrors: [Double]) {
      ensure(
        values.count == standardErrors.count,
        "\(values.count) conditions have \(standardErrors.count) standard errors")
      self.init(values, standardError: standardErrors.reduce(0, +) / Double(max(1, standardErrors.count)))
    }

    /// A training in which one effect was measured; its error over sentences is that of its 95 % interval.
    public init(_ measured: Effect.Measurement) {
      let width = measured.interval.high - measured.interval.low
      self.init([measured.estimate], standardError: width / (2 * Distribution.normalQuantile(0.975)))
    }
  }

  /// The mean over trainings of the mean over conditions.
  public let estimate: Double
  /// 95 %, or as asked.
  public let interval: Interval
  /// How many trainings the mean is over.
  public let trainings: Int
  /// The most conditions of a training.
  public let conditions: Int
  /// The standard deviation of trainings' means; nil of one training.
  public let spread: Double?
  /// The standard error over sentences that entered.
  public let standardError: Double

  /// The mean of what each training showed.
  ///
  /// - Parameters:
  ///   - trainings: At least one, each with a condition.
  ///   - bounds: What values can be, such as `0...1` for shares; nil: anything.
  ///   - caution: The weight of the further training, within bounds; 0 for Student's interval alone.
  ///   - confidence: Of the interval.
  /// - Throws: `AnalysisError.tooFewRows`, `.valueNotFinite` with the training and the condition as row and unit;
  ///   `.invalidOption` for a value outside the bounds, or a negative error.
  public init(
    _ trainings: [Training], within bounds: ClosedRange<Double>? = nil, caution: Double = 1,
    confidence: Double = 0.95
  ) throws {
    guard caution.isFinite, caution >= 0 else {
      throw AnalysisError.invalidOption(name: "caution", value: "\(caution)", expected: "at least 0")
    }
    guard confidence > 0, confidence < 1 else {
      throw AnalysisError.invalidOption(
        name: "confidence", value: "\(confidence)", expected: "between 0 and 1")
    }
    guard !trainings.isEmpty, trainings.allSatisfy({ !$0.values.isEmpty }) else {
      throw AnalysisError.tooFewRows(
        condition: "a condition with a value, in every training",
        found: trainings.count { !$0.values.isEmpty },
        needed: max(1, trainings.count))
    }
    for (number, training) in trainings.enumerated() {
      if let place = training.values.firstIndex(where: { !$0.isFinite }) {
        throw AnalysisError.valueNotFinite(what: "the value", row: number, unit: place)
      }
      guard training.standardError.isFinite, training.standardError >= 0 else {
        throw AnalysisError.invalidOption(
          name: "a standard error", value: "\(training.standardError)", expected: "a number, at least 0")
      }
      if let bounds, let value = training.values.first(where: { !bounds.contains($0) }) {
        throw AnalysisError.invalidOption(name: "a value", value: "\(value)", expected: "within \(bounds)")
      }
    }
    let means = trainings.map { average($0.values) }
    estimate = average(means)
    self.trainings = trainings.count
    conditions = trainings.map(\.values.count).max() ?? 0
    spread = means.count > 1 ? deviation(means) : nil
    // At most the mean of the errors, whatever sentences the trainings share.
    standardError = average(trainings.map(\.standardError))
    interval = Self.interval(
      of: means.count > 1 ? means : trainings[0].values, standardError: standardError, within: bounds,
      caution: caution, confidence)
  }

  /// An effect over trainings.
  ///
  ///     let moved = try MeanOverTrainings(of: models.map { try effect(of: $0) }, within: 0...1)
  ///
  /// Three trainings of a share can show little: no more than `reach` as the lower end.
  ///
  /// - Parameter effects: One for each training.
  /// - Throws: As above; `AnalysisError.tooFewRows` where an effect has no number.
  public init(
    of effects: [Effect], within bounds: ClosedRange<Double>? = nil, caution: Double = 1,
    confidence: Double = 0.95
  ) throws {
    try self.init(
      Self.measured(effects).map(Training.init), within: bounds, caution: caution, confidence: confidence)
  }

  /// How far an effect is above its null, over trainings: above the mean of the null's draws in each.
  ///
  /// - Parameters:
  ///   - effects: One for each training.
  ///   - bounds: Of the effect, not of the difference.
  /// - Throws: As above.
  public static func aboveNull(
    _ effects: [Effect], within bounds: ClosedRange<Double>? = nil, caution: Double = 1,
    confidence: Double = 0.95
  ) throws -> MeanOverTrainings {
    let measured = try measured(effects)
    return try difference(
      measured.map(Training.init), from: measured.map { [$0.null.mean] }, within: bounds, caution: caution,
      confidence: confidence)
  }

  private static func measured(_ effects: [Effect]) throws -> [Effect.Measurement] {
    let measured = effects.compactMap(\.measurement)
    guard measured.count == effects.count else {
      throw AnalysisError.tooFewRows(
        condition: "an effect with a number, in every training", found: measured.count, needed: effects.count)
    }
    return measured
  }

  /// The mean of differences, such as of what a set does and what random sets do, condition by condition.
  ///
  /// Its interval above 0 means: above the null, in other trainings too.
  ///
  /// - Parameters:
  ///   - nulls: `[trainings][conditions]`, as the values are. They count as known: of many draws.
  ///   - bounds: Of the values, not of the differences.
  /// - Throws: As `init`; `AnalysisError.countMismatch` unless each value has its null.
  public static func difference(
    _ trainings: [Training], from nulls: [[Double]], within bounds: ClosedRange<Double>? = nil,
    caution: Double = 1, confidence: Double = 0.95
  ) throws -> MeanOverTrainings {
    for (expected, found) in [(trainings.count, nulls.count)]
      + zip(trainings, nulls).map({ ($0.values.count, $1.count) }) where expected != found
    {
      throw AnalysisError.countMismatch(what: "nulls", expected: expected, found: found)
    }
    // The values must lie within the bounds themselves.
    _ = try MeanOverTrainings(trainings, within: bounds, caution: caution, confidence: confidence)
    let differences = zip(trainings, nulls).map { training, nulls in
      Training(zip(training.values, nulls).map { $0 - $1 }, standardError: training.standardError)
    }
    guard let bounds else { return try MeanOverTrainings(differences, confidence: confidence) }
    // Differences can be what values can be, less the null; that of the further training is the mean one.
    let null = average(nulls.map(average))
    let free = try MeanOverTrainings(differences)
    let units = differences.count > 1 ? differences.map { average($0.values) } : differences[0].values
    return MeanOverTrainings(
      free,
      interval: interval(
        of: units, standardError: free.standardError,
        within: bounds.lowerBound - null...bounds.upperBound - null, caution: caution, confidence))
  }

  private init(_ other: MeanOverTrainings, interval: Interval) {
    (estimate, trainings, conditions) = (other.estimate, other.trainings, other.conditions)
    (spread, standardError, self.interval) = (other.spread, other.standardError, interval)
  }

  /// The lower end of the interval if every one of so many trainings had the largest value: what no estimate can exceed.
  ///
  /// A criterion above it can't be met "on average", whatever the models do: ask for more trainings, or say that it can't be told. With
  /// bounds 0 … 1: .34 for 3 trainings, .85 for 10, .90 for 15.
  public static func reach(
    trainings: Int, within bounds: ClosedRange<Double> = 0...1, caution: Double = 1
  ) -> Double {
    trainings < 1
      ? bounds.lowerBound
      : interval(
        of: [Double](repeating: bounds.upperBound, count: trainings), standardError: 0, within: bounds,
        caution: caution, 0.95
      ).low
  }

  private static func interval(
    of units: [Double], standardError: Double, within bounds: ClosedRange<Double>?, caution: Double,
    _ confidence: Double
  ) -> Interval {
    let estimate = average(units)
    let share = (1 + confidence) / 2
    let overSentences = Distribution.normalQuantile(share) * standardError
    guard units.count > 1 else {
      return Interval(low: estimate - overSentences, high: estimate + overSentences).clipped(to: bounds)
    }
    let t = Distribution.studentQuantile(share, freedom: units.count - 1)
    // The further training, with its weight.
    let (middle, weight) = (
      bounds.map { ($0.lowerBound + $0.upperBound) / 2 } ?? 0, bounds == nil ? 0 : caution
    )
    let count = Double(units.count) + weight
    let centre = (units.reduce(0, +) + weight * middle) / count
    let squares = units.reduce(weight * (middle - centre) * (middle - centre)) {
      $0 + ($1 - centre) * ($1 - centre)
    }
    let overUnits = t * (squares / (count - 1) / count).squareRoot()
    let half = (overUnits * overUnits + overSentences * overSentences).squareRoot()
    return Interval(low: min(estimate, centre - half), high: max(estimate, centre + half)).clipped(to: bounds)
  }
}

extension Interval {
  fileprivate func clipped(to bounds: ClosedRange<Double>?) -> Interval {
    guard let bounds else { return self }
    return Interval(low: max(bounds.lowerBound, low), high: min(bounds.upperBound, high))
  }
}

private func average(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

/// The standard deviation, divided by the number of values less one.
private func deviation(_ values: [Double]) -> Double {
  let mean = average(values)
  return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
}
