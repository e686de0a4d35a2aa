import LinearAlgebra
import Networks

/// The true effect of patching each unit: how F changes when the unit alone takes its value from a source state.
///
///     effect(u) = F(h with h_u := source_u) − F(h)
///
/// All units of all rows are decoded as batches from the patched states, with the tokens that are fed held fixed, so
/// that gradients and patches answer the same question.
public struct UnitPatching: Codable, Sendable, Equatable, UnitAttribution {
  /// What F is: a probability, a logit or a margin of w.
  public let target: StateTarget
  /// t: h_t of the decoder's top layer is patched; 0 is the state that the encoder hands over.
  public let step: Int
  /// The position T at which F is read, counted from 1.
  public let position: Int
  /// Where the units' other values come from.
  public let source: BaselineState
  /// F of each row, unpatched.
  public let values: [Double]
  /// The effects, `[rows, units]`, signed.
  public let attributions: Matrix
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Patches every unit of every row.
  ///
  /// - Parameter progress: Called with the share of the work done.
  /// - Throws: As `IntegratedGradients`.
  public init(
    _ model: Seq2Seq, _ states: AttributionStates, target: StateTarget = .probability,
    source: BaselineState = .zero, progress: (Double) -> Void = { _ in }
  ) throws {
    let (sources, units) = (try source.matrix(for: states), states.units)
    // Each row unpatched first, then with each unit patched.
    var values = [Double]()
    var effects = Matrix(rows: states.count, columns: units)
    try states.forEachDecodedValue(
      model, target, points: states.count * (units + 1),
      point: { index in
        let (row, place) = index.quotientAndRemainder(dividingBy: units + 1)
        var state = states.states.row(row)
        if place > 0 { state[place - 1] = sources[row, place - 1] }
        return (row, state)
      }, progress: progress,
      each: { index, row, value in
        let place = index % (units + 1)
        if place == 0 { values.append(value) } else { effects[row, place - 1] = Float(value - values[row]) }
      })
    (self.values, attributions) = (values, effects)
    (self.target, step, position) = (target, states.step, states.position)
    (self.source, distinctInputs) = (source, states.distinctInputs)
  }
}
