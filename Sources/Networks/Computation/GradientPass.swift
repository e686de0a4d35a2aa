import LinearAlgebra
import Tasks

/// The forward and backward pass of one training batch: from rows to the gradient of their cross-entropy.
///
/// All memory is made at the start. O(rows × steps × units²) a pass.
package final class GradientPass {
  package let network: Network
  package let batch: Batch
  /// The gradient of the *sum* of cross-entropies, laid out as the parameters are.
  package let gradients: Scratch<Float>
  private let encoder: StackMemory
  private let decoder: StackMemory
  private let encoderGradient: StackGradientMemory
  private let decoderGradient: StackGradientMemory
  private let output: OutputLayer
  /// `[decoder steps × rows, units]`.
  private let outputGradient: Scratch<Float>
  /// How many decoder steps go through the softmax at once.
  private let outputSteps: Int

  /// Room for `rows` rows of at most these numbers of steps.
  package init(_ network: Network, rows: Int, encoderSteps: Int, decoderSteps: Int) {
    self.network = network
    batch = Batch(capacity: rows, encoderSteps: encoderSteps, decoderSteps: decoderSteps)
    gradients = Scratch(network.layout.count, repeating: 0)
    encoder = StackMemory(stack: network.encoder, cell: network.cell, rows: rows, depth: encoderSteps)
    decoder = StackMemory(stack: network.decoder, cell: network.cell, rows: rows, depth: decoderSteps)
    encoderGradient = StackGradientMemory(encoder, rows: rows)
    decoderGradient = StackGradientMemory(decoder, rows: rows)
    // A million logits at once, 4 MB, stay near the core; a large vocabulary takes fewer steps at a time.
    outputSteps = max(1, min(decoderSteps, 1_000_000 / (rows * network.configuration.words)))
    output = OutputLayer(network, rows: rows * outputSteps)
    outputGradient = Scratch(decoderSteps * rows * network.units, repeating: 0)
  }

  /// The sum of cross-entropies of the loaded batch, in nats; its gradient is then in `gradients`.
  ///
  /// Teacher-forced, the decoder is fed the targets; else, from the second step on, its own choices.
  package func run(_ parameters: UnsafeMutablePointer<Float>, teacherForced: Bool) -> Double {
    let (rows, steps) = (batch.rows, batch.decoderSteps)
    gradients.base.update(repeating: 0, count: gradients.count)
    encoder.projectTokens(parameters)
    decoder.projectTokens(parameters)
    let encoderTapes = encoder.tapes(rows: rows, pads: batch.pads)
    let decoderTapes = decoder.tapes(rows: rows, pads: nil)
    startAtZero(encoderTapes)
    encoder.forward(
      0..<batch.encoderSteps, tapes: encoderTapes, tokens: batch.inputs, parameters: parameters)
    handOver(network, from: encoderTapes, step: batch.encoderSteps, to: decoderTapes)

    var loss = 0.0
    if teacherForced {
      batch.feedTargets()
      decoder.forward(0..<steps, tapes: decoderTapes, tokens: batch.fed, parameters: parameters)
      for first in stride(from: 0, to: steps, by: outputSteps) {
        loss += lossAndGradient(
          first..<min(first + outputSteps, steps), decoderTapes, parameters, choosing: false)
      }
    } else {
      for step in 0..<steps {
        decoder.forward(step..<step + 1, tapes: decoderTapes, tokens: batch.fed, parameters: parameters)
        loss += lossAndGradient(step..<step + 1, decoderTapes, parameters, choosing: true)
      }
    }

    decoderGradient.clearStates()
    decoderGradient.backward(
      steps: steps, tapes: decoderTapes, tokens: batch.fed,
      topGradient: MatrixView(
        outputGradient.base, rows: steps * rows, columns: network.units),
      parameters: parameters, gradients: gradients.base)
    handBack(decoderTapes)
    encoderGradient.backward(
      steps: batch.encoderSteps, tapes: encoderTapes, tokens: batch.inputs, topGradient: nil,
      parameters: parameters, gradients: gradients.base)
    return loss
  }

  private func lossAndGradient(
    _ steps: Range<Int>, _ tapes: [Tape], _ parameters: UnsafeMutablePointer<Float>, choosing: Bool
  ) -> Double {
    let (rows, units) = (batch.rows, network.units)
    let outputs = tapes[tapes.count - 1].outputs(steps.lowerBound + 1..<steps.upperBound + 1)
    let logits = output.logits(of: outputs, parameters)
    if choosing { output.choose(from: logits, into: batch.fed + steps.upperBound * rows) }
    let loss = output.crossEntropy(logits, targets: batch.targets + steps.lowerBound * rows)
    output.backward(
      logits, outputs: outputs,
      into: MatrixView(
        outputGradient.base + steps.lowerBound * rows * units, rows: outputs.rows, columns: units),
      parameters: parameters, gradients: gradients.base)
    return loss
  }

  /// The gradients by the decoder's first states become those by the encoder's last.
  private func handBack(_ decoderTapes: [Tape]) {
    encoderGradient.clearStates()
    for layer in decoderTapes.indices {
      add(
        decoderGradient.states[layer].base,
        to: encoderGradient.states[network.encoderLayer(startingDecoderLayer: layer)].base,
        count: batch.rows * network.cell.stateWidth)
    }
  }
}

/// Every layer's state(0) ← 0.
func startAtZero(_ tapes: [Tape]) {
  for tape in tapes {
    let state = tape.state(0)
    state.base.update(repeating: 0, count: state.rows * state.columns)
  }
}

/// Every decoder layer's state(0) ← its encoder layer's state(step).
func handOver(_ network: Network, from encoder: [Tape], step: Int, to decoder: [Tape]) {
  for layer in decoder.indices {
    let last = encoder[network.encoderLayer(startingDecoderLayer: layer)].state(step)
    decoder[layer].state(0).base.update(from: last.base, count: last.rows * last.columns)
  }
}
