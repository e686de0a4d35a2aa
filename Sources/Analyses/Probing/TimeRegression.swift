import LinearAlgebra
import Networks

/// R5: whether units count down, by regression: how well t and T − t are predicted from each unit, and from all.
///
/// At one T both times are one label; over several T they differ, and a unit that counts down predicts T − t better than
/// t. Ridge regressions on standardised units are fitted on Select and judged by R² on Verify.
public struct TimeRegression: Codable, Sendable, Equatable {
  /// What a unit, or all units, predict.
  public struct Fit: Codable, Sendable, Equatable {
    /// R² for t on unseen inputs.
    public let timeGone: Double
    /// R² for T − t on unseen inputs.
    public let timeLeft: Double
    /// R²(T − t) − R²(t). The interval resamples sentences; in a draw of the null both times are exchanged in all inputs
    /// of a random half of the sentences.
    public let difference: Effect

    /// Whether T − t is predicted better, with an interval that excludes 0; nil if it can't be told.
    public var countsDown: Bool? { difference.measurement.map { $0.estimate > 0 && $0.interval.low > 0 } }
  }

  /// Of each unit alone, `[units]`.
  public let units: [Fit]
  /// Of all units together.
  public let all: Fit
  /// The same for pairs (w, T) that the model was not trained on; nil if none were given.
  public let unseenPairs: Fit?
  /// Of all units of an untrained model; nil if none was given.
  public let floor: Fit?
  /// The correlation of t and T − t over the tested states: −1 or 1 would mean that they can't be told apart.
  public let correlation: Double
  /// The factor of the squared weights, on standardised units.
  public let penalty: Double
  /// How many different inputs the regressions are tested on.
  public let distinctInputs: Int

  /// Fits and tests the regressions.
  ///
  /// - Parameters:
  ///   - training: States of Select, of several T and t.
  ///   - unseenInputs: States of Verify.
  ///   - unseenPairs: States of `Dataset.unseen`.
  ///   - untrained: The same states of Select and Verify in an untrained model of the same shape.
  ///   - penalty: Of the ridge, on standardised units.
  ///   - draws: Of the bootstrap; half as many of the null.
  /// - Throws: `AnalysisError.invalidOption` if t and T − t are collinear in any of the states; `.countMismatch`,
  ///   `.tooFewRows`.
  public init(
    training: ProbeStates, unseenInputs: ProbeStates, unseenPairs: ProbeStates? = nil,
    untrained: (training: ProbeStates, unseenInputs: ProbeStates)? = nil, penalty: Double = 1,
    draws: Int = 2000,
    seed: UInt64 = 1
  ) throws {
    let fitted = try FittedTimes(training, penalty: penalty, withUnits: true)
    let tested = try TestedTimes(unseenInputs, fitted)
    let fits = tested.fits(draws: draws, seed: seed)
    all = fits[0]
    units = Array(fits.dropFirst())
    self.unseenPairs = try unseenPairs.map {
      try TestedTimes($0, fitted.withoutUnits).fits(draws: draws, seed: seed)[0]
    }
    floor = try untrained.map { states in
      let fitted = try FittedTimes(states.training, penalty: penalty, withUnits: false)
      return try TestedTimes(states.unseenInputs, fitted).fits(draws: draws, seed: seed)[0]
    }
    correlation = tested.correlation
    self.penalty = penalty
    distinctInputs = tested.rowsOfInput.count
  }
}

/// The correlation of t and T − t.
///
/// - Throws: `AnalysisError.invalidOption` if they can't be told apart.
private func checkedCorrelation(_ states: ProbeStates) throws -> Double {
  let (gone, left) = (states.labels(.timeGone).map(Double.init), states.labels(.timeLeft).map(Double.init))
  func expected(_ found: String) -> AnalysisError {
    .invalidOption(name: "the states", value: found, expected: "several T crossed with several t")
  }
  guard let correlation = pearsonCorrelation(gone, left) else { throw expected("of one t, or of one T − t") }
  guard abs(correlation) < 0.999 else { throw expected("such that t and T − t correlate by \(correlation)") }
  return correlation
}

/// Regressions for t and T − t: the first on all units, then one on each.
private struct FittedTimes {
  let standardize: Standardization
  /// Of t and of T − t.
  let all: [RidgeRegression]
  /// `[units]` of the same.
  let units: [[RidgeRegression]]

  init(_ states: ProbeStates, penalty: Double, withUnits: Bool) throws {
    _ = try checkedCorrelation(states)
    standardize = Standardization(states.states)
    let standardized = standardize(states.states)
    let targets = [ProbeTarget.timeGone, .timeLeft].map { states.labels($0).map(Double.init) }
    all = try RidgeRegression.fits(standardized, targets: targets, penalty: penalty)
    units = try (0..<(withUnits ? standardized.columns : 0)).map { unit in
      let column = Matrix(rows: standardized.rows, columns: 1, storage: standardized.column(unit))
      return try RidgeRegression.fits(column, targets: targets, penalty: penalty)
    }
  }

  private init(_ standardize: Standardization, _ all: [RidgeRegression]) {
    (self.standardize, self.all, units) = (standardize, all, [])
  }

  var withoutUnits: FittedTimes { FittedTimes(standardize, all) }
}

/// The squared errors of each tested input.
private struct TestedTimes {
  let rowsOfInput: [[Int]]
  let sentences: SentenceGroups
  let correlation: Double
  /// The squared errors of each fit, for t then for T − t: `[inputs, 2 × fits]`.
  let errors: [[Double]]
  /// n, Σ y, Σ y² of each input, for t and T − t: `[inputs][2]`.
  let sums: [[(count: Double, sum: Double, squares: Double)]]
  let fitCount: Int

  init(_ states: ProbeStates, _ fitted: FittedTimes) throws {
    guard states.states.columns == fitted.standardize.means.count else {
      throw AnalysisError.countMismatch(
        what: "units in the tested states", expected: fitted.standardize.means.count,
        found: states.states.columns)
    }
    correlation = try checkedCorrelation(states)
    let standardized = fitted.standardize(states.states)
    let targets = [ProbeTarget.timeGone, .timeLeft].map { states.labels($0).map(Double.init) }
    let rows = groupedPlaces(of: states.inputs)
    rowsOfInput = rows
    sentences = SentenceGroups(rows.map { states.sentences[$0[0]] })
    fitCount = 1 + fitted.units.count
    var errors = [[Double]](repeating: [Double](repeating: 0, count: 2 * fitCount), count: rows.count)
    func add(_ fit: Int, _ predictions: [[Double]]) {
      for target in targets.indices {
        for (input, members) in rows.enumerated() {
          for row in members {
            let error = predictions[target][row] - targets[target][row]
            errors[input][2 * fit + target] += error * error
          }
        }
      }
    }
    add(0, fitted.all.map { $0.predict(standardized) })
    for (unit, regressions) in fitted.units.enumerated() {
      let column = Matrix(rows: standardized.rows, columns: 1, storage: standardized.column(unit))
      add(unit + 1, regressions.map { $0.predict(column) })
    }
    self.errors = errors
    sums = rows.map { members in
      targets.map { target in
        (
          Double(members.count), members.reduce(0) { $0 + target[$1] },
          members.reduce(0) { $0 + target[$1] * target[$1] }
        )
      }
    }
  }

  /// Σ (y − ȳ)² for t and T − t, with each input counted as often as it is weighted; nil if the targets are all equal.
  private func whole(_ weights: [Double]) -> [Double]? {
    let wholes = (0..<2).map { target in
      var (count, sum, squares) = (0.0, 0.0, 0.0)
      for (weight, input) in zip(weights, sums) where weight > 0 {
        count += weight * input[target].count
        sum += weight * input[target].sum
        squares += weight * input[target].squares
      }
      return squares - sum * sum / max(count, 1)
    }
    return wholes.allSatisfy { $0 > 1e-9 } ? wholes : nil
  }

  func fits(draws: Int, seed: UInt64) -> [TimeRegression.Fit] {
    let ones = [Double](repeating: 1, count: errors.count)
    // Not nil: the correlation of the targets is defined.
    let whole = whole(ones) ?? [1, 1]
    let left = weighted(Matrix([ones.map { Float($0) }]), exactly: true)[0]
    let bootstrap = differences(draws: draws, seed: seed)
    let null = nullDifferences(draws: draws / 2, whole: whole, seed: seed)
    return (0..<fitCount).map { fit in
      let (gone, toGo) = (1 - left[2 * fit] / whole[0], 1 - left[2 * fit + 1] / whole[1])
      let resampled = bootstrap.map { $0[fit] }
      return TimeRegression.Fit(
        timeGone: gone, timeLeft: toGo,
        difference: resampled.isEmpty
          ? .notDetermined(.noRows(condition: "two times in a resampled draw"))
          : Effect(
            estimate: toGo - gone,
            interval: Interval(low: quantile(0.025, of: resampled), high: quantile(0.975, of: resampled)),
            null: null.map { $0[fit] }, ofDraws: "sentences with both times exchanged",
            sentences: sentences.count))
    }
  }

  /// Sums of the errors over inputs, `[draws][2 × fits]`; in Double if asked, else as a product in Float.
  private func weighted(_ weights: Matrix, exactly: Bool = false) -> [[Double]] {
    if exactly {
      return (0..<weights.rows).map { draw in
        var sums = [Double](repeating: 0, count: 2 * fitCount)
        for (input, row) in errors.enumerated() {
          for column in sums.indices { sums[column] += Double(weights[draw, input]) * row[column] }
        }
        return sums
      }
    }
    let product = weights * Matrix(errors.map { $0.map { Float($0) } })
    return (0..<product.rows).map { product.row($0).map { Double($0) } }
  }

  /// The differences of R² of each fit, `[draws][fits]`, with sentences drawn with replacement.
  private func differences(draws: Int, seed: UInt64) -> [[Double]] {
    var generator = SeededGenerator(seed: seed, label: "bootstrap over inputs")
    var weights = Matrix(rows: draws, columns: errors.count)
    for draw in 0..<draws {
      for input in sentences.draw(using: &generator) { weights.storage[draw * errors.count + input] += 1 }
    }
    let left = weighted(weights)
    return (0..<draws).compactMap { draw in
      guard let whole = whole(weights.row(draw).map { Double($0) }) else { return nil }
      return (0..<fitCount).map { left[draw][2 * $0] / whole[0] - left[draw][2 * $0 + 1] / whole[1] }
    }
  }

  /// The same with both times' errors, each as a share of its whole, exchanged in some sentences.
  private func nullDifferences(draws: Int, whole: [Double], seed: UInt64) -> [[Double]] {
    var generator = SeededGenerator(seed: seed, label: "exchanged times")
    var signs = Matrix(rows: draws, columns: errors.count)
    for draw in 0..<draws {
      for inputs in sentences.inputs {
        let sign: Float = generator.next() >> 63 == 0 ? 1 : -1
        for input in inputs { signs.storage[draw * errors.count + input] = sign }
      }
    }
    let sums = weighted(signs)
    return (0..<draws).map { draw in
      (0..<fitCount).map { sums[draw][2 * $0] / whole[0] - sums[draw][2 * $0 + 1] / whole[1] }
    }
  }
}
