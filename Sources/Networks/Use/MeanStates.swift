import LinearAlgebra
import Tasks

extension Seq2Seq {
  /// The mean over `rows` of the decoder's states at each step from 0 on, while it writes as many tokens as the targets have:
  /// `[steps + 1, width]`, where each layer has its units and, of an LSTM, its cell state behind them.
  ///
  /// Nothing else is kept, so it takes memory for 500 rows at a time. Throws what `record` does.
  public func meanDecoderStates(_ rows: Rows) throws -> [[Float]] {
    if rows.count == 0 { throw NetworkError.emptyRows("what the model should read") }
    let steps = rows.targets.steps
    var sums = [[Double]](repeating: [], count: steps + 1)
    for first in stride(from: 0, to: rows.count, by: 500) {
      let part = rows.rows(first..<min(rows.count, first + 500))
      let pass = try forwardPass(inputs: part.inputs, targets: nil, feeding: .greedy, steps: steps)
      let network = pass.network
      let blocks =
        [0..<configuration.units]
        + (network.cell.stateWidth > network.units
          ? [network.units..<network.units + configuration.units] : [])
      var edits = ForwardPass.Edits()
      edits.states = { step, states in
        let these = states.flatMap { state in blocks.flatMap { Self.columnSums(of: state.columns($0)) } }
        sums[step] = sums[step].isEmpty ? these : zip(sums[step], these).map(+)
      }
      try withParameters(of: network) { parameters in
        pass.prepare(parameters)
        try pass.encode(parameters)
        try pass.decode(parameters, steps: steps, choosing: true, edits: edits)
      }
    }
    return sums.map { $0.map { Float($0 / Double(rows.count)) } }
  }

  private static func columnSums(of values: MatrixView) -> [Double] {
    var sums = [Double](repeating: 0, count: values.columns)
    for row in 0..<values.rows {
      for column in 0..<values.columns { sums[column] += Double(values.base[row * values.stride + column]) }
    }
    return sums
  }
}
