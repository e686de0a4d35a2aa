import LinearAlgebra

/// The memory in which a stack of layers runs over a batch, and the running itself.
package final class StackMemory {
  package let stack: Stack
  package let cell: any Cell
  package let depth: Int
  private let layers: [TapeMemory]
  /// `[words, gates × units]`: what each token adds to the gates of the first layer, E W + b.
  private let projections: Scratch<Float>

  package init(stack: Stack, cell: any Cell, rows: Int, depth: Int) {
    self.stack = stack
    self.cell = cell
    self.depth = max(depth, 1)
    layers = stack.layers.map { _ in TapeMemory(cell: cell, rows: rows, depth: max(depth, 1)) }
    projections = Scratch(stack.embedding.rows * cell.gateWidth, repeating: 0)
  }

  /// The tape of each layer, from the lowest.
  package func tapes(rows: Int, pads: UnsafePointer<UInt8>?) -> [Tape] {
    layers.map { $0.tape(rows: rows, keeps: pads) }
  }

  /// Projects every token once, so that a step only copies rows; call it when the parameters have changed.
  package func projectTokens(_ parameters: UnsafeMutablePointer<Float>) {
    let views = stack.layers[0].views(at: parameters)
    let table = MatrixView(projections.base, rows: stack.embedding.rows, columns: cell.gateWidth)
    fillRows(of: table, with: views.bias.base)
    multiply(stack.embedding.matrix(at: parameters), views.kernel, into: table, keep: 1)
  }

  /// Runs all layers over `steps`, whose `tokens` `[all steps, rows]` are known.
  package func forward(
    _ steps: Range<Int>, tapes: [Tape], tokens: UnsafePointer<Int32>,
    parameters: UnsafeMutablePointer<Float>
  ) {
    let width = cell.gateWidth
    for (index, tape) in tapes.enumerated() {
      let views = stack.layers[index].views(at: parameters)
      let gates = tape.gates(steps)
      if index == 0 {
        for i in 0..<gates.rows {
          let token = Int(tokens[steps.lowerBound * tape.rows + i])
          (gates.base + i * width).update(from: projections.base + token * width, count: width)
        }
      } else {
        fillRows(of: gates, with: views.bias.base)
        let below = tapes[index - 1].outputs(steps.lowerBound + 1..<steps.upperBound + 1)
        multiply(below, views.kernel, into: gates, keep: 1)
      }
      for step in steps { cell.forward(step, tape, views, edit: nil) }
    }
  }
}

/// The memory of a stack's backward pass.
package final class StackGradientMemory {
  /// For each layer `[rows, stateWidth]`: the gradient by its state, at first by the last, in the end by the first.
  package let states: [Scratch<Float>]
  /// `[words, gates × units]`: the gradient by what each token adds to the gates of the first layer.
  private let projections: Scratch<Float>
  /// `[steps × rows, units]`: the gradient by the output of the layer below.
  private let outputs: Scratch<Float>
  private let gates: Scratch<Float>
  private let memory: StackMemory

  package init(_ memory: StackMemory, rows: Int) {
    self.memory = memory
    let (cell, layers) = (memory.cell, memory.stack.layers.count)
    states = (0..<layers).map { _ in Scratch(rows * cell.stateWidth, repeating: 0) }
    projections = Scratch(memory.stack.embedding.rows * cell.gateWidth, repeating: 0)
    outputs = Scratch(layers > 1 ? memory.depth * rows * cell.units : 0, repeating: 0)
    gates = Scratch(rows * cell.gateWidth, repeating: 0)
  }

  package func clearStates() {
    for state in states { state.base.update(repeating: 0, count: state.count) }
  }

  /// Adds the gradients of all tensors of the stack; `topGradient` `[steps × rows, units]` is that by its output.
  package func backward(
    steps: Int, tapes: [Tape], tokens: UnsafePointer<Int32>, topGradient: MatrixView?,
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>
  ) {
    let (stack, cell) = (memory.stack, memory.cell)
    var outputGradient = topGradient
    for index in stack.layers.indices.reversed() {
      let tape = tapes[index]
      let (views, ours) = (
        stack.layers[index].views(at: parameters), stack.layers[index].views(at: gradients)
      )
      let state = MatrixView(states[index].base, rows: tape.rows, columns: cell.stateWidth)
      for step in (0..<steps).reversed() {
        cell.backward(
          step, tape, views, stateGradient: state,
          outputGradient: outputGradient?.rows(step * tape.rows..<(step + 1) * tape.rows),
          scratch: gates.base)
      }
      cell.addRecurrentGradients(0..<steps, tape, to: ours)
      let sums = tape.gates(0..<steps)
      if index == 0 {
        addEmbeddingGradients(sums, tokens: tokens, parameters: parameters, gradients: gradients)
      } else {
        let below = tapes[index - 1].outputs(1..<steps + 1)
        multiply(below, sums, into: ours.kernel, transposeA: true, keep: 1)
        addColumnSums(of: sums, to: ours.bias.base)
        let next = MatrixView(outputs.base, rows: sums.rows, columns: cell.units)
        multiply(sums, views.kernel, into: next, transposeB: true)
        outputGradient = next
      }
    }
  }

  /// The gradients of the first layer's kernel and bias and of the embedding, all through the table of projections.
  private func addEmbeddingGradients(
    _ sums: MatrixView, tokens: UnsafePointer<Int32>, parameters: UnsafeMutablePointer<Float>,
    gradients: UnsafeMutablePointer<Float>
  ) {
    let (stack, width) = (memory.stack, memory.cell.gateWidth)
    let (views, ours) = (stack.layers[0].views(at: parameters), stack.layers[0].views(at: gradients))
    projections.base.update(repeating: 0, count: projections.count)
    for i in 0..<sums.rows {
      add(sums.base + i * sums.stride, to: projections.base + Int(tokens[i]) * width, count: width)
    }
    let table = MatrixView(projections.base, rows: stack.embedding.rows, columns: width)
    addColumnSums(of: table, to: ours.bias.base)
    multiply(stack.embedding.matrix(at: parameters), table, into: ours.kernel, transposeA: true, keep: 1)
    multiply(table, views.kernel, into: stack.embedding.matrix(at: gradients), transposeB: true, keep: 1)
  }
}
