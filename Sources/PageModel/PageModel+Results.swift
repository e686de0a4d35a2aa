/// What a run left, for Swift; a page reads the same numbers at their addresses.
extension PageModel {
  /// The tokens of steps 1, 2, … of a run.
  public func tokens(of run: Run, steps: Int) -> [Int32] {
    (0..<steps).map { result(of: run).tokens[$0] }
  }

  /// The states of one step, `[shape.width]`: for each decoder layer h, then the LSTM's cell state.
  public func states(of run: Run, at step: Int) -> [Float] {
    (0..<shape.width).map { result(of: run).states[step * shape.width + $0] }
  }

  /// The gates of one step from 1 on, `[decoder layers, gates × units]`.
  public func gates(of run: Run, at step: Int) -> [Float] {
    let width = shape.decoderLayers * shape.gateWidth
    return (0..<width).map { result(of: run).gates[(step - 1) * width + $0] }
  }

  /// P(token) at one step from 1 on, `[vocabulary]`.
  public func probabilities(of run: Run, at step: Int) -> [Float] {
    (0..<shape.vocabulary).map { result(of: run).probabilities[(step - 1) * shape.vocabulary + $0] }
  }

  /// As `run`, of arrays.
  public func run(_ run: Run, _ tokens: [Int32], steps: Int, edits: [StateEdit] = []) -> Bool {
    let numbers = edits.flatMap { $0.numbers }
    return tokens.withUnsafeBufferPointer { tokens in
      numbers.withUnsafeBufferPointer { self.run(run, tokens: tokens, steps: steps, edits: $0) }
    }
  }
}
