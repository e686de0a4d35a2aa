import LinearAlgebra

/// The scratch in which a stack of layers runs over a batch, and the running itself.
package final class StackScratch {
  package let inputs: TokenInputs
  package let depth: Int
  package var stack: Stack { inputs.stack }
  package var cell: any Cell { inputs.cell }
  private let layers: [TapeScratch]
  /// `[steps × rows, units]`: the embeddings of the tokens, if they are gathered.
  fileprivate let gathered: Scratch<Float>

  package init(_ inputs: TokenInputs, rows: Int, depth: Int) {
    self.inputs = inputs
    self.depth = max(depth, 1)
    layers = inputs.stack.layers.map { _ in TapeScratch(cell: inputs.cell, rows: rows, depth: max(depth, 1)) }
    gathered = Scratch(zeros: inputs.gathers ? max(depth, 1) * rows * inputs.cell.units : 0)
  }

  /// The tape of each layer, from the lowest.
  package func tapes(rows: Int, pads: UnsafePointer<UInt8>?) -> [Tape] {
    layers.map { $0.tape(rows: rows, keeps: pads) }
  }

  /// Runs all layers over `steps`, whose `tokens` `[all steps, rows]` are known.
  ///
  /// `edit` may change the gates of each layer while they are computed.
  package func forward(
    _ steps: Range<Int>, tapes: [Tape], tokens: UnsafePointer<Int32>,
    parameters: UnsafeMutablePointer<Float>,
    edit: ((_ layer: Int, _ step: Int, _ blocks: Range<Int>) throws -> Void)? = nil
  ) rethrows {
    for (index, tape) in tapes.enumerated() {
      let views = stack.layers[index].views(at: parameters)
      let gates = tape.gates(steps)
      if index == 0 {
        inputs.fill(
          gates, tokens: tokens + steps.lowerBound * tape.rows,
          gathered: gathered.base + steps.lowerBound % depth * tape.rows * cell.units, parameters: parameters)
      } else {
        fillRows(of: gates, with: views.bias.base)
        let below = tapes[index - 1].outputs(steps.lowerBound + 1..<steps.upperBound + 1)
        multiply(below, views.kernel, into: gates, keep: 1)
      }
      for step in steps {
        if edit == nil {
          cell.forward(step, tape, views, edit: nil)
        } else {
          try cell.forward(step, tape, views) { try edit?(index, step, $0) }
        }
      }
    }
  }
}

/// The scratch of a stack's backward pass.
package final class StackGradientScratch {
  /// For each layer `[rows, stateWidth]`: the gradient by its state, at first by the last, in the end by the first.
  package let states: [Scratch<Float>]
  /// By what the tokens add: `[vocabulary, gates × units]` by the table, or `[steps × rows, units]` by the embeddings.
  private let inputs: Scratch<Float>
  /// `[steps × rows, units]`: the gradient by the output of the layer below.
  private let outputs: Scratch<Float>
  private let gates: Scratch<Float>
  /// `[gates × units, units]`: the recurrent weights of the layer at work, as all its steps multiply them.
  private let recurrentTransposed: Scratch<Float>
  private let scratch: StackScratch

  package init(_ scratch: StackScratch, rows: Int) {
    self.scratch = scratch
    let (cell, stack) = (scratch.cell, scratch.stack)
    states = stack.layers.map { _ in Scratch(rows * cell.stateWidth, repeating: 0) }
    let steps = scratch.depth * rows * cell.units
    inputs = Scratch(zeros: scratch.inputs.gathers ? steps : stack.embedding.rows * cell.gateWidth)
    outputs = Scratch(zeros: stack.layers.count > 1 ? steps : 0)
    gates = Scratch(rows * cell.gateWidth, repeating: 0)
    recurrentTransposed = Scratch(zeros: cell.gateWidth * cell.units)
  }

  package func clearStates() {
    for state in states { state.base.update(repeating: 0, count: state.count) }
  }

  /// Adds the gradients of the layers' tensors, except what `addTokenGradients` adds when all shards are done;
  /// `topGradient` `[steps × rows, units]` is that by the stack's output. Without `gradients`, only those by the states
  /// are computed.
  package func backward(
    steps: Int, tapes: [Tape], tokens: UnsafePointer<Int32>, topGradient: MatrixView?,
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>?
  ) {
    backward(
      steps: steps, tapes: tapes, tokens: tokens, topGradient: topGradient, parameters: parameters,
      gradients: gradients, exchange: nil)
  }

  /// The same where rows have exchanged states of the one layer.
  func backward(
    steps: Int, tapes: [Tape], tokens: UnsafePointer<Int32>, topGradient: MatrixView?,
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>?, exchange: BatchExchange?
  ) {
    let (stack, cell) = (scratch.stack, scratch.cell)
    var outputGradient = topGradient
    for index in stack.layers.indices.reversed() {
      let tape = tapes[index]
      let views = stack.layers[index].views(at: parameters)
      let ours = gradients.map { stack.layers[index].views(at: $0) }
      let state = MatrixView(states[index].base, rows: tape.rows, columns: cell.stateWidth)
      let recurrentTransposed = MatrixView(
        recurrentTransposed.base, rows: cell.gateWidth, columns: cell.units)
      transpose(views.recurrent, into: recurrentTransposed)
      for step in (0..<steps).reversed() {
        cell.backward(
          step, tape, recurrentTransposed: recurrentTransposed, stateGradient: state,
          outputGradient: outputGradient?.rows(step * tape.rows..<(step + 1) * tape.rows),
          scratch: gates.base)
        exchange?.backward(step, state)
      }
      if index == 0 && ours == nil { return }
      if let ours { cell.addRecurrentGradients(0..<steps, tape, to: ours) }
      let sums = tape.gates(0..<steps)
      if index == 0, !scratch.inputs.gathers {
        fillTableGradient(sums, tokens: tokens)
        return
      }
      let below =
        index == 0
        ? MatrixView(scratch.gathered.base, rows: sums.rows, columns: cell.units)
        : tapes[index - 1].outputs(1..<steps + 1)
      if let ours {
        multiply(below, sums, into: ours.kernel, transposeA: true, keep: 1)
        addColumnSums(of: sums, to: ours.bias.base)
      }
      let next = MatrixView(
        index == 0 ? inputs.base : outputs.base, rows: sums.rows, columns: cell.units)
      multiply(sums, views.kernel, into: next, transposeB: true)
      outputGradient = next
    }
  }

  private func fillTableGradient(_ sums: MatrixView, tokens: UnsafePointer<Int32>) {
    let width = scratch.cell.gateWidth
    inputs.base.update(repeating: 0, count: inputs.count)
    for i in 0..<sums.rows {
      add(sums.base + i * sums.stride, to: inputs.base + Int(tokens[i]) * width, count: width)
    }
  }

  /// Adds the gradients that pass through the tokens of all `shards`: of the embedding, and of the first layer's
  /// kernel and bias where there is a table.
  package static func addTokenGradients(
    _ shards: [(scratch: StackGradientScratch, tokens: UnsafePointer<Int32>, count: Int)],
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>
  ) {
    let first = shards[0].scratch
    let (stack, cell) = (first.scratch.stack, first.scratch.cell)
    let embedding = stack.embedding.matrix(at: gradients)
    if first.scratch.inputs.gathers {
      for shard in shards {
        for i in 0..<shard.count {
          add(
            shard.scratch.inputs.base + i * cell.units,
            to: embedding.base + Int(shard.tokens[i]) * cell.units, count: cell.units)
        }
      }
      return
    }
    for shard in shards.dropFirst() {
      add(shard.scratch.inputs.base, to: first.inputs.base, count: first.inputs.count)
    }
    let table = MatrixView(first.inputs.base, rows: embedding.rows, columns: cell.gateWidth)
    let (views, ours) = (stack.layers[0].views(at: parameters), stack.layers[0].views(at: gradients))
    addColumnSums(of: table, to: ours.bias.base)
    multiply(stack.embedding.matrix(at: parameters), table, into: ours.kernel, transposeA: true, keep: 1)
    multiply(table, views.kernel, into: embedding, transposeB: true)
  }
}
