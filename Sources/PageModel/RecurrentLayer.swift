/// One recurrent layer of a model in a page: a step of the four cells, for one request.
///
/// The equations stand with the cells of Sources/Networks/Cells. Gates lie in the same order: z, r, c of a GRU; i, f, c, o of an
/// LSTM; c of a simple network.
struct RecurrentLayer {
  let cell: ModelShape.Cell
  let units: Int
  /// `[units, gates × units]`, as the two below it.
  let kernel: UnsafePointer<Float>
  let recurrent: UnsafePointer<Float>
  let bias: UnsafePointer<Float>
  let recurrentBias: UnsafePointer<Float>
  let width: Int

  init(_ shape: ModelShape, at weights: UnsafePointer<Float>) {
    (cell, units, width) = (shape.cell, shape.units, shape.gateWidth)
    kernel = weights
    recurrent = kernel + units * width
    bias = recurrent + units * width
    recurrentBias = bias + (shape.cell.hasRecurrentBias ? width : 0)
  }

  /// x W + b, `[gates × units]`.
  func readInput(_ input: UnsafePointer<Float>, into gates: UnsafeMutablePointer<Float>) {
    for column in 0..<width { gates[column] = bias[column] }
    Self.addProduct(input, kernel, count: units, columns: 0..<width, stride: width, to: gates)
  }

  /// One step: `gates` holds x W + b, and is left with the values of the gates; `state` becomes the next.
  ///
  /// - Parameter scratch: Room for one number a unit.
  func step(
    _ gates: UnsafeMutablePointer<Float>, _ state: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let n = units
    switch cell {
    case .gru:
      Self.addProduct(state, recurrent, count: n, columns: 0..<2 * n, stride: width, to: gates)
      for unit in 0..<2 * n { gates[unit] = hardSigmoid(gates[unit]) }
      for unit in 0..<n { scratch[unit] = gates[n + unit] * state[unit] }
      Self.addProduct(scratch, recurrent, count: n, columns: 2 * n..<3 * n, stride: width, to: gates)
      mix(gates, state)
    case .resetAfterGRU:
      Self.addProduct(state, recurrent, count: n, columns: 0..<2 * n, stride: width, to: gates)
      for unit in 0..<2 * n { gates[unit] = logistic(gates[unit] + recurrentBias[unit]) }
      for unit in 0..<n { scratch[unit] = recurrentBias[2 * n + unit] }
      // The columns of the candidate, from its first on.
      Self.addProduct(state, recurrent + 2 * n, count: n, columns: 0..<n, stride: width, to: scratch)
      for unit in 0..<n { gates[2 * n + unit] += gates[n + unit] * scratch[unit] }
      mix(gates, state)
    case .lstm:
      Self.addProduct(state, recurrent, count: n, columns: 0..<4 * n, stride: width, to: gates)
      for unit in 0..<n {
        let (write, forget) = (logistic(gates[unit]), logistic(gates[n + unit]))
        let (candidate, show) = (tanh(gates[2 * n + unit]), logistic(gates[3 * n + unit]))
        (gates[unit], gates[n + unit]) = (write, forget)
        (gates[2 * n + unit], gates[3 * n + unit]) = (candidate, show)
        state[n + unit] = forget * state[n + unit] + write * candidate
        state[unit] = show * tanh(state[n + unit])
      }
    case .simpleRNN:
      Self.addProduct(state, recurrent, count: n, columns: 0..<n, stride: width, to: gates)
      for unit in 0..<n { gates[unit] = tanh(gates[unit]) }
      for unit in 0..<n { state[unit] = gates[unit] }
    }
  }

  /// c from its sum, and z h + (1 − z) c.
  private func mix(_ gates: UnsafeMutablePointer<Float>, _ state: UnsafeMutablePointer<Float>) {
    for unit in 0..<units {
      let candidate = tanh(gates[2 * units + unit])
      gates[2 * units + unit] = candidate
      state[unit] = gates[unit] * state[unit] + (1 - gates[unit]) * candidate
    }
  }

  /// Adds x M, of some columns of a matrix whose rows have `stride` numbers.
  static func addProduct(
    _ x: UnsafePointer<Float>, _ matrix: UnsafePointer<Float>, count: Int, columns: Range<Int>, stride: Int,
    to sums: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<count {
      let (value, weights) = (x[row], matrix + row * stride)
      for column in columns { sums[column] += value * weights[column] }
    }
  }
}
