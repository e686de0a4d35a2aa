import LinearAlgebra

/// Random sets whose units vary as much, and lie as far from zero, as those of a chosen set.
///
/// A set chosen by any rule tends to hold the units that vary most, and zeroing those does harm whatever they are for.
/// Against sets matched on variance and |mean| the choice must show more than that. Matching has limits: where few
/// units are like the chosen ones, a draw takes the chosen ones again. `overlap` and the imbalances say how far it went.
public struct MatchedSets: Codable, Sendable, Hashable {
  /// The draws, each ascending.
  public let sets: [[Int]]
  /// The mean share of the chosen units in a draw: 1 would mean that the null is the chosen set itself.
  public let overlap: Double
  /// Mean of the draws less mean of the chosen set in the variance, in standard deviations over all units.
  public let varianceImbalance: Double
  /// The same for |mean|.
  public let magnitudeImbalance: Double

  /// Draws matched sets.
  ///
  /// Each chosen unit, in random order, is replaced by one of the units nearest to it in (standard deviation, |mean|), both in
  /// standard deviations over the units, itself among them and none twice.
  ///
  /// - Parameters:
  ///   - chosen: The set to match.
  ///   - states: What the units do, `[observations, units]`.
  ///   - count: How many draws: 1000.
  ///   - neighbours: How many nearest units may stand in for one: more means freer draws that match less.
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.setLargerThanModel`, `.tooFewRows`, `.invalidOption`.
  public init(to chosen: [Int], states: Matrix, count: Int = 1000, neighbours: Int = 8, seed: UInt64) throws {
    let units = states.columns
    guard chosen.count <= units else {
      throw AnalysisError.setLargerThanModel(size: chosen.count, units: units)
    }
    let members = try unitSet(chosen, of: units)
    guard states.rows > 1 else {
      throw AnalysisError.tooFewRows(condition: "states to match on", found: states.rows, needed: 2)
    }
    guard neighbours >= 1 else {
      throw AnalysisError.invalidOption(name: "neighbours", value: "\(neighbours)", expected: "at least 1")
    }
    if let place = states.storage.firstIndex(where: { !$0.isFinite }) {
      throw AnalysisError.valueNotFinite(what: "the state", row: place / units, unit: place % units)
    }
    let (variances, magnitudes) = Self.moments(states)
    let (x, y) = (standardised(variances.map { $0.squareRoot() }), standardised(magnitudes))
    let nearest = (0..<units).map { unit in
      (0..<units).sorted { a, b in
        let first = (x[a] - x[unit]) * (x[a] - x[unit]) + (y[a] - y[unit]) * (y[a] - y[unit])
        let second = (x[b] - x[unit]) * (x[b] - x[unit]) + (y[b] - y[unit]) * (y[b] - y[unit])
        return (first, a == unit ? -1 : a) < (second, b == unit ? -1 : b)
      }
    }
    var generator = SeededGenerator(seed: seed, label: "matched sets")
    sets = (0..<count).map { _ in
      var taken = Set<Int>()
      for unit in generator.shuffled(chosen) {
        let open = nearest[unit].filter { !taken.contains($0) }.prefix(neighbours)
        taken.insert(open[generator.integer(below: open.count)])
      }
      return taken.sorted()
    }
    let drawn = sets.flatMap { $0 }
    let (wide, far) = (standardised(variances), standardised(magnitudes))
    func mean(_ values: [Double], _ units: [Int]) -> Double {
      units.isEmpty ? 0 : units.reduce(0) { $0 + values[$1] } / Double(units.count)
    }
    overlap = drawn.isEmpty ? 0 : Double(drawn.count { members.contains($0) }) / Double(drawn.count)
    varianceImbalance = mean(wide, drawn) - mean(wide, chosen)
    magnitudeImbalance = mean(far, drawn) - mean(far, chosen)
  }

  private static func moments(_ states: Matrix) -> (variances: [Double], magnitudes: [Double]) {
    let means = states.columnMeans.map(Double.init)
    var squares = [Double](repeating: 0, count: states.columns)
    for row in 0..<states.rows {
      for unit in 0..<states.columns {
        let distance = Double(states.storage[row * states.columns + unit]) - means[unit]
        squares[unit] += distance * distance
      }
    }
    return (squares.map { $0 / Double(states.rows - 1) }, means.map { abs($0) })
  }
}

/// Values less their mean, divided by their standard deviation; all 0 if they are equal.
private func standardised(_ values: [Double]) -> [Double] {
  let mean = values.reduce(0, +) / Double(max(values.count, 1))
  let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(values.count, 1)))
    .squareRoot()
  return values.map { deviation > 1e-12 ? ($0 - mean) / deviation : 0 }
}
