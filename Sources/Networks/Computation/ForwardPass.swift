import LinearAlgebra
import Tasks

/// What the decoder is fed from its second step on.
public enum Feeding: Sendable, Hashable {
  /// The token that it chose at the step before.
  case greedy
  /// The target of the step before.
  case teacherForced
  /// These tokens: that of position t is fed at step t + 1.
  case tokens(TokenGrid)
}

/// Runs encoder and decoder forward, step by step, keeping only the step at hand.
package final class ForwardPass {
  package let network: Network
  package let batch: Batch
  private let encoder: StackScratch
  private let decoder: StackScratch
  private let output: OutputLayer

  /// Room for `rows` rows of at most these numbers of steps.
  package init(_ network: Network, rows: Int, encoderSteps: Int, decoderSteps: Int) {
    self.network = network
    batch = Batch(capacity: rows, encoderSteps: encoderSteps, decoderSteps: decoderSteps)
    let (cell, tokens) = (network.cell, rows * max(encoderSteps, decoderSteps))
    encoder = StackScratch(
      TokenInputs(network.encoder, cell: cell, tokensAtOnce: tokens), rows: rows, depth: 1)
    decoder = StackScratch(
      TokenInputs(network.decoder, cell: cell, tokensAtOnce: tokens), rows: rows, depth: 1)
    output = OutputLayer(network, rows: rows)
  }

  /// Projects the tokens anew; call it when the parameters have changed.
  package func prepare(_ parameters: UnsafeMutablePointer<Float>) {
    encoder.inputs.prepare(parameters)
    decoder.inputs.prepare(parameters)
  }

  /// Reads the loaded batch; `onStep` sees each step from 1 on, when it has been computed, and may change its states.
  ///
  /// `gateEdit` may change gates of a step, `[rows, units]` each block, before anything reads them.
  package func encode(
    _ parameters: UnsafeMutablePointer<Float>, onStep: (_ step: Int, _ tapes: [Tape]) -> Void = { _, _ in },
    gateEdit: GateHook? = nil
  ) throws {
    let tapes = encoder.tapes(rows: batch.rows, pads: batch.pads)
    startAtZero(tapes)
    for step in 0..<batch.encoderSteps {
      try encoder.forward(
        step..<step + 1, tapes: tapes, tokens: batch.inputs, parameters: parameters,
        edit: gateEdit.map { onBlocks($0, step: step + 1, tapes) })
      onStep(step + 1, tapes)
    }
    handOver(
      network, from: tapes, step: batch.encoderSteps, to: decoder.tapes(rows: batch.rows, pads: nil))
  }

  /// Where gates of a step t may be changed, one block `[rows, units]` a call.
  package typealias GateHook = (_ step: Int, _ layer: Int, _ block: Int, _ values: MatrixView) throws -> Void

  /// The same for a stack's forward pass, which names the blocks that have just been computed.
  private func onBlocks(
    _ hook: @escaping GateHook, step: Int, _ tapes: [Tape]
  ) -> (_ layer: Int, _ step: Int, _ blocks: Range<Int>) throws -> Void {
    let units = network.units
    return { layer, _, blocks in
      let gates = tapes[layer].gates(step - 1)
      for block in blocks { try hook(step, layer, block, gates.columns(block * units..<(block + 1) * units)) }
    }
  }

  /// Every decoder layer's state(`step`), to be filled before `decode` starts from there.
  package func decoderStates(_ step: Int) -> [MatrixView] {
    decoder.tapes(rows: batch.rows, pads: nil).map { $0.state(step) }
  }

  /// Where decoding may be interfered with; each is called with the step t that is being computed.
  package struct Edits {
    /// The states of step t, before anything reads them.
    package var states: ((_ step: Int, _ states: [MatrixView]) throws -> Void)?
    /// A copy of the top layer's output, `[rows, units]`, which only the logits of step t see.
    package var output: ((_ step: Int, _ output: MatrixView) throws -> Void)?
    /// The states of step t, after its logits: only step t + 1 sees them.
    package var carried: ((_ step: Int, _ states: [MatrixView]) throws -> Void)?
    /// Gates of step t, `[rows, units]` each block, before anything reads them.
    package var gates: GateHook?

    package init() {}
  }

  /// Writes tokens a row after `encode`, for steps `first` + 1 … `steps`, into `batch.fed` from its second step on.
  ///
  /// Started at a `first` > 0, its states are given, and its token is written first. With `choosing`, a step's choice is
  /// fed to the next; else `batch.fed` is left as it was loaded. `onStep` sees each step t from 1 on, with its logits
  /// `[rows, vocabulary]`.
  package func decode(
    _ parameters: UnsafeMutablePointer<Float>, from first: Int = 0, steps: Int, choosing: Bool,
    edits: Edits = Edits(),
    onStep: (_ step: Int, _ tapes: [Tape], _ logits: MatrixView) throws -> Void = { _, _, _ in }
  ) throws {
    let tapes = decoder.tapes(rows: batch.rows, pads: nil)
    for step in first...max(first, steps) {
      if step > first {
        try decoder.forward(
          step - 1..<step, tapes: tapes, tokens: batch.fed, parameters: parameters,
          edit: edits.gates.map { onBlocks($0, step: step, tapes) })
      }
      try edits.states?(step, tapes.map { $0.state(step) })
      if step > 0 {
        let logits = try logits(step, of: tapes[tapes.count - 1].output(step), edits.output, parameters)
        if choosing { output.choose(from: logits, into: batch.fed + step * batch.rows) }
        try onStep(step, tapes, logits)
      }
      try edits.carried?(step, tapes.map { $0.state(step) })
    }
  }

  private func logits(
    _ step: Int, of output: MatrixView, _ edit: ((_ step: Int, _ output: MatrixView) throws -> Void)?,
    _ parameters: UnsafeMutablePointer<Float>
  ) throws -> MatrixView {
    guard let edit else { return self.output.logits(of: output, parameters) }
    let copy = Scratch<Float>(zeros: output.rows * output.columns)
    let seen = MatrixView(copy.base, rows: output.rows, columns: output.columns)
    for row in 0..<output.rows {
      (seen.base + row * seen.stride).update(from: output.base + row * output.stride, count: output.columns)
    }
    try edit(step, seen)
    return withExtendedLifetime(copy) { self.output.logits(of: seen, parameters) }
  }
}
