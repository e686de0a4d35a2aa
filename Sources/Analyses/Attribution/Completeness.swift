import LinearAlgebra

/// How far attributions are from adding up to what they explain, F(state) − F(baseline).
public struct Completeness: Codable, Sendable, Equatable {
  /// F of each row at its state.
  public let states: [Float]
  /// F of each row at its baseline.
  public let baselines: [Float]
  /// |Σ attributions − (F(state) − F(baseline))| of each row.
  public let errors: [Double]

  init(_ attributions: Matrix, states: [Float], baselines: [Float]) {
    (self.states, self.baselines) = (states, baselines)
    errors = states.indices.map { row in
      let sum = attributions.row(row).reduce(0.0) { $0 + Double($1) }
      return abs(sum - (Double(states[row]) - Double(baselines[row])))
    }
  }

  /// The mean over rows of |Σ attributions − (F(state) − F(baseline))|, in the target's own unit; 0 without rows.
  public var mean: Double { errors.reduce(0, +) / Double(max(errors.count, 1)) }
  /// The largest of these errors; 0 without rows.
  public var largest: Double { errors.max() ?? 0 }
  /// The sum of the errors as a share of the sum of |F(state) − F(baseline)|; nil if there is nothing to explain.
  public var relative: Double? {
    let whole = states.indices.reduce(0) { $0 + abs(Double(states[$1]) - Double(baselines[$1])) }
    return whole > 0 ? errors.reduce(0, +) / whole : nil
  }
}
