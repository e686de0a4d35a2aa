import Foundation
import LinearAlgebra
import Tasks

/// What every unit did while a model read and wrote some rows.
///
/// Time is the paper's. Encoder: state 0 is zero, step s reads the token at place s of the padded input. Decoder:
/// state 0 is the encoder's last, step t emits the token at position t, counted from 1.
public struct Recording: Codable, Sendable, Equatable {
  /// One layer of encoder or decoder.
  public struct Layer: Codable, Sendable, Equatable {
    /// h, for steps 0 … n.
    public internal(set) var states: Traces
    /// Each gate, for steps 1 … n. Where the encoder skips PAD, z is 1, r and c are 0.
    public internal(set) var gates: [Gate: Traces]

    /// The cell state of an LSTM, for steps 0 … n: what it carries beside h. Cells without a cell state have none.
    public internal(set) var cellState: Traces?

    /// The gate of this name; a cell that has none of it gives nil.
    public subscript(gate: Gate) -> Traces? { gates[gate] }
  }

  /// The rows that were run; row numbers of all traces are theirs.
  public let rows: Rows
  /// From the lowest layer.
  public internal(set) var encoderLayers: [Layer]
  /// From the lowest layer.
  public internal(set) var decoderLayers: [Layer]
  /// `[rows, steps, vocabulary]`, for steps 1 … n.
  public internal(set) var logits: Traces
  /// The token with the largest logit at each position.
  public internal(set) var tokens: TokenGrid

  /// The encoder's top layer.
  public var encoder: Layer { encoderLayers[encoderLayers.count - 1] }
  /// The decoder's top layer, from which tokens are written.
  public var decoder: Layer { decoderLayers[decoderLayers.count - 1] }

  /// P(token at position t = w) for `row`.
  public func probability(of word: Int32, row: Int, at position: Int) -> Float {
    logits.probability(of: Int(word), row: row, step: position)
  }
}

extension Traces {
  /// The softmax of one step's values, at `unit`.
  func probability(of unit: Int, row: Int, step: Int) -> Float {
    let values = units(row: row, step: step)
    let largest = values.max() ?? 0
    let sum = values.reduce(0.0) { $0 + Double(exp(Double($1 - largest))) }
    return Float(exp(Double(self[row, step, unit] - largest)) / sum)
  }
}

extension Seq2Seq {
  /// Runs the model over `rows` and keeps every state, gate, logit and token.
  ///
  /// `steps` is how many tokens the decoder writes; by default as many as the targets have, PAD included.
  /// Memory: 4 bytes × rows × steps × units for the states and again for each gate. What `interventions`
  /// make of states and gates is recorded; what they show to the output, or carry on, instead of a state is not.
  /// Throws `NetworkError.emptyRows`, `.tokenOutsideVocabulary`, `.tokensMissing`, and what `interventions` throw.
  public func record(
    _ rows: Rows, feeding: Feeding = .greedy, steps: Int? = nil,
    interventions: Interventions = Interventions()
  ) throws -> Recording {
    let steps = steps ?? rows.targets.steps
    let pass = try forwardPass(inputs: rows.inputs, targets: rows.targets, feeding: feeding, steps: steps)
    let (count, network, batch) = (rows.count, pass.network, pass.batch)
    func layer(_ steps: Int) -> Recording.Layer {
      let units = network.configuration.units
      return Recording.Layer(
        states: Traces(rows: count, steps: 0...steps, units: units),
        gates: Dictionary(
          uniqueKeysWithValues: network.cell.gates.map {
            ($0, Traces(rows: count, steps: 1...max(steps, 1), units: units))
          }),
        cellState: network.cell.stateWidth > network.units
          ? Traces(rows: count, steps: 0...steps, units: units) : nil)
    }
    func keep(_ step: Int, _ tapes: [Tape], in layers: inout [Recording.Layer]) {
      for (index, tape) in tapes.enumerated() {
        layers[index].states.set(step: step, to: tape.output(step))
        if layers[index].cellState != nil {
          layers[index].cellState?.set(
            step: step, to: tape.state(step).columns(network.units..<2 * network.units))
        }
        for (block, gate) in network.cell.gates.enumerated() where step > 0 {
          let columns = block * network.units..<(block + 1) * network.units
          layers[index].gates[gate]?.set(step: step, to: tape.gates(step - 1).columns(columns))
        }
      }
    }
    var recording = Recording(
      rows: rows, encoderLayers: network.encoder.layers.map { _ in layer(batch.encoderSteps) },
      decoderLayers: network.decoder.layers.map { _ in layer(steps) },
      logits: Traces(rows: count, steps: 1...max(steps, 1), units: configuration.vocabularySize),
      tokens: TokenGrid(rows: count, steps: steps))
    try withParameters(of: network) { parameters in
      pass.prepare(parameters)
      try pass.encode(parameters) { keep($0, $1, in: &recording.encoderLayers) }
      var edits = interventions.edits(in: network, rows: count)
      let editStates = edits.states
      edits.states = { step, views in
        try editStates?(step, views)
        guard step == 0 else { return }
        let units = configuration.units
        for (layer, state) in views.enumerated() {
          recording.decoderLayers[layer].states.set(step: 0, to: state.columns(0..<units))
          recording.decoderLayers[layer].cellState?.set(
            step: 0, to: state.columns(network.units..<network.units + units))
        }
      }
      try pass.decode(
        parameters, steps: steps, choosing: feeding == .greedy, edits: edits
      ) { step, tapes, logits in
        keep(step, tapes, in: &recording.decoderLayers)
        recording.logits.set(step: step, to: logits)
        recording.tokens.set(step, from: logits)
      }
    }
    return recording
  }

  /// A pass with these rows loaded as one batch, checked, and fed as asked.
  func forwardPass(
    inputs: TokenGrid, targets: TokenGrid?, feeding: Feeding, steps: Int
  ) throws -> ForwardPass {
    if inputs.rows == 0 { throw NetworkError.emptyRows("what the model should read") }
    guard steps >= 1 else {
      throw NetworkError.invalidOption(name: "steps", value: "\(steps)", expected: "at least 1")
    }
    try check(inputs)
    let fed: TokenGrid? =
      switch feeding {
      case .greedy: nil
      case .teacherForced: targets ?? TokenGrid(rows: 0, steps: 0)
      case .tokens(let tokens): tokens
      }
    if let fed {
      // The last step's token is fed to nobody.
      guard fed.rows == inputs.rows, fed.steps >= steps - 1 else {
        throw NetworkError.tokensMissing(expected: [inputs.rows, steps - 1], found: [fed.rows, fed.steps])
      }
      try check(fed)
    }
    let pass = ForwardPass(
      Network(configuration), rows: inputs.rows, encoderSteps: inputs.steps,
      decoderSteps: max(steps, fed?.steps ?? 0))
    pass.batch.load(inputs: inputs, targets: fed, count: inputs.rows, trimming: false) { $0 }
    return pass
  }
}

extension TokenGrid {
  /// The tokens with the largest logits `[rows, vocabulary]`, at one position.
  mutating func set(_ position: Int, from logits: MatrixView) {
    for row in 0..<rows {
      self[row, at: position] = Int32(
        largestIndex(logits.base + row * logits.stride, count: logits.columns))
    }
  }
}
