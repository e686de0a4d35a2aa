import Foundation
import LinearAlgebra
import Tasks

/// A number that a model's logits o at one position give for a word w, whose gradient by a state is asked for.
public enum StateTarget: Codable, Sendable, Hashable {
  /// softmax(o)[w].
  case probability
  /// log softmax(o)[w].
  case logProbability
  /// o[w].
  case logit
  /// o[w] − o[v], for this v.
  case logitDifference(from: Int32)
  /// o[w] − max over v ≠ w of o[v]: positive where w is written.
  case margin
}

extension Seq2Seq {
  /// The target of each row, and its gradient by the decoder's states at t = `step`: exact, by back-propagation through
  /// steps t + 1 … `position`, for many states at once.
  ///
  /// - Parameters:
  ///   - states: h_t, `[rows, state width × layers]`, as `Recording.states(at:)` gives them; any others will do, such as
  ///     those on the way from a baseline.
  ///   - tokens: `[rows, steps]`; that of position p is fed at step p + 1, for p = t … `position` − 1.
  ///   - words: The word w of each row.
  /// - Returns: values `[rows]`, gradients `[rows, state width × layers]`.
  /// - Throws: `NetworkError.emptyRows`, `.wrongShape`, `.tokenOutsideVocabulary`, `.tokensMissing`, `.invalidOption`.
  public func stateGradients(
    _ states: Matrix, at step: Int, feeding tokens: TokenGrid, target: StateTarget, words: [Int32],
    at position: Int
  ) throws -> (values: [Float], gradients: Matrix) {
    let network = Network(configuration)
    let (rows, depth) = (states.rows, position - step)
    try checkStateGradient(states, step, tokens, target, words, position, network)
    let fed = Scratch<Int32>(zeros: max(depth, 1) * rows)
    for p in step..<position {
      for row in 0..<rows { fed.base[(p - step) * rows + row] = p == 0 ? Vocabulary.sos : tokens[row, at: p] }
    }
    let inputs = TokenInputs(network.decoder, cell: network.cell, tokensAtOnce: rows * max(depth, 1))
    let scratch = StackScratch(inputs, rows: rows, depth: depth)
    let gradient = StackGradientScratch(scratch, rows: rows)
    let tapes = scratch.tapes(rows: rows, pads: nil)
    var states = states
    states.save(to: tapes.map { $0.state(0) }, network.stateColumns)
    var values = [Float]()
    withParameters(of: network) { parameters in
      if depth > 0 {
        inputs.prepare(parameters)
        scratch.forward(0..<depth, tapes: tapes, tokens: fed.base, parameters: parameters)
      }
      let output = OutputLayer(network, rows: rows)
      let top = tapes[tapes.count - 1].output(depth)
      let logits = output.logits(of: top, parameters)
      for row in 0..<rows { values.append(target.replace(logits, row: row, word: Int(words[row]))) }
      // The gradient by the outputs of all steps, of which only the last one's is not zero.
      let byOutputs = Scratch<Float>(zeros: max(depth, 1) * rows * network.units)
      let last = MatrixView(
        byOutputs.base + max(depth - 1, 0) * rows * network.units, rows: rows, columns: network.units)
      multiply(logits, network.outputKernel.matrix(at: parameters), into: last, transposeB: true)
      gradient.clearStates()
      if depth > 0 {
        gradient.backward(
          steps: depth, tapes: tapes, tokens: fed.base,
          topGradient: MatrixView(byOutputs.base, rows: depth * rows, columns: network.units),
          parameters: parameters, gradients: nil)
      } else {
        let width = network.cell.stateWidth
        for row in 0..<rows {
          (gradient.states[tapes.count - 1].base + row * width)
            .update(from: last.base + row * network.units, count: network.units)
        }
      }
      withExtendedLifetime(output) {}
    }
    var gradients = Matrix(rows: rows, columns: states.columns)
    gradients.load(
      gradient.states.map { MatrixView($0.base, rows: rows, columns: network.cell.stateWidth) },
      network.stateColumns)
    return (values, gradients)
  }

  private func checkStateGradient(
    _ states: Matrix, _ step: Int, _ tokens: TokenGrid, _ target: StateTarget, _ words: [Int32],
    _ position: Int,
    _ network: Network
  ) throws {
    if states.rows == 0 { throw NetworkError.emptyRows("what state gradients should be taken of") }
    let width = network.stateColumns.count * configuration.decoderLayers
    guard states.columns == width else {
      throw NetworkError.wrongShape(
        name: "states", expected: [states.rows, width], found: [states.rows, states.columns])
    }
    guard step >= 0, position >= max(step, 1) else {
      throw NetworkError.invalidOption(
        name: "position", value: "\(position)",
        expected: "at least \(max(step, 1)), with states of step \(step)")
    }
    guard tokens.rows == states.rows, tokens.steps >= position - 1 || position == step else {
      throw NetworkError.tokensMissing(
        expected: [states.rows, position - 1], found: [tokens.rows, tokens.steps])
    }
    guard words.count == states.rows else {
      throw NetworkError.wrongShape(name: "words", expected: [states.rows], found: [words.count])
    }
    try check(tokens)
    try check(TokenGrid(rows: words.count, steps: 1, storage: words))
    if case .logitDifference(let other) = target { try check(TokenGrid(rows: 1, steps: 1, storage: [other])) }
  }
}

extension StateTarget {
  /// The target of one row of logits, which its gradient by them replaces.
  fileprivate func replace(_ logits: MatrixView, row: Int, word: Int) -> Float {
    let values = (0..<logits.columns).map { Double(logits[row, $0]) }
    func fill(_ value: Double, _ gradient: (Int) -> Double) -> Float {
      for other in values.indices { logits[row, other] = Float(gradient(other)) }
      return Float(value)
    }
    func one(_ other: Int) -> Double { other == word ? 1 : 0 }
    switch self {
    case .probability, .logProbability:
      let largest = values.max() ?? 0
      let sum = values.reduce(0) { $0 + Foundation.exp($1 - largest) }
      let p = values.map { Foundation.exp($0 - largest) / sum }
      return self == .probability
        ? fill(p[word]) { p[word] * (one($0) - p[$0]) }
        : fill(values[word] - largest - Foundation.log(sum)) { one($0) - p[$0] }
    case .logit:
      return fill(values[word], one)
    case .logitDifference(let other):
      return fill(values[word] - values[Int(other)]) { one($0) - ($0 == Int(other) ? 1 : 0) }
    case .margin:
      let other = values.indices.filter { $0 != word }.max { values[$0] < values[$1] } ?? word
      return fill(values[word] - values[other]) { one($0) - ($0 == other ? 1 : 0) }
    }
  }
}
