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
  private let encoder: StackMemory
  private let decoder: StackMemory
  private let output: OutputLayer

  /// Room for `rows` rows of at most these numbers of steps.
  package init(_ network: Network, rows: Int, encoderSteps: Int, decoderSteps: Int) {
    self.network = network
    batch = Batch(capacity: rows, encoderSteps: encoderSteps, decoderSteps: decoderSteps)
    let (cell, tokens) = (network.cell, rows * max(encoderSteps, decoderSteps))
    encoder = StackMemory(
      TokenInputs(network.encoder, cell: cell, tokensAtOnce: tokens), rows: rows, depth: 1)
    decoder = StackMemory(
      TokenInputs(network.decoder, cell: cell, tokensAtOnce: tokens), rows: rows, depth: 1)
    output = OutputLayer(network, rows: rows)
  }

  /// Projects the tokens anew; call it when the parameters have changed.
  package func prepare(_ parameters: UnsafeMutablePointer<Float>) {
    encoder.inputs.prepare(parameters)
    decoder.inputs.prepare(parameters)
  }

  /// Reads the loaded batch; `onStep` sees each step from 1 on, when it has been computed.
  package func encode(
    _ parameters: UnsafeMutablePointer<Float>, onStep: (_ step: Int, _ tapes: [Tape]) -> Void = { _, _ in }
  ) {
    let tapes = encoder.tapes(rows: batch.rows, pads: batch.pads)
    startAtZero(tapes)
    for step in 0..<batch.encoderSteps {
      encoder.forward(step..<step + 1, tapes: tapes, tokens: batch.inputs, parameters: parameters)
      onStep(step + 1, tapes)
    }
    handOver(
      network, from: tapes, step: batch.encoderSteps, to: decoder.tapes(rows: batch.rows, pads: nil))
  }

  /// Writes `steps` tokens a row after `encode`, into `batch.fed` from its second step on.
  ///
  /// `edit` may change the states of step t = 0 … `steps` when they are computed, before anything reads them.
  /// With `choosing`, a step's choice is fed to the next; else `batch.fed` is left as it was loaded.
  /// `onStep` sees each step t from 1 on, with its logits `[rows, words]`.
  package func decode(
    _ parameters: UnsafeMutablePointer<Float>, steps: Int, choosing: Bool,
    edit: ((_ step: Int, _ tapes: [Tape]) throws -> Void)? = nil,
    onStep: (_ step: Int, _ tapes: [Tape], _ logits: MatrixView) -> Void = { _, _, _ in }
  ) rethrows {
    let tapes = decoder.tapes(rows: batch.rows, pads: nil)
    try edit?(0, tapes)
    for step in 0..<steps {
      decoder.forward(step..<step + 1, tapes: tapes, tokens: batch.fed, parameters: parameters)
      try edit?(step + 1, tapes)
      let logits = output.logits(of: tapes[tapes.count - 1].output(step + 1), parameters)
      if choosing { output.choose(from: logits, into: batch.fed + (step + 1) * batch.rows) }
      onStep(step + 1, tapes, logits)
    }
  }
}
