import LinearAlgebra
import Networks

/// The outcome as more and more units of a ranking are ablated, beside random orders (control 5).
///
/// A good ranking of what the outcome needs makes the curve fall early: the area under it is small.
public struct AblationCurve: Codable, Sendable, Equatable {
  /// t: h_t is ablated.
  public let step: Int
  /// All units, in the order in which they are ablated.
  public let ranking: [Int]
  /// How many units are ablated at each point; 0 first.
  public let sizes: [Int]
  /// The mean outcome at each size, `[sizes]`.
  public let outcomes: [Double]
  /// The middle 95 % of random orders at each size, `[sizes]`; empty without any.
  public let randomRange: [Interval]
  /// The mean of random orders at each size, `[sizes]`; empty without any.
  public let randomMean: [Double]
  /// One less the mean height of the curve, as an area between 0 and 1 where the outcome is: the larger, the better
  /// the ranking. Its null are random orders.
  public let areaAbove: Effect

  /// Ablates the first units of a ranking.
  ///
  /// - Parameters:
  ///   - value: What ablated units are given, such as `.meanAtStep(of:)` a reference.
  ///   - ranking: All units, best first.
  ///   - points: At most how many sizes are tried, spread evenly from none to all.
  ///   - outcome: One that is defined in every row.
  ///   - orders: How many random orders.
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.countMismatch`, `.invalidOption`, `.stepOutOfRange`.
  public init(
    _ runs: Counterfactuals, ranking: [Int], at step: Int, _ value: EditValue, place: Place = .state,
    outcome: Outcome = .token, points: Int = 33, orders: Int = 200, seed: UInt64 = 1
  ) throws {
    let units = runs.model.configuration.units
    guard try unitSet(ranking, of: units).count == units else {
      throw AnalysisError.countMismatch(what: "units in the ranking", expected: units, found: ranking.count)
    }
    guard points >= 2 else {
      throw AnalysisError.invalidOption(name: "points", value: "\(points)", expected: "at least 2")
    }
    let count = min(points, units + 1)
    let sizes = (0..<count).map { ($0 * units + (count - 1) / 2) / (count - 1) }
    var generator = SeededGenerator(seed: seed, label: "random orders")
    let rankings = [ranking] + (0..<orders).map { _ in generator.shuffled(0..<units) }
    let last = outcome.looksAhead ? runs.steps : runs.rows.positions.max() ?? runs.steps
    let decoded = try runs.decode(
      rankings.flatMap { order in
        sizes.map { [Edit(place, units: Array(order.prefix($0)), at: step, value)] }
      }, through: last)
    // Curves over distinct inputs, `[inputs][sizes]`, of the ranking itself.
    let own = sizes.indices.compactMap { decoded.byInput(decoded.values(outcome, of: $0)) }
    let means = try rankings.indices.map { order in
      try sizes.indices.map { index in
        guard let mean = decoded.score(outcome, of: order * sizes.count + index) else {
          throw AnalysisError.invalidOption(
            name: "outcome", value: "\(outcome)", expected: "one that is defined in every row")
        }
        return mean
      }
    }
    self.step = step
    self.ranking = ranking
    self.sizes = sizes
    outcomes = means[0]
    let random = Array(means.dropFirst())
    let columns = random.isEmpty ? [] : sizes.indices.map { index in random.map { $0[index] } }
    randomRange = columns.map { Interval(low: quantile(0.025, of: $0), high: quantile(0.975, of: $0)) }
    randomMean = columns.map { $0.reduce(0, +) / Double($0.count) }
    let areas = (0..<decoded.distinctInputs).map { input in
      Self.areaAbove(own.map { $0.values[input] }, sizes)
    }
    areaAbove = Effect(
      meanOf: InputValues(areas, sentences: own[0].sentences), null: random.map { Self.areaAbove($0, sizes) },
      ofDraws: "random orders of \(units) units", seed: seed)
  }

  /// One less the mean height, by trapezia.
  private static func areaAbove(_ outcomes: [Double], _ sizes: [Int]) -> Double {
    var area = 0.0
    for index in 1..<sizes.count {
      area += (outcomes[index] + outcomes[index - 1]) / 2 * Double(sizes[index] - sizes[index - 1])
    }
    return 1 - area / Double(sizes[sizes.count - 1])
  }
}
