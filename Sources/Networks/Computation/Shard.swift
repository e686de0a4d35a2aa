import LinearAlgebra

/// Some rows of a training batch, with all the scratch that their forward and backward pass needs.
///
/// A batch is cut into shards so that each can be worked on by a thread of its own.
final class Shard {
  let network: Network
  let batch: Batch
  /// The gradient of the sum of this shard's cross-entropies by the parameters of the layers, laid out as all are.
  let gradients: Scratch<Float>
  /// Where the rows × steps of this shard lie in the output layer's scratch.
  var outputRows: Range<Int> { firstOutputRow..<firstOutputRow + batch.decoderSteps * batch.rows }
  var firstOutputRow = 0
  private let encoder: StackScratch
  private let decoder: StackScratch
  private let encoderGradient: StackGradientScratch
  private let decoderGradient: StackGradientScratch

  init(
    _ network: Network, encoder: TokenInputs, decoder: TokenInputs, rows: Int, encoderSteps: Int,
    decoderSteps: Int, gradients: Scratch<Float>
  ) {
    self.network = network
    self.gradients = gradients
    batch = Batch(capacity: rows, encoderSteps: encoderSteps, decoderSteps: decoderSteps)
    self.encoder = StackScratch(encoder, rows: rows, depth: encoderSteps)
    self.decoder = StackScratch(decoder, rows: rows, depth: decoderSteps)
    encoderGradient = StackGradientScratch(self.encoder, rows: rows)
    decoderGradient = StackGradientScratch(self.decoder, rows: rows)
  }

  private var encoderTapes: [Tape] { encoder.tapes(rows: batch.rows, pads: batch.pads) }
  private var decoderTapes: [Tape] { decoder.tapes(rows: batch.rows, pads: nil) }

  /// The decoder's outputs, `[steps × rows, units]`.
  var outputs: MatrixView { decoderTapes[decoderTapes.count - 1].outputs(1..<batch.decoderSteps + 1) }

  /// The sum of cross-entropies of the loaded rows, in nats.
  ///
  /// Rows that exchange states are all in this shard.
  func forward(
    _ output: OutputGradient, _ parameters: UnsafeMutablePointer<Float>, teacherForced: Bool,
    exchange: BatchExchange? = nil
  ) -> Double {
    let steps = batch.decoderSteps
    let (encoderTapes, decoderTapes) = (encoderTapes, decoderTapes)
    startAtZero(encoderTapes)
    encoder.forward(
      0..<batch.encoderSteps, tapes: encoderTapes, tokens: batch.inputs, parameters: parameters)
    handOver(network, from: encoderTapes, step: batch.encoderSteps, to: decoderTapes)
    if teacherForced { batch.feedTargets() }
    for span in exchange?.spans(steps) ?? [0..<steps] {
      if let exchange, exchange.step == span.lowerBound { exchange.forward(decoderTapes[0]) }
      if teacherForced {
        write(span, decoderTapes, output, parameters, exchange)
      } else {
        for step in span {
          let rows = write(step..<step + 1, decoderTapes, output, parameters, exchange)
          output.choose(rows, into: batch.fed + (step + 1) * batch.rows)
        }
      }
    }
    return output.crossEntropy(outputRows, targets: batch.targets)
  }

  /// Decoder and logits over some steps whose tokens are known; the rows of their logits.
  @discardableResult
  private func write(
    _ steps: Range<Int>, _ tapes: [Tape], _ output: OutputGradient, _ parameters: UnsafeMutablePointer<Float>,
    _ exchange: BatchExchange?
  ) -> Range<Int> {
    let rows = batch.rows * steps.lowerBound..<batch.rows * steps.upperBound
    let outputRows = firstOutputRow + rows.lowerBound..<firstOutputRow + rows.upperBound
    decoder.forward(steps, tapes: tapes, tokens: batch.fed, parameters: parameters)
    output.forward(outputRows, outputs: outputs.rows(rows), parameters: parameters) {
      exchange?.forward(outputs: $0, of: steps, rows: self.batch.rows)
    }
    return outputRows
  }

  /// The gradients of this shard's layers, from that by its outputs.
  func backward(
    _ outputGradient: MatrixView, _ parameters: UnsafeMutablePointer<Float>, exchange: BatchExchange? = nil
  ) {
    decoderGradient.clearStates()
    exchange?.backward(outputs: outputGradient, rows: batch.rows)
    decoderGradient.backward(
      steps: batch.decoderSteps, tapes: decoderTapes, tokens: batch.fed, topGradient: outputGradient,
      parameters: parameters, gradients: gradients.base, exchange: exchange)
    // The gradients by the decoder's first states become those by the encoder's last.
    encoderGradient.clearStates()
    for layer in network.decoder.layers.indices {
      add(
        decoderGradient.states[layer].base,
        to: encoderGradient.states[network.encoderLayer(startingDecoderLayer: layer)].base,
        count: batch.rows * network.cell.stateWidth)
    }
    encoderGradient.backward(
      steps: batch.encoderSteps, tapes: encoderTapes, tokens: batch.inputs, topGradient: nil,
      parameters: parameters, gradients: gradients.base)
  }

  var encoderTokens: (scratch: StackGradientScratch, tokens: UnsafePointer<Int32>, count: Int) {
    (encoderGradient, UnsafePointer(batch.inputs), batch.encoderSteps * batch.rows)
  }

  var decoderTokens: (scratch: StackGradientScratch, tokens: UnsafePointer<Int32>, count: Int) {
    (decoderGradient, UnsafePointer(batch.fed), batch.decoderSteps * batch.rows)
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
