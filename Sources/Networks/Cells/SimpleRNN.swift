import LinearAlgebra

/// The simple recurrent network (Elman 1990), h' = tanh(x W + h U + b): no gates, and no way to hold but by weights.
///
/// Its one column block, the candidate, is the new state itself.
package struct SimpleRNN: Cell {
  package let units: Int
  package let gates: [Gate] = [.candidate]
  package var stateWidth: Int { units }
  package var extraWidth: Int { 0 }

  package init(units: Int) { self.units = units }

  package func forward(
    _ step: Int, _ tape: Tape, _ parameters: CellParameters.Views, edit: GateEdit?
  ) rethrows {
    let (gates, state, next) = (tape.gates(step), tape.state(step), tape.state(step + 1))
    multiply(state, parameters.recurrent, into: gates, keep: 1)
    for row in 0..<tape.rows {
      let candidate = gates.base + row * gates.stride
      var i = 0
      while i < units {
        tanh(Lanes(at: candidate + i)).store(at: candidate + i)
        i &+= 16
      }
    }
    if let keeps = tape.keeps(step) {
      for row in 0..<tape.rows where keeps[row] != 0 {
        (gates.base + row * gates.stride).update(from: state.base + row * units, count: units)
      }
    }
    try edit?(0..<1)
    for row in 0..<tape.rows {
      (next.base + row * units).update(from: gates.base + row * gates.stride, count: units)
    }
  }

  package func backward(
    _ step: Int, _ tape: Tape, recurrentTransposed: MatrixView, stateGradient: MatrixView,
    outputGradient: MatrixView?, scratch: UnsafeMutablePointer<Float>
  ) {
    let gates = tape.gates(step)
    let keeps = tape.keeps(step)
    let one = Lanes(repeating: 1)
    for row in 0..<tape.rows {
      let (candidate, gradient) = (gates.base + row * gates.stride, stateGradient.base + row * units)
      if let outputGradient {
        add(outputGradient.base + row * outputGradient.stride, to: gradient, count: units)
      }
      if let keeps, keeps[row] != 0 {
        candidate.update(repeating: 0, count: units)
        continue
      }
      var i = 0
      while i < units {
        let value = Lanes(at: candidate + i)
        (Lanes(at: gradient + i) * (one - value * value)).store(at: candidate + i)
        Lanes(repeating: 0).store(at: gradient + i)
        i &+= 16
      }
    }
    // What a row that keeps its state was given by h' stays; that of the others has been used up.
    multiply(gates, recurrentTransposed, into: stateGradient, keep: 1)
  }

  package func addRecurrentGradients(_ steps: Range<Int>, _ tape: Tape, to gradients: CellParameters.Views) {
    multiply(
      tape.outputs(steps), tape.gates(steps), into: gradients.recurrent, transposeA: true, keep: 1)
  }

  package func stepNaively(
    input: [Float], state: [Float], recurrent: Matrix, recurrentBias: [Float]
  ) -> (gates: [[Float]], state: [Float]) {
    let next = (0..<units).map { tanhNaively(sumNaively(input[$0], state, recurrent, column: $0)) }
    return ([next], next)
  }
}
