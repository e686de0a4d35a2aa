import LinearAlgebra
import Networks
import Tasks

/// Every edge from a unit's state at t through one gate of a unit at t + 1 to the outcome at T: the true effect of
/// patching it, beside that to first order (attribution patching of edges: Syed and others 2023, arXiv 2310.10348).
///
///     true:         m(gate_j := gate_j with h_u := source_u alone) − m
///     first order:  ∂m/∂h_j(t + 1) · ∂h_j(t + 1)/∂gate_j · s′ · (source_u − h_u) U[u, j]
///
/// After the gate everything is computed on freely, with the tokens that were fed without edits.
public struct EdgePatching: Codable, Sendable, Equatable {
  /// The gate of the receivers through which the edges go.
  public let gate: Gate
  /// t.
  public let step: Int
  /// T.
  public let position: Int
  /// The units u at t, in the order of the rows of `effects`.
  public let senders: [Int]
  /// The units j at t + 1, in the order of its columns.
  public let receivers: [Int]
  /// The true effects on the margin at T, `[senders, receivers]`, signed; each input counts once.
  public let effects: Matrix
  /// The predicted ones.
  public let attributions: Matrix
  /// How well the second tell the first, over all edges.
  public let agreement: AttributionAgreement
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Patches every edge of the decoder's top layer.
  ///
  /// - Parameters:
  ///   - runs: Rows with one T.
  ///   - step: The step t, from 0 to T − 1.
  ///   - value: What a sender is given.
  ///   - senders: By default all units.
  ///   - receivers: By default all units.
  ///   - resamples: How often inputs are drawn again for the correlation's interval.
  /// - Throws: As `PathPatching` and `AttributionAgreement`; `AnalysisError.invalidOption` for a decoder of several layers.
  public init(
    _ runs: Counterfactuals, _ gate: Gate, at step: Int, _ value: EditValue, from senders: [Int]? = nil,
    to receivers: [Int]? = nil, resamples: Int = 500, permutations: Int = 199, seed: UInt64 = 1
  ) throws {
    let patcher = try PathPatcher(runs, steps: step...step, value, .margin, .gained, at: nil)
    let (run, units) = (patcher.run, runs.model.configuration.units)
    guard runs.model.configuration.decoderLayers == 1 else {
      throw AnalysisError.invalidOption(
        name: "the decoder", value: "of \(runs.model.configuration.decoderLayers) layers",
        expected: "one layer")
    }
    let all = Array(0..<units)
    let (senders, receivers) = (senders ?? all, receivers ?? all)
    let hop = Path.Hop(gate, of: receivers)
    try Path(from: senders, [hop]).check(run.equations)
    let count = runs.rows.count
    let sources = Edit(units: senders, at: step, value)
    try sources.check(
      runs.model.configuration, rows: count, encoderSteps: runs.rows.inputs.steps, decoderSteps: runs.steps)
    let numbers = sources.numbers(of: step, rows: count)
    let next = step + 1
    let position = patcher.position
    let gradients = try runs.model.stateGradients(
      runs.baseline.states(at: next), at: next, feeding: runs.baseline.tokens, target: .margin,
      words: runs.rows.words, at: position
    ).gradients
    let local = try run.slopes(gate, receivers, at: next, gradients)

    // Columns are edges, receiver by receiver within a sender.
    let edges = senders.count * receivers.count
    var (predicted, true_) = (Matrix(rows: count, columns: edges), Matrix(rows: count, columns: edges))
    let perBatch = max(1, 4096 / receivers.count)
    for first in stride(from: 0, to: senders.count, by: perBatch) {
      let some = Array(first..<min(first + perBatch, senders.count))
      var variants: [[Edit]] = []
      for place in some {
        let change = PathRun.Change(
          units: [senders[place]], steps: step...step, values: numbers.column(place))
        let gates = run.gates(hop, seeing: change, at: next...next)[gate]
        for index in receivers.indices {
          let ofReceiver = (0..<count).map { gates[$0 * receivers.count + index] }
          variants.append([
            Edit(.gate(gate), units: [receivers[index]], at: next, .numbers(ofReceiver, steps: next...next))
          ])
        }
      }
      let decoded = try runs.decode(variants, through: position, continuing: .uneditedTokens)
      for variant in variants.indices {
        for row in 0..<count {
          true_[row, first * receivers.count + variant] =
            decoded.margin(variant: variant, row: row, at: position)
            - decoded.uneditedMargins[row * decoded.steps + position - 1]
        }
      }
    }
    for row in 0..<count {
      for (place, sender) in senders.enumerated() {
        let change = Double(numbers[row, place]) - Double(run.states[row, step, sender])
        for index in receivers.indices {
          let weight = try run.weight(gate, from: sender, to: receivers[index], row: row, step: next)
          predicted[row, place * receivers.count + index] = Float(change * weight * local[row, index])
        }
      }
    }
    let scale = (0..<count).reduce(0.0) {
      $0 + abs(Double(runs.baseline.logits[$1, position, Int(runs.rows.words[$1])]))
    }
    agreement = try AttributionAgreement(
      predicted, true_, inputs: runs.rows.inputNumbers, sentences: runs.rows.sentenceNumbers,
      resolution: 4 * Double(Float.ulpOfOne) * scale / Double(count), resamples: resamples,
      permutations: permutations, seed: seed)
    func matrix(_ means: [Double]) -> Matrix {
      Matrix(rows: senders.count, columns: receivers.count, storage: means.map { Float($0) })
    }
    (effects, attributions) = (matrix(agreement.effects), matrix(agreement.attributions))
    (self.gate, self.step, self.position, self.senders, self.receivers) = (
      gate, step, position, senders, receivers
    )
    distinctInputs = runs.rows.distinctInputs
  }
}
