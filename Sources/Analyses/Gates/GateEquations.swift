import Foundation
import LinearAlgebra
import Networks

/// What adds up to the gates of one layer of a GRU, for both of its forms.
///
/// An argument is a sum over units, plus what the input adds, plus the bias:
///
///     z, r:  Σ_u h_u U[u, j] + (x W)_j + b_j
///     c:     Σ_u (r_u h_u) Uh[u, j] + (x Wh)_j + bh_j                 the paper's form
///            Σ_u r_j h_u Uh[u, j] + (x Wh)_j + bh_j + r_j b'h_j       PyTorch's form
///
/// where h is the state of the step before. All sums are in Double.
struct GateEquations {
  let form: CellKind
  let units: Int
  /// W, `[inputs, 3 × units]`.
  let kernel: Matrix
  /// U, `[units, 3 × units]`.
  let recurrent: Matrix
  /// b, `[1, 3 × units]`.
  let bias: Matrix
  /// b′, `[1, 3 × units]`, in PyTorch's form.
  let recurrentBias: Matrix?
  /// `[words, units]`, of the lowest layer only: the others read the layer below.
  let embedding: Matrix?

  /// - Throws: `AnalysisError.invalidOption` for another cell, or a layer that the model does not have.
  init(_ model: Seq2Seq, side: Place.Side, layer: Int? = nil) throws {
    let configuration = model.configuration
    guard configuration.cell == .gru || configuration.cell == .resetAfterGRU else {
      throw AnalysisError.invalidOption(
        name: "the cell", value: configuration.cell.rawValue, expected: "a GRU, gru or resetAfterGRU")
    }
    let number = try Place(side: side, layer: layer).layer(in: configuration)
    let name = "\(side.rawValue).\(number)"
    (form, units) = (configuration.cell, configuration.units)
    kernel = try model.parameter("\(name).kernel")
    recurrent = try model.parameter("\(name).recurrent")
    bias = try model.parameter("\(name).bias")
    recurrentBias = form == .resetAfterGRU ? try model.parameter("\(name).recurrentBias") : nil
    embedding = number == 0 ? try model.parameter("\(side.rawValue).embedding") : nil
  }

  /// The column of a unit's gate.
  func column(_ gate: Gate, _ unit: Int) throws -> Int {
    switch gate {
    case .update: unit
    case .reset: units + unit
    case .candidate: 2 * units + unit
    case .input, .forget, .output:
      throw AnalysisError.invalidOption(
        name: "the gate", value: gate.rawValue, expected: "update, reset or candidate, those of a GRU")
    }
  }

  /// What unit u adds to a gate of unit j.
  ///
  /// - Parameters:
  ///   - state: h_u of the step before.
  ///   - reset: The reset gate r of u in the paper's form, of j in PyTorch's; only the candidate depends on it.
  @inline(__always)
  func part(_ gate: Gate, from unit: Int, column: Int, state: Float, reset: Float) -> Double {
    let product = Double(state) * Double(recurrent.storage[unit * recurrent.columns + column])
    return gate == .candidate ? product * Double(reset) : product
  }

  /// b, and what goes with it in PyTorch's form.
  func biasPart(_ gate: Gate, column: Int, reset: Float) -> Double {
    var sum = Double(bias.storage[column])
    if let recurrentBias {
      sum += Double(recurrentBias.storage[column]) * (gate == .candidate ? Double(reset) : 1)
    }
    return sum
  }

  /// x W.
  func inputPart(_ input: some Collection<Float>, column: Int) -> Double {
    var sum = 0.0
    for (index, value) in input.enumerated() {
      sum += Double(value) * Double(kernel.storage[index * kernel.columns + column])
    }
    return sum
  }

  /// The gate with this argument.
  @inline(__always)
  func value(_ gate: Gate, _ argument: Double) -> Double {
    if gate == .candidate { return tanh(argument) }
    return form == .gru ? min(max(0.2 * argument + 0.5, 0), 1) : 1 / (1 + exp(-argument))
  }

  /// The derivative of a gate by its argument, where it has this value.
  @inline(__always)
  func slope(_ gate: Gate, at value: Double) -> Double {
    if gate == .candidate { return 1 - value * value }
    return form == .gru ? (value > 0 && value < 1 ? 0.2 : 0) : value * (1 - value)
  }
}
