import LinearAlgebra
import Networks

/// Attribution patching, the effect of patching each unit to first order, beside the true effect (Nanda 2023; Kramár and
/// others 2024, arXiv 2403.00745, equation 4).
///
///     predicted effect(u) = ∂F/∂h_u (source_u − h_u)
public struct AttributionPatching: Codable, Sendable, Equatable, UnitAttribution {
  /// The predicted effects, `[rows, units]`, signed.
  public let attributions: Matrix
  /// What patching each unit really does, with target, step, position and source.
  public let patching: UnitPatching
  /// Whether the units with large predicted effects are those with large true ones.
  public let agreement: AttributionAgreement
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public var distinctInputs: Int { patching.distinctInputs }

  /// Predicts the effects, patches every unit of every row, and correlates the two.
  ///
  /// - Parameters:
  ///   - resamples: How often the sentences are drawn again for the interval.
  ///   - permutations: How often units are exchanged for the null.
  ///   - progress: Called with the share of the work done.
  /// - Throws: As `IntegratedGradients` and `AttributionAgreement`.
  public init(
    _ model: Seq2Seq, _ states: AttributionStates, target: StateTarget = .probability, source: BaselineState,
    resamples: Int = 2000, permutations: Int = 999, seed: UInt64, progress: (Double) -> Void = { _ in }
  ) throws {
    let gradients = try GradientTimesState(model, states, target: target).gradients
    attributions = try firstOrderEffects(gradients, states, source: source)
    patching = try UnitPatching(model, states, target: target, source: source, progress: progress)
    agreement = try AttributionAgreement(
      attributions, patching.attributions, inputs: states.inputs, sentences: states.sentences,
      resolution: patching.resolution, resamples: resamples, permutations: permutations, seed: seed)
  }
}

/// ∂F/∂h ⊙ (source − h), `[rows, units]`.
package func firstOrderEffects(_ gradients: Matrix, _ states: AttributionStates, source: BaselineState) throws
  -> Matrix
{
  let sources = try source.matrix(for: states)
  var effects = gradients
  for index in effects.storage.indices {
    effects.storage[index] *= sources.storage[index] - states.states.storage[index]
  }
  return effects
}

extension UnitPatching {
  /// Effects that differ by less than this are equal: four times the resolution of Float at the size of F.
  var resolution: Double {
    let size = values.reduce(0) { $0 + abs($1) } / Double(max(values.count, 1))
    return 4 * Double(Float.ulpOfOne) * size
  }
}
