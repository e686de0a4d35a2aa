import LinearAlgebra
import Networks
import Tasks

/// How much each unit varies with the token that a row asks for, at each decoder step.
public struct TokenVariance: Codable, Sendable, Equatable {
  /// The decoder steps, such as 0...13.
  public let steps: ClosedRange<Int>
  /// Variance of the unit's means over tokens, each token weighted by its rows: `[steps, units]`.
  public let between: Matrix
  /// The same as a share of the whole variance: `[steps, units]`.
  ///
  /// 1 means that the unit's value depends on the token alone, 0 that it does not depend on it, or that the unit
  /// does not vary at all. (The correlation ratio η², Fisher 1925.)
  public let share: Matrix

  /// Measures a recording, whose rows should differ in nothing but their inputs: one position, one length.
  public init(_ recording: Recording) {
    let states = recording.decoder.states
    steps = states.steps
    let groups = groupedPlaces(of: recording.rows.words.map(Int.init))
    var between = Matrix(rows: states.steps.count, columns: states.units)
    var share = Matrix(rows: states.steps.count, columns: states.units)
    for (index, step) in states.steps.enumerated() {
      for unit in 0..<states.units {
        let values = (0..<states.rows).map { Double(states[$0, step, unit]) }
        let mean = values.reduce(0, +) / Double(values.count)
        let whole = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let betweenSum = groups.reduce(0.0) { sum, group in
          let groupMean = group.reduce(0) { $0 + values[$1] } / Double(group.count)
          return sum + Double(group.count) * (groupMean - mean) * (groupMean - mean)
        }
        // Below the resolution of Float the unit is constant.
        guard whole > 1e-10 * Double(values.count) else { continue }
        between[index, unit] = Float(betweenSum / Double(values.count))
        share[index, unit] = Float(betweenSum / whole)
      }
    }
    self.between = between
    self.share = share
  }

  /// The units that vary most with the token at a step, by `between`, the first most; ties go to the lower number.
  public func topUnits(_ count: Int, at step: Int) -> [Int] {
    let row = between.row(step - steps.lowerBound)
    return Array(ranking(of: row.map(Double.init)).prefix(count))
  }
}
