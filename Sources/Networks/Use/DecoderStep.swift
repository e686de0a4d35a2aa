import Base
import LinearAlgebra
import Tasks

/// One step of a decoder as a map of its state, F(h, token), with its Jacobian ∂F/∂h: what dynamics are studied on.
///
/// States are `[rows, state width × layers]`, as `Recording.states(at:)` gives them: all layers, and the cell state of LSTMs.
/// It keeps its scratch from call to call, so that a search of thousands of steps allocates little. Make one for each
/// thread.
public final class DecoderStep {
  /// Numbers in a state: state width × layers.
  public let width: Int
  private let model: Seq2Seq
  private let network: Network
  private let parameters: Scratch<Float>
  private let capacity: Int
  private let inputs: TokenInputs
  private let scratch: StackScratch
  private let gradient: StackGradientScratch
  private let tokens: Scratch<Int32>

  /// Prepares steps of a model’s decoder.
  ///
  /// - Parameter capacity: The most rows that are computed at once; calls with more work in blocks of as many.
  public init(_ model: Seq2Seq, capacity: Int = 1024) {
    ensure(capacity >= 1, "a decoder step for \(capacity) rows was asked for")
    self.model = model
    self.capacity = capacity
    network = Network(model.configuration)
    width = network.stateColumns.count * model.configuration.decoderLayers
    parameters = network.pack(model.parameters)
    inputs = TokenInputs(network.decoder, cell: network.cell, tokensAtOnce: capacity)
    inputs.prepare(parameters.base)
    scratch = StackScratch(inputs, rows: capacity, depth: 1)
    gradient = StackGradientScratch(scratch, rows: capacity)
    tokens = Scratch(zeros: capacity)
  }

  /// F of each row, `[rows, state width × layers]`, if the token of each row is fed.
  ///
  /// - Throws: `NetworkError.wrongShape`, `.tokensMissing`, `.tokenOutsideVocabulary`.
  public func next(_ states: Matrix, feeding tokens: [Int32]) throws -> Matrix {
    try inBlocks(states, tokens) { _, next in next }
  }

  /// F of each row, and vᵀ ∂F/∂h for a vector v that may depend on it: one pass back through the cell.
  ///
  /// - Parameter vectors: From F of some rows, in order, to v of as many, `[rows, state width × layers]`; `first` is the
  ///   number of the first of these rows.
  /// - Throws: as `next`.
  public func next(
    _ states: Matrix, feeding tokens: [Int32], pullingBack vectors: (_ first: Int, _ next: Matrix) -> Matrix
  ) throws -> (next: Matrix, pulledBack: Matrix) {
    var pulledBack = [Float]()
    let next = try inBlocks(states, tokens) { first, next in
      pulledBack += self.pullBack(vectors(first, next)).storage
      return next
    }
    return (next, Matrix(rows: states.rows, columns: width, storage: pulledBack))
  }

  /// F and ∂F/∂h of each row: element (i, j) of a Jacobian says how state j at this step moves state i at the next.
  ///
  /// - Throws: as `next`.
  public func jacobians(_ states: Matrix, feeding tokens: [Int32]) throws -> (
    next: Matrix, jacobians: [Matrix]
  ) {
    // Row i of a Jacobian is what the i-th unit vector is pulled back to.
    let copies = (0..<states.rows * width).map { $0 / width }
    let repeated = states.rows(copies)
    let (next, rows) = try self.next(
      repeated, feeding: tokens.count == states.rows ? copies.map { tokens[$0] } : tokens
    ) { first, next in
      var vectors = Matrix(rows: next.rows, columns: width)
      for row in 0..<next.rows { vectors[row, (first + row) % width] = 1 }
      return vectors
    }
    let size = width * width
    return (
      next.rows((0..<states.rows).map { $0 * width }),
      (0..<states.rows).map {
        Matrix(rows: width, columns: width, storage: Array(rows.storage[$0 * size..<($0 + 1) * size]))
      }
    )
  }

  /// The logits that states write, `[rows, vocabulary]`.
  ///
  /// - Throws: `NetworkError.wrongShape`.
  public func logits(_ states: Matrix) throws -> Matrix {
    try check(states)
    let units = model.configuration.units
    let first = (model.configuration.decoderLayers - 1) * network.stateColumns.count
    var outputs = Matrix(rows: states.rows, columns: units)
    for row in 0..<states.rows {
      for unit in 0..<units { outputs[row, unit] = states[row, first + unit] }
    }
    var logits = outputs * (try model.parameter("output.kernel"))
    let bias = try model.parameter("output.bias")
    for row in 0..<logits.rows {
      for word in 0..<logits.columns { logits[row, word] += bias[0, word] }
    }
    return logits
  }

  private func check(_ states: Matrix) throws {
    guard states.columns == width else {
      throw NetworkError.wrongShape(
        name: "states", expected: [states.rows, width], found: [states.rows, states.columns])
    }
  }

  private func inBlocks(
    _ states: Matrix, _ tokens: [Int32], _ body: (_ first: Int, _ next: Matrix) -> Matrix
  ) throws -> Matrix {
    try check(states)
    guard tokens.count == states.rows else {
      throw NetworkError.tokensMissing(expected: [states.rows, 1], found: [tokens.count, 1])
    }
    try model.check(TokenGrid(rows: tokens.count, steps: 1, storage: tokens))
    var result = [Float]()
    result.reserveCapacity(states.storage.count)
    for first in stride(from: 0, to: states.rows, by: capacity) {
      let rows = first..<min(first + capacity, states.rows)
      var block = states.rows(rows)
      for (i, row) in rows.enumerated() { self.tokens.base[i] = tokens[row] }
      result += body(first, forward(&block)).storage
    }
    return Matrix(rows: states.rows, columns: width, storage: result)
  }

  private func forward(_ states: inout Matrix) -> Matrix {
    let tapes = scratch.tapes(rows: states.rows, pads: nil)
    states.save(to: tapes.map { $0.state(0) }, network.stateColumns)
    scratch.forward(0..<1, tapes: tapes, tokens: tokens.base, parameters: parameters.base)
    var next = Matrix(rows: states.rows, columns: width)
    next.load(tapes.map { $0.state(1) }, network.stateColumns)
    return next
  }

  /// Uses up what `forward` left on the tapes.
  private func pullBack(_ vectors: Matrix) -> Matrix {
    var vectors = vectors
    let tapes = scratch.tapes(rows: vectors.rows, pads: nil)
    let views = gradient.states.map {
      MatrixView($0.base, rows: vectors.rows, columns: network.cell.stateWidth)
    }
    gradient.clearStates()
    vectors.save(to: views, network.stateColumns)
    gradient.backward(
      steps: 1, tapes: tapes, tokens: tokens.base, topGradient: nil, parameters: parameters.base,
      gradients: nil)
    vectors.load(views, network.stateColumns)
    return vectors
  }
}
