import LinearAlgebra

extension PaperGRU {
  /// `forward` for one row, unit by unit from the equations: what the kernel is tested against.
  ///
  /// Shapes: `input` `[3 × units]` is x W + b; `state` `[units]`; `recurrent` `[units, 3 × units]`.
  package func forwardNaively(
    input: [Float], state: [Float], recurrent: Matrix
  ) -> (update: [Float], reset: [Float], candidate: [Float], state: [Float]) {
    func sum(_ unit: Int, _ block: Int, _ from: [Float]) -> Float {
      (0..<units).reduce(input[block * units + unit]) { $0 + from[$1] * recurrent[$1, block * units + unit] }
    }
    let update = (0..<units).map { hardSigmoid(sum($0, 0, state)) }
    let reset = (0..<units).map { hardSigmoid(sum($0, 1, state)) }
    let product = zip(reset, state).map { $0 * $1 }
    let candidate = (0..<units).map { tanhNaively(sum($0, 2, product)) }
    let next = (0..<units).map { update[$0] * state[$0] + (1 - update[$0]) * candidate[$0] }
    return (update, reset, candidate, next)
  }
}
