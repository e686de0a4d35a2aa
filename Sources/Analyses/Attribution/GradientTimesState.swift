import LinearAlgebra
import Networks

/// Gradient × input, the input being the state: h_u ∂F/∂h_u, the effect of every unit to first order (Shrikumar and
/// others 2016, arXiv 1605.01713).
///
/// It is the one-point rule of integrated gradients with the zero baseline, taken at the state itself.
public struct GradientTimesState: Codable, Sendable, Equatable, UnitAttribution {
  /// What F is.
  public let target: StateTarget
  /// t: attributions are to the units of h_t.
  public let step: Int
  /// T: the position at which F is read.
  public let position: Int
  /// F of each row.
  public let values: [Float]
  /// ∂F/∂h, `[rows, units]`.
  public let gradients: Matrix
  /// h ⊙ ∂F/∂h, `[rows, units]`, signed.
  public let attributions: Matrix
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Attributes the target at each state to its units.
  ///
  /// - Throws: `NetworkError` for states or words that the model does not have.
  public init(_ model: Seq2Seq, _ states: AttributionStates, target: StateTarget = .probability) throws {
    var (values, gradients) = ([Float](), [Float]())
    try states.forEachGradient(
      model, target, points: states.count, point: { ($0, states.states.row($0)) },
      each: { _, _, value, gradient in
        values.append(value)
        gradients += gradient
      })
    self.values = values
    self.gradients = Matrix(rows: states.count, columns: states.units, storage: gradients)
    attributions = Matrix(
      rows: states.count, columns: states.units,
      storage: zip(states.states.storage, gradients).map { $0 * $1 })
    (self.target, step, position) = (target, states.step, states.position)
    distinctInputs = states.distinctInputs
  }
}
