import LinearAlgebra

/// The GRU of PyTorch and cuDNN, Keras's `reset_after` (Cho et al. 2014, with the reset moved behind the product):
///
///     z = σ(x Wz + bz + h Uz + b'z)    r = σ(x Wr + br + h Ur + b'r)    σ(a) = 1 / (1 + e⁻ᵃ)
///     c = tanh(x Wh + bh + r ⊙ (h Uh + b'h))                           h' = z ⊙ h + (1 − z) ⊙ c
///
/// z = 1 holds. A row that keeps its state has z = 1, r = 0 and c = 0, whose gradients are zero by themselves.
package struct ResetAfterGRU: Cell {
  package let units: Int
  package let gates: [Gate] = [.update, .reset, .candidate]
  package var stateWidth: Int { units }
  /// h Uh + b'h on the way forward; on the way back, the gradient by it.
  package var extraWidth: Int { units }
  package var hasRecurrentBias: Bool { true }

  package init(units: Int) { self.units = units }

  package func forward(
    _ step: Int, _ tape: Tape, _ parameters: CellParameters.Views, edit: GateEdit?
  ) rethrows {
    guard let recurrentBias = parameters.recurrentBias?.base else { return }
    let (gates, extra) = (tape.gates(step), tape.extra(step))
    let (state, next) = (tape.state(step), tape.state(step + 1))
    let (both, candidate) = (0..<2 * units, 2 * units..<3 * units)
    multiply(state, parameters.recurrent.columns(both), into: gates.columns(both), keep: 1)
    fillRows(of: extra, with: recurrentBias + 2 * units)
    multiply(state, parameters.recurrent.columns(candidate), into: extra, keep: 1)
    for row in 0..<tape.rows { openGates(gates.base + row * gates.stride, recurrentBias) }
    try edit?(0..<2)
    for row in 0..<tape.rows { write(gates.base + row * gates.stride, extra.base + row * units) }
    try edit?(2..<3)
    for row in 0..<tape.rows {
      mix(gates.base + row * gates.stride, state.base + row * units, next.base + row * units)
    }
    guard let keeps = tape.keeps(step) else { return }
    for row in 0..<tape.rows where keeps[row] != 0 {
      let gate = gates.base + row * gates.stride
      gate.update(repeating: 1, count: units)
      (gate + units).update(repeating: 0, count: 2 * units)
      (next.base + row * units).update(from: state.base + row * units, count: units)
    }
  }

  /// z and r of one row from their sums.
  @inline(__always)
  private func openGates(_ gates: UnsafeMutablePointer<Float>, _ bias: UnsafePointer<Float>) {
    var i = 0
    while i < 2 * units {
      logistic(Lanes(at: gates + i) + Lanes(at: bias + i)).store(at: gates + i)
      i &+= 16
    }
  }

  /// c of one row.
  @inline(__always)
  private func write(_ gates: UnsafeMutablePointer<Float>, _ product: UnsafePointer<Float>) {
    var i = 0
    while i < units {
      let candidate = gates + 2 * units + i
      tanh(Lanes(at: candidate) + Lanes(at: gates + units + i) * Lanes(at: product + i)).store(at: candidate)
      i &+= 16
    }
  }

  /// The next state of one row.
  @inline(__always)
  private func mix(
    _ gates: UnsafePointer<Float>, _ state: UnsafePointer<Float>, _ next: UnsafeMutablePointer<Float>
  ) {
    var i = 0
    while i < units {
      let update = Lanes(at: gates + i)
      let candidate = Lanes(at: gates + 2 * units + i)
      (update * Lanes(at: state + i) + (Lanes(repeating: 1) - update) * candidate).store(at: next + i)
      i &+= 16
    }
  }

  package func backward(
    _ step: Int, _ tape: Tape, recurrentTransposed: MatrixView, stateGradient: MatrixView,
    outputGradient: MatrixView?, scratch: UnsafeMutablePointer<Float>
  ) {
    let (gates, state, extra) = (tape.gates(step), tape.state(step), tape.extra(step))
    let (both, candidate) = (0..<2 * units, 2 * units..<3 * units)
    for row in 0..<tape.rows {
      let gradient = stateGradient.base + row * units
      if let outputGradient {
        add(outputGradient.base + row * outputGradient.stride, to: gradient, count: units)
      }
      unmix(
        gates.base + row * gates.stride, state.base + row * units, extra.base + row * units, gradient)
    }
    multiply(
      gates.columns(both), recurrentTransposed.rows(both), into: stateGradient, keep: 1)
    multiply(
      extra, recurrentTransposed.rows(candidate), into: stateGradient, keep: 1)
  }

  /// Replaces the gates of one row with the gradients by their sums, h Uh + b'h with that by it, and the gradient
  /// by h' with z times it.
  @inline(__always)
  private func unmix(
    _ gates: UnsafeMutablePointer<Float>, _ state: UnsafePointer<Float>,
    _ product: UnsafeMutablePointer<Float>, _ gradient: UnsafeMutablePointer<Float>
  ) {
    let one = Lanes(repeating: 1)
    var i = 0
    while i < units {
      let update = Lanes(at: gates + i)
      let reset = Lanes(at: gates + units + i)
      let candidate = Lanes(at: gates + 2 * units + i)
      let byNext = Lanes(at: gradient + i)
      let bySum = byNext * (one - update) * (one - candidate * candidate)
      (byNext * (Lanes(at: state + i) - candidate) * update * (one - update)).store(at: gates + i)
      (bySum * Lanes(at: product + i) * reset * (one - reset)).store(at: gates + units + i)
      bySum.store(at: gates + 2 * units + i)
      (bySum * reset).store(at: product + i)
      (byNext * update).store(at: gradient + i)
      i &+= 16
    }
  }

  package func addRecurrentGradients(_ steps: Range<Int>, _ tape: Tape, to gradients: CellParameters.Views) {
    guard let bias = gradients.recurrentBias?.base else { return }
    let (sums, products) = (tape.gates(steps), tape.extras(steps))
    let (both, candidate) = (0..<2 * units, 2 * units..<3 * units)
    let states = tape.outputs(steps)
    multiply(
      states, sums.columns(both), into: gradients.recurrent.columns(both), transposeA: true, keep: 1)
    multiply(
      states, products, into: gradients.recurrent.columns(candidate), transposeA: true, keep: 1)
    addColumnSums(of: sums.columns(both), to: bias)
    addColumnSums(of: products, to: bias + 2 * units)
  }

  package func stepNaively(
    input: [Float], state: [Float], recurrent: Matrix, recurrentBias: [Float]
  ) -> (gates: [[Float]], state: [Float]) {
    func product(_ block: Int, _ unit: Int) -> Float {
      let column = block * units + unit
      return sumNaively(recurrentBias[column], state, recurrent, column: column)
    }
    let update = (0..<units).map { logistic(input[$0] + product(0, $0)) }
    let reset = (0..<units).map { logistic(input[units + $0] + product(1, $0)) }
    let candidate = (0..<units).map { unit -> Float in
      let own: Float = input[2 * units + unit]
      return tanhNaively(own + reset[unit] * product(2, unit))
    }
    let next = (0..<units).map { unit -> Float in
      let kept: Float = update[unit] * state[unit]
      return kept + (1 - update[unit]) * candidate[unit]
    }
    return ([update, reset, candidate], next)
  }
}
