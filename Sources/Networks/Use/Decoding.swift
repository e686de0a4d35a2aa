import LinearAlgebra
import Tasks

/// What a decoder wrote, and how sure it was.
public struct Decoding: Codable, Sendable, Equatable {
  /// The token with the largest logit at each position, `[rows, steps]`.
  public internal(set) var tokens: TokenGrid
  /// `[rows, steps, vocabulary]`, for steps 1 … n.
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
    try decode(inputs, targets: nil, steps: steps, feeding: feeding, Interventions(state: edit))
  }

  /// Decodes `rows`, by default for as many steps as their targets have.
  public func decode(
    _ rows: Rows, steps: Int? = nil, feeding: Feeding = .greedy,
    edit: ((_ step: Int, _ states: inout Matrix) throws -> Void)? = nil
  ) throws -> Decoding {
    try decode(
      rows.inputs, targets: rows.targets, steps: steps ?? rows.targets.steps, feeding: feeding,
      Interventions(state: edit))
  }

  /// Decodes `rows` while `interventions` change states and gates on the way.
  public func decode(
    _ rows: Rows, steps: Int? = nil, feeding: Feeding = .greedy, interventions: Interventions
  ) throws -> Decoding {
    try decode(
      rows.inputs, targets: rows.targets, steps: steps ?? rows.targets.steps, feeding: feeding, interventions)
  }

  /// Goes on decoding from given states of step t = `step`, all in one batch, without an encoder.
  ///
  /// `states` is `[rows, state width × layers]`, as `edit` gets it and `Recording.states(at:)` gives it. For t ≥ 1, they
  /// also write the token at position t, which is fed to step t + 1 unless `previousTokens` `[rows]` are; positions
  /// before t are PAD, and have no logits. `.tokens(grid)` feeds the token of position p at step p + 1.
  /// Throws `NetworkError.emptyRows`, `.wrongShape`, `.tokenOutsideVocabulary`, `.tokensMissing`, `.invalidOption`.
  public func decode(
    from states: Matrix, at step: Int, steps: Int, previousTokens: [Int32]? = nil, feeding: Feeding = .greedy,
    interventions: Interventions = Interventions()
  ) throws -> Decoding {
    let empty = TokenGrid(rows: states.rows, steps: 0)
    guard step >= 0, steps >= max(step, 1) else {
      throw NetworkError.invalidOption(name: "steps", value: "\(steps)", expected: "at least \(max(step, 1))")
    }
    let pass = try forwardPass(inputs: empty, targets: nil, feeding: feeding, steps: steps)
    let columns = pass.network.stateColumns
    let width = columns.count * configuration.decoderLayers
    guard states.columns == width else {
      throw NetworkError.wrongShape(
        name: "states", expected: [states.rows, width], found: [states.rows, states.columns])
    }
    if let index = states.storage.firstIndex(where: { !$0.isFinite }) {
      throw NetworkError.notFinite(name: "states", index: index, value: "\(states.storage[index])")
    }
    if let previousTokens {
      guard previousTokens.count == states.rows else {
        throw NetworkError.tokensMissing(expected: [states.rows, 1], found: [previousTokens.count, 1])
      }
      try check(TokenGrid(rows: states.rows, steps: 1, storage: previousTokens))
    }
    return try decode(
      pass, from: step, steps: steps, feeding: feeding, interventions, previousTokens: previousTokens
    ) { _ in
      var states = states
      states.save(to: pass.decoderStates(step), columns)
    }
  }

  private func decode(
    _ inputs: TokenGrid, targets: TokenGrid?, steps: Int, feeding: Feeding, _ interventions: Interventions
  ) throws -> Decoding {
    let pass = try forwardPass(inputs: inputs, targets: targets, feeding: feeding, steps: steps)
    return try decode(pass, from: 0, steps: steps, feeding: feeding, interventions) { try pass.encode($0) }
  }

  private func decode(
    _ pass: ForwardPass, from first: Int, steps: Int, feeding: Feeding, _ interventions: Interventions,
    previousTokens: [Int32]? = nil, start: (UnsafeMutablePointer<Float>) throws -> Void
  ) throws -> Decoding {
    let rows = pass.batch.rows
    var decoding = Decoding(
      tokens: TokenGrid(rows: rows, steps: steps),
      logits: Traces(rows: rows, steps: max(first, 1)...steps, units: configuration.vocabularySize))
    try withParameters(of: pass.network) { parameters in
      pass.prepare(parameters)
      try start(parameters)
      try pass.decode(
        parameters, from: first, steps: steps, choosing: feeding == .greedy,
        edits: interventions.edits(in: pass.network, rows: rows)
      ) { step, _, logits in
        decoding.tokens.set(step, from: logits)
        decoding.logits.set(step: step, to: logits)
        if step == first, let previousTokens {
          for row in 0..<rows { pass.batch.fed[step * rows + row] = previousTokens[row] }
        }
      }
    }
    return decoding
  }
}
