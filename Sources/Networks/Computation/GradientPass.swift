import Base
import LinearAlgebra
import Tasks

/// The forward and backward pass of one training batch: from rows to the gradient of their cross-entropy.
///
/// All scratch is made at the start. A batch that is large enough for two threads is cut into two shards, and their
/// gradients are added in their order: the cut follows from the sizes, so the bits don't depend on the threads.
/// O(rows × steps × units × (units + vocabulary size)) a pass.
package final class GradientPass {
  package let network: Network
  /// The gradient of the *sum* of cross-entropies, laid out as the parameters are.
  package let gradients: Scratch<Float>
  /// Target tokens of the loaded batch that are not PAD.
  package var targetTokens: Int { shards.reduce(0) { $0 + $1.batch.targetTokens } }
  private let encoder: TokenInputs
  private let decoder: TokenInputs
  private let output: OutputGradient
  private let shards: [Shard]
  private var exchange: BatchExchange?

  /// Room for `rows` rows of at most these numbers of steps; `inOneShard` for rows that exchange states.
  package init(
    _ network: Network, rows: Int, encoderSteps: Int, decoderSteps: Int, inOneShard: Bool = false
  ) {
    self.network = network
    let count =
      inOneShard ? 1 : Self.shards(network, rows: rows, steps: encoderSteps + decoderSteps)
    let shardRows = (rows + count - 1) / count
    gradients = Scratch(zeros: network.layout.count)
    encoder = TokenInputs(network.encoder, cell: network.cell, tokensAtOnce: rows * encoderSteps)
    decoder = TokenInputs(network.decoder, cell: network.cell, tokensAtOnce: rows * decoderSteps)
    output = OutputGradient(network, rows: count * shardRows * decoderSteps, slices: count)
    var shards = [Shard]()
    for index in 0..<count {
      shards.append(
        Shard(
          network, encoder: encoder, decoder: decoder, rows: shardRows,
          encoderSteps: encoderSteps, decoderSteps: decoderSteps,
          gradients: index == 0 ? gradients : Scratch(zeros: network.layout.count)))
    }
    self.shards = shards
  }

  /// Two shards where each has work for some ten microseconds between two meetings, else one.
  private static func shards(_ network: Network, rows: Int, steps: Int) -> Int {
    let products = rows * steps * network.units * (4 * network.units + network.configuration.vocabularySize)
    return rows >= 32 && products > 2_000_000 ? 2 : 1
  }

  /// Takes `count` rows of both grids, row `index(i)` for each i, and what they exchange.
  package func load(
    inputs: TokenGrid, targets: TokenGrid, count: Int, exchanging exchanges: [StateExchange] = [],
    index: (Int) -> Int
  ) {
    clearTokenGradients()
    exchange = BatchExchange(exchanges, in: network)
    ensure(exchange == nil || shards.count == 1, "rows of \(shards.count) shards can't exchange states")
    for (number, shard) in shards.enumerated() {
      let rows = part(number, of: shards.count, count: count)
      shard.batch.load(inputs: inputs, targets: targets, count: rows.count, trimming: true) {
        index(rows.lowerBound + $0)
      }
      shard.firstOutputRow = number == 0 ? 0 : shards[number - 1].outputRows.upperBound
    }
  }

  /// The sum of cross-entropies of the loaded batch, in nats; its gradient is then in `gradients`.
  ///
  /// Teacher-forced, the decoder is fed the targets; else, from the second step on, its own choices.
  package func run(_ parameters: UnsafeMutablePointer<Float>, teacherForced: Bool) -> Double {
    clearTokenGradients()
    let sides = [encoder, decoder]
    inHalves { sides[$0].prepare(parameters) }
    output.prepare(parameters)

    let losses = Scratch<Double>(shards.count, repeating: 0)
    forEachShard { index in
      losses.base[index] = shards[index].forward(
        output, parameters, teacherForced: teacherForced, exchange: exchange)
    }
    let rows = shards.map { ($0.outputRows, UnsafePointer($0.batch.targets)) }
    forEachShard { slice in
      output.backward(slice: slice, shards: rows, parameters: parameters, gradients: gradients.base)
    }
    output.addUpParameters(gradients.base)
    forEachShard { index in
      let shard = shards[index]
      clearLayers(shard.gradients.base)
      shard.backward(output.addUp(shard.outputRows), parameters, exchange: exchange)
    }
    inHalves { addUp(side: $0, parameters) }
    return losses.array.reduce(0, +)
  }

  /// One piece of work for each shard, each on a thread of its own.
  private func forEachShard(_ body: (Int) -> Void) {
    if shards.count == 2 { inTwo(body) } else { body(0) }
  }

  /// Two pieces of work, on as many threads as there are shards.
  private func inHalves(_ body: (Int) -> Void) {
    if shards.count == 2 { inTwo(body) } else { for half in 0..<2 { body(half) } }
  }

  /// Adds the gradients of all shards by the encoder (side 0) or decoder.
  private func addUp(side: Int, _ parameters: UnsafeMutablePointer<Float>) {
    let stack = side == 0 ? network.encoder : network.decoder
    for view in stack.layers.flatMap(\.all) {
      for shard in shards.dropFirst() {
        add(shard.gradients.base + view.offset, to: gradients.base + view.offset, count: view.count)
      }
    }
    StackGradientScratch.addTokenGradients(
      shards.map { side == 0 ? $0.encoderTokens : $0.decoderTokens }, parameters: parameters,
      gradients: gradients.base)
  }

  private func clearLayers(_ gradients: UnsafeMutablePointer<Float>) {
    for view in (network.encoder.layers + network.decoder.layers).flatMap(\.all) {
      (gradients + view.offset).update(repeating: 0, count: view.count)
    }
  }

  /// Gathered embeddings: only the rows of the tokens of the last batch can differ from zero.
  private func clearTokenGradients() {
    for (inputs, stack) in [(encoder, network.encoder), (decoder, network.decoder)] where inputs.gathers {
      let units = stack.embedding.columns
      for shard in shards {
        let (_, tokens, count) = inputs === encoder ? shard.encoderTokens : shard.decoderTokens
        for i in 0..<count {
          (gradients.base + stack.embedding.offset + Int(tokens[i]) * units).update(
            repeating: 0, count: units)
        }
      }
    }
  }
}
