import LinearAlgebra

/// The LSTM with a forget gate and without peepholes (Gers, Schmidhuber & Cummins 2000), as Keras and PyTorch have it:
///
///     i = σ(x Wi + h Ui + bi)    f = σ(x Wf + h Uf + bf)    o = σ(x Wo + h Uo + bo)
///     c = tanh(x Wc + h Uc + bc)    m' = f ⊙ m + i ⊙ c    h' = o ⊙ tanh(m')
///
/// Gates lie in the order i, f, c, o; the state is h, then the cell state m. A row that keeps its state is shown with
/// f = 1 and i = c = o = 0.
package struct LSTM: Cell {
  package let units: Int
  package let gates: [Gate] = [.input, .forget, .candidate, .output]
  package var stateWidth: Int { 2 * units }
  /// tanh(m').
  package var extraWidth: Int { units }

  package init(units: Int) { self.units = units }

  package func forward(
    _ step: Int, _ tape: Tape, _ parameters: CellParameters.Views, edit: GateEdit?
  ) rethrows {
    let (gates, extra) = (tape.gates(step), tape.extra(step))
    let (state, next) = (tape.state(step), tape.state(step + 1))
    multiply(tape.output(step), parameters.recurrent, into: gates, keep: 1)
    for row in 0..<tape.rows { openGates(gates.base + row * gates.stride) }
    try edit?(0..<4)
    for row in 0..<tape.rows {
      remember(
        gates.base + row * gates.stride, state.base + row * stateWidth, extra.base + row * units,
        next.base + row * stateWidth)
    }
    guard let keeps = tape.keeps(step) else { return }
    for row in 0..<tape.rows where keeps[row] != 0 {
      let gate = gates.base + row * gates.stride
      gate.update(repeating: 0, count: 4 * units)
      (gate + units).update(repeating: 1, count: units)
      (next.base + row * stateWidth).update(from: state.base + row * stateWidth, count: stateWidth)
    }
  }

  /// All gates of one row from their sums.
  @inline(__always)
  private func openGates(_ gates: UnsafeMutablePointer<Float>) {
    var i = 0
    while i < units {
      logistic(Lanes(at: gates + i)).store(at: gates + i)
      logistic(Lanes(at: gates + units + i)).store(at: gates + units + i)
      tanh(Lanes(at: gates + 2 * units + i)).store(at: gates + 2 * units + i)
      logistic(Lanes(at: gates + 3 * units + i)).store(at: gates + 3 * units + i)
      i &+= 16
    }
  }

  /// The next state and cell state of one row.
  @inline(__always)
  private func remember(
    _ gates: UnsafePointer<Float>, _ state: UnsafePointer<Float>, _ squashed: UnsafeMutablePointer<Float>,
    _ next: UnsafeMutablePointer<Float>
  ) {
    var i = 0
    while i < units {
      let kept = Lanes(at: gates + units + i) * Lanes(at: state + units + i)
      let cellState = kept + Lanes(at: gates + i) * Lanes(at: gates + 2 * units + i)
      let shown = tanh(cellState)
      cellState.store(at: next + units + i)
      shown.store(at: squashed + i)
      (Lanes(at: gates + 3 * units + i) * shown).store(at: next + i)
      i &+= 16
    }
  }

  package func backward(
    _ step: Int, _ tape: Tape, recurrentTransposed: MatrixView, stateGradient: MatrixView,
    outputGradient: MatrixView?, scratch: UnsafeMutablePointer<Float>
  ) {
    let (gates, state, extra) = (tape.gates(step), tape.state(step), tape.extra(step))
    let keeps = tape.keeps(step)
    for row in 0..<tape.rows {
      let gradient = stateGradient.base + row * stateGradient.stride
      if let outputGradient {
        add(outputGradient.base + row * outputGradient.stride, to: gradient, count: units)
      }
      let gate = gates.base + row * gates.stride
      if let keeps, keeps[row] != 0 {
        gate.update(repeating: 0, count: 4 * units)
      } else {
        forget(gate, state.base + row * stateWidth, extra.base + row * units, gradient)
      }
    }
    // What a row that keeps its state was given by h' stays; that of the others has been used up.
    multiply(
      gates, recurrentTransposed, into: stateGradient.columns(0..<units), keep: 1)
  }

  /// Replaces the gates of one row with the gradients by their sums, the gradient by m' with that by m, and the
  /// gradient by h' with 0.
  @inline(__always)
  private func forget(
    _ gates: UnsafeMutablePointer<Float>, _ state: UnsafePointer<Float>, _ squashed: UnsafePointer<Float>,
    _ gradient: UnsafeMutablePointer<Float>
  ) {
    let one = Lanes(repeating: 1)
    var i = 0
    while i < units {
      let (write, forget) = (Lanes(at: gates + i), Lanes(at: gates + units + i))
      let (candidate, show) = (Lanes(at: gates + 2 * units + i), Lanes(at: gates + 3 * units + i))
      let shown = Lanes(at: squashed + i)
      let byNext = Lanes(at: gradient + i)
      let byCellState = Lanes(at: gradient + units + i) + byNext * show * (one - shown * shown)
      (byCellState * candidate * write * (one - write)).store(at: gates + i)
      (byCellState * Lanes(at: state + units + i) * forget * (one - forget)).store(at: gates + units + i)
      (byCellState * write * (one - candidate * candidate)).store(at: gates + 2 * units + i)
      (byNext * shown * show * (one - show)).store(at: gates + 3 * units + i)
      (byCellState * forget).store(at: gradient + units + i)
      Lanes(repeating: 0).store(at: gradient + i)
      i &+= 16
    }
  }

  package func addRecurrentGradients(_ steps: Range<Int>, _ tape: Tape, to gradients: CellParameters.Views) {
    multiply(
      tape.outputs(steps), tape.gates(steps), into: gradients.recurrent, transposeA: true, keep: 1)
  }

  package func stepNaively(
    input: [Float], state: [Float], recurrent: Matrix, recurrentBias: [Float]
  ) -> (gates: [[Float]], state: [Float]) {
    func sum(_ block: Int, _ unit: Int) -> Float {
      sumNaively(input[block * units + unit], state, recurrent, column: block * units + unit)
    }
    let write = (0..<units).map { logistic(sum(0, $0)) }
    let forget = (0..<units).map { logistic(sum(1, $0)) }
    let candidate = (0..<units).map { tanhNaively(sum(2, $0)) }
    let show = (0..<units).map { logistic(sum(3, $0)) }
    let cellState = (0..<units).map { forget[$0] * state[units + $0] + write[$0] * candidate[$0] }
    let next = (0..<units).map { show[$0] * tanhNaively(cellState[$0]) }
    return ([write, forget, candidate, show], next + cellState)
  }
}
