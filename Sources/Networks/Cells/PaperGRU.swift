import LinearAlgebra

/// The GRU of the paper's code, which is Keras's first (Cho et al. 2014, equations 5–8, with z and 1 − z exchanged):
///
///     z = s(x Wz + h Uz + bz)    r = s(x Wr + h Ur + br)    s(a) = clip(0.2 a + 0.5, 0, 1)
///     c = tanh(x Wh + (r ⊙ h) Uh + bh)                      h' = z ⊙ h + (1 − z) ⊙ c
///
/// z = 1 holds. A row that keeps its state has z = 1, r = 0 and c = 0, whose gradients are zero by themselves.
package struct PaperGRU: Cell {
  package let units: Int
  package let gates: [Gate] = [.update, .reset, .candidate]
  package var stateWidth: Int { units }
  /// r ⊙ h, which the gradient of Uh needs.
  package var extraWidth: Int { units }

  package init(units: Int) { self.units = units }

  package func forward(
    _ step: Int, _ tape: Tape, _ parameters: CellParameters.Views, edit: GateEdit?
  ) rethrows {
    let (gates, extra) = (tape.gates(step), tape.extra(step))
    let (state, next) = (tape.state(step), tape.state(step + 1))
    let (both, candidate) = (0..<2 * units, 2 * units..<3 * units)
    multiply(state, parameters.recurrent.columns(both), into: gates.columns(both), keep: 1)
    for row in 0..<tape.rows {
      openGates(gates.base + row * gates.stride, state.base + row * units, extra.base + row * units)
    }
    try edit?(0..<2)
    if edit != nil {
      for row in 0..<tape.rows {
        for unit in 0..<units { extra[row, unit] = gates[row, units + unit] * state[row, unit] }
      }
    }
    multiply(extra, parameters.recurrent.columns(candidate), into: gates.columns(candidate), keep: 1)
    for row in 0..<tape.rows { write(gates.base + row * gates.stride + 2 * units) }
    try edit?(2..<3)
    for row in 0..<tape.rows {
      mix(gates.base + row * gates.stride, state.base + row * units, next.base + row * units)
    }
    guard let keeps = tape.keeps(step) else { return }
    for row in 0..<tape.rows where keeps[row] != 0 {
      let gate = gates.base + row * gates.stride
      gate.update(repeating: 1, count: units)
      (gate + units).update(repeating: 0, count: 2 * units)
      (extra.base + row * units).update(repeating: 0, count: units)
      (next.base + row * units).update(from: state.base + row * units, count: units)
    }
  }

  /// z and r of one row from their sums, and r ⊙ h.
  @inline(__always)
  private func openGates(
    _ gates: UnsafeMutablePointer<Float>, _ state: UnsafePointer<Float>,
    _ product: UnsafeMutablePointer<Float>
  ) {
    var i = 0
    while i < units {
      hardSigmoid(Lanes(at: gates + i)).store(at: gates + i)
      let reset = hardSigmoid(Lanes(at: gates + units + i))
      reset.store(at: gates + units + i)
      (reset * Lanes(at: state + i)).store(at: product + i)
      i &+= 16
    }
  }

  /// c of one row from its sum.
  @inline(__always)
  private func write(_ candidate: UnsafeMutablePointer<Float>) {
    var i = 0
    while i < units {
      tanh(Lanes(at: candidate + i)).store(at: candidate + i)
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
    let (gates, state) = (tape.gates(step), tape.state(step))
    let (both, candidate) = (0..<2 * units, 2 * units..<3 * units)
    for row in 0..<tape.rows {
      if let outputGradient {
        add(
          outputGradient.base + row * outputGradient.stride, to: stateGradient.base + row * units,
          count: units)
      }
      unmix(gates.base + row * gates.stride, state.base + row * units, stateGradient.base + row * units)
    }
    let product = MatrixView(scratch, rows: tape.rows, columns: units)
    multiply(
      gates.columns(candidate), recurrentTransposed.rows(candidate), into: product)
    for row in 0..<tape.rows {
      closeReset(
        gates.base + row * gates.stride, state.base + row * units, scratch + row * units,
        stateGradient.base + row * units)
    }
    multiply(
      gates.columns(both), recurrentTransposed.rows(both), into: stateGradient, keep: 1)
  }

  /// Replaces z and c of one row with the gradients by their sums, and the gradient by h' with z times it.
  @inline(__always)
  private func unmix(
    _ gates: UnsafeMutablePointer<Float>, _ state: UnsafePointer<Float>,
    _ gradient: UnsafeMutablePointer<Float>
  ) {
    let one = Lanes(repeating: 1)
    var i = 0
    while i < units {
      let update = Lanes(at: gates + i)
      let candidate = Lanes(at: gates + 2 * units + i)
      let byNext = Lanes(at: gradient + i)
      (byNext * (Lanes(at: state + i) - candidate) * hardSigmoidSlope(at: update)).store(at: gates + i)
      (byNext * (one - update) * (one - candidate * candidate)).store(at: gates + 2 * units + i)
      (byNext * update).store(at: gradient + i)
      i &+= 16
    }
  }

  /// Replaces r of one row with the gradient by its sum, and adds r times the gradient by r ⊙ h to that by h.
  @inline(__always)
  private func closeReset(
    _ gates: UnsafeMutablePointer<Float>, _ state: UnsafePointer<Float>, _ byProduct: UnsafePointer<Float>,
    _ gradient: UnsafeMutablePointer<Float>
  ) {
    var i = 0
    while i < units {
      let reset = Lanes(at: gates + units + i)
      let product = Lanes(at: byProduct + i)
      (product * Lanes(at: state + i) * hardSigmoidSlope(at: reset)).store(at: gates + units + i)
      (Lanes(at: gradient + i) + product * reset).store(at: gradient + i)
      i &+= 16
    }
  }

  package func addRecurrentGradients(_ steps: Range<Int>, _ tape: Tape, to gradients: CellParameters.Views) {
    let sums = tape.gates(steps)
    let (both, candidate) = (0..<2 * units, 2 * units..<3 * units)
    multiply(
      tape.outputs(steps), sums.columns(both), into: gradients.recurrent.columns(both), transposeA: true,
      keep: 1)
    multiply(
      tape.extras(steps), sums.columns(candidate), into: gradients.recurrent.columns(candidate),
      transposeA: true, keep: 1)
  }

  package func stepNaively(
    input: [Float], state: [Float], recurrent: Matrix, recurrentBias: [Float]
  ) -> (gates: [[Float]], state: [Float]) {
    func sum(_ block: Int, _ unit: Int, _ from: [Float]) -> Float {
      sumNaively(input[block * units + unit], from, recurrent, column: block * units + unit)
    }
    let update = (0..<units).map { hardSigmoid(sum(0, $0, state)) }
    let reset = (0..<units).map { hardSigmoid(sum(1, $0, state)) }
    let product = zip(reset, state).map { $0 * $1 }
    let candidate = (0..<units).map { tanhNaively(sum(2, $0, product)) }
    let next = (0..<units).map { unit -> Float in
      let kept: Float = update[unit] * state[unit]
      return kept + (1 - update[unit]) * candidate[unit]
    }
    return ([update, reset, candidate], next)
  }
}
