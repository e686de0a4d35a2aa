import LinearAlgebra
import Tasks

/// What a decoder wrote, and how sure it was.
public struct Decoding: Codable, Sendable, Equatable {
  /// The token with the largest logit at each position, `[rows, steps]`.
  public internal(set) var tokens: TokenGrid
  /// `[rows, steps, words]`, for steps 1 … n.
  public internal(set) var logits: Traces

  /// P(token at position t = w) for `row`.
  public func probability(of word: Int32, row: Int, at position: Int) -> Float {
    logits.probability(of: Int(word), row: row, step: position)
  }

  /// Rows that have their word at their position.
  public func tokenAccuracy(_ rows: Rows) -> Accuracy {
    accuracy { rows.positions[$0] <= tokens.steps && tokens[$0, at: rows.positions[$0]] == rows.words[$0] }
  }

  /// Rows that have `word` at `position`.
  public func share(of word: Int32, at position: Int) -> Accuracy {
    accuracy { tokens[$0, at: position] == word }
  }

  private func accuracy(_ holds: (Int) -> Bool) -> Accuracy {
    Accuracy(correct: (0..<tokens.rows).count(where: holds), count: tokens.rows)
  }
}

extension Seq2Seq {
  /// Decodes all rows of `inputs` as one batch, letting `edit` change the states on the way.
  ///
  /// `edit` is called with t = 0 when the encoder is done, and with t = 1 … `steps` right after h_t is computed,
  /// before it is used for the output and carried on. Its matrix is `[rows, units × layers]`, lowest layer first.
  /// Throws `NetworkError.emptyRows`, `.tokenOutsideVocabulary`, `.tokensMissing`, and what `edit` throws.
  public func decode(
    _ inputs: TokenGrid, steps: Int, feeding: Feeding = .greedy,
    edit: ((_ step: Int, _ states: inout Matrix) throws -> Void)? = nil
  ) throws -> Decoding {
    try decode(inputs, targets: nil, steps: steps, feeding: feeding, edit: edit)
  }

  /// Decodes `rows`, by default for as many steps as their targets have.
  public func decode(
    _ rows: Rows, steps: Int? = nil, feeding: Feeding = .greedy,
    edit: ((_ step: Int, _ states: inout Matrix) throws -> Void)? = nil
  ) throws -> Decoding {
    try decode(
      rows.inputs, targets: rows.targets, steps: steps ?? rows.targets.steps, feeding: feeding, edit: edit)
  }

  private func decode(
    _ inputs: TokenGrid, targets: TokenGrid?, steps: Int, feeding: Feeding,
    edit: ((_ step: Int, _ states: inout Matrix) throws -> Void)?
  ) throws -> Decoding {
    let pass = try forwardPass(inputs: inputs, targets: targets, feeding: feeding, steps: steps)
    let columns = pass.network.stateColumns
    var states = Matrix(rows: inputs.rows, columns: columns.count * configuration.decoderLayers)
    var decoding = Decoding(
      tokens: TokenGrid(rows: inputs.rows, steps: steps),
      logits: Traces(rows: inputs.rows, steps: 1...steps, units: configuration.words))
    let editTapes = edit.map { edit in
      { (step: Int, tapes: [Tape]) in
        states.load(tapes.map { $0.state(step) }, columns)
        let shape = (states.rows, states.columns)
        try edit(step, &states)
        precondition(
          (states.rows, states.columns) == shape,
          "edited states are \(states.rows) × \(states.columns), not \(shape.0) × \(shape.1)")
        states.save(to: tapes.map { $0.state(step) }, columns)
      }
    }
    try withParameters(of: pass.network) { parameters in
      pass.prepare(parameters)
      pass.encode(parameters)
      try pass.decode(parameters, steps: steps, choosing: feeding == .greedy, edit: editTapes) {
        step, _, logits in
        decoding.tokens.set(step, from: logits)
        decoding.logits.set(step: step, to: logits)
      }
    }
    return decoding
  }
}

extension Matrix {
  /// Takes the given columns of each layer's state: `[rows, columns × layers]`.
  fileprivate mutating func load(_ layers: [MatrixView], _ columns: [Int]) {
    forEach(layers, columns) { ours, theirs in ours = theirs }
  }

  /// Gives them back.
  fileprivate mutating func save(to layers: [MatrixView], _ columns: [Int]) {
    forEach(layers, columns) { ours, theirs in theirs = ours }
  }

  @inline(__always)
  private mutating func forEach(
    _ layers: [MatrixView], _ columns: [Int], _ body: (_ ours: inout Float, _ theirs: inout Float) -> Void
  ) {
    withMutableView { all in
      for (layer, state) in layers.enumerated() {
        for row in 0..<all.rows {
          let ours = all.base + row * all.stride + layer * columns.count
          let theirs = state.base + row * state.stride
          for (i, column) in columns.enumerated() { body(&ours[i], &theirs[column]) }
        }
      }
    }
  }
}
