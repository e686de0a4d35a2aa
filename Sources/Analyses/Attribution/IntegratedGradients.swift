import LinearAlgebra
import Networks

/// Integrated gradients of a target F by the decoder's states, with the tokens that are fed held fixed (Sundararajan,
/// Taly & Yan 2017, equation 1).
///
///     attribution(u) = (h_u − b_u) ∫₀¹ ∂F/∂h_u (b + a (h − b)) da
///
/// Over the units they add up to F(h) − F(b) (their proposition 1); what a rule of integration misses is the completeness
/// error. As published: the zero baseline, 50 left Riemann steps, F = P(w at T).
public struct IntegratedGradients: Codable, Sendable, Equatable, UnitAttribution {
  /// What F is.
  public let target: StateTarget
  /// t: attributions are to the units of h_t.
  public let step: Int
  /// T: the position at which F is read.
  public let position: Int
  /// b: where the path starts.
  public let baseline: BaselineState
  /// How the integral is computed.
  public let rule: IntegrationRule
  /// `[rows, units]`, signed.
  public let attributions: Matrix
  /// F of each row at its state and at its baseline, and what the attributions miss of the difference.
  public let completeness: Completeness
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Follows the path of every row.
  ///
  /// - Parameter progress: Called with the share of the work done.
  /// - Throws: `AnalysisError.countMismatch`, `.invalidOption`, `.valueNotFinite` for a baseline or rule that makes no
  ///   sense; `NetworkError` for states or words that the model does not have.
  public init(
    _ model: Seq2Seq, _ states: AttributionStates, target: StateTarget = .probability,
    baseline: BaselineState = .zero, rule: IntegrationRule = .published,
    progress: (Double) -> Void = { _ in }
  ) throws {
    let (ends, units) = (try baseline.matrix(for: states), states.units)
    let (places, weights) = try rule.nodes()
    // Each row's path, with its ends behind it, which have no weight.
    let path = Array(zip(places + [0, 1], weights + [0, 0]))
    var sums = [Double](repeating: 0, count: states.count * units)
    var (atBaseline, atState) = ([Float](), [Float]())
    try states.forEachGradient(
      model, target, points: states.count * path.count,
      point: { index in
        let (row, place) = index.quotientAndRemainder(dividingBy: path.count)
        let along = path[place].0
        let state = (0..<units).map { unit in
          let (h, b) = (Double(states.states[row, unit]), Double(ends[row, unit]))
          return Float(b + along * (h - b))
        }
        return (row, state)
      }, progress: progress,
      each: { index, row, value, gradient in
        let place = index % path.count
        if place == places.count { atBaseline.append(value) }
        if place == places.count + 1 { atState.append(value) }
        let weight = path[place].1
        if weight == 0 { return }
        for (unit, slope) in gradient.enumerated() { sums[row * units + unit] += weight * Double(slope) }
      })
    var attributions = Matrix(rows: states.count, columns: units)
    for index in sums.indices {
      let change = Double(states.states.storage[index]) - Double(ends.storage[index])
      attributions.storage[index] = Float(change * sums[index])
    }
    self.attributions = attributions
    completeness = Completeness(attributions, states: atState, baselines: atBaseline)
    (self.target, step, position) = (target, states.step, states.position)
    (self.baseline, self.rule, distinctInputs) = (baseline, rule, states.distinctInputs)
  }
}
