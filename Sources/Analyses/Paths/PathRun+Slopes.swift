import LinearAlgebra
import Networks

/// What edges do to first order.
extension PathRun {
  /// U of an edge, with the reset gate that the candidate has in it: ∂ argument of the receiver's gate / ∂ h of the sender.
  func weight(_ gate: Gate, from sender: Int, to receiver: Int, row: Int, step: Int) throws -> Double {
    let column = try equations.column(gate, receiver)
    return equations.part(
      gate, from: sender, column: column, state: 1,
      reset: recorded(.reset, row, step, equations.form == .gru ? sender : receiver))
  }

  /// ∂m / ∂ argument of each receiver's gate, `[rows, receivers]`, from the gradients by the states of the same step,
  /// `[rows, units]`.
  func slopes(_ gate: Gate, _ receivers: [Int], at step: Int, _ gradients: Matrix) throws -> SlopeTable {
    /// ∂m / ∂ argument of the candidate.
    func byCandidate(_ row: Int, _ unit: Int) -> Double {
      Double(gradients[row, unit]) * (1 - Double(recorded(.update, row, step, unit)))
        * equations.slope(.candidate, at: Double(recorded(.candidate, row, step, unit)))
    }
    var values: [Double] = []
    for row in 0..<rows {
      for unit in receivers {
        let slope = equations.slope(gate, at: Double(recorded(gate, row, step, unit)))
        let before = Double(states[row, step - 1, unit])
        switch gate {
        case .update:
          let candidate = Double(recorded(.candidate, row, step, unit))
          values.append(Double(gradients[row, unit]) * (before - candidate) * slope)
        case .candidate: values.append(byCandidate(row, unit))
        case .reset where equations.form == .gru:
          let sum = try (0..<equations.units).reduce(0.0) { sum, other in
            let column = try equations.column(.candidate, other)
            return sum + byCandidate(row, other)
              * Double(equations.recurrent.storage[unit * equations.recurrent.columns + column])
          }
          values.append(sum * before * slope)
        default: values.append(byCandidate(row, unit) * product(row, step, unit) * slope)
        }
      }
    }
    return SlopeTable(values: values, columns: receivers.count)
  }

  /// `[rows, receivers]`, in Double.
  struct SlopeTable {
    let values: [Double]
    let columns: Int

    subscript(row: Int, place: Int) -> Double { values[row * columns + place] }
  }
}
