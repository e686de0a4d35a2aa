import LinearAlgebra
import Networks
import Tasks

/// What every unit, the input and the bias add to the argument of a gate of some units, in each row at one step: exactly,
/// for both forms of the GRU.
///
///     h_u Uz[u, j]    h_u Ur[u, j]    (r_u h_u) Uh[u, j]
///
/// with h the state of the step before; in PyTorch's form the last is r_j h_u Uh[u, j]. With the input's x W and the bias
/// they add up to what the gate's activation is taken of.
public struct GateContributions: Codable, Sendable, Equatable {
  /// The gate whose argument is taken apart.
  public let gate: Gate
  /// Encoder or decoder.
  public let side: Place.Side
  /// t: the gate is that of step t, the units' states those of t − 1.
  public let step: Int
  /// The units j whose gate is looked at.
  public let receivers: [Int]
  /// How many units may add something.
  public let units: Int
  /// The rows of the recording that are looked at: all, but for those in which the encoder skips PAD.
  public let rows: [Int]
  /// A number for the input of each of them.
  public let inputs: [Int]
  /// `[rows, units × receivers]`; that of unit u to the receiver of index i is in column u · receivers + i.
  public let fromUnits: Matrix
  /// What is fed: the token, or the layer below, `[rows, receivers]`.
  public let fromInput: Matrix
  /// `[rows, receivers]`.
  public let fromBias: Matrix
  /// The gates as they were recorded, `[rows, receivers]`.
  public let gates: Matrix
  /// The gates' arguments, `[rows, receivers]`: the sums, in Double.
  public let arguments: [[Double]]

  /// Takes the arguments of a recorded gate apart.
  ///
  /// - Parameters:
  ///   - recording: Of this model, fed its own tokens, as `record` and `Counterfactuals` do without being told otherwise.
  ///   - receivers: By default all units.
  ///   - fed: What the decoder was fed, `[rows, steps]`, if not its own tokens: that of position p at step p + 1.
  /// - Throws: `AnalysisError.invalidOption` for a cell that is not a GRU, another gate, or a recording whose gates are
  ///   not those of the model; `.stepOutOfRange`, `.unitOutOfRange`, `.repeatedUnit`, `.countMismatch`, `.tooFewRows`.
  public init(
    _ model: Seq2Seq, _ recording: Recording, _ gate: Gate, of receivers: [Int]? = nil, at step: Int,
    side: Place.Side = .decoder, layer: Int? = nil, feeding fed: TokenGrid? = nil
  ) throws {
    let equations = try GateEquations(model, side: side, layer: layer)
    let columns = try (receivers ?? Array(0..<equations.units)).map { try equations.column(gate, $0) }
    let receivers = receivers ?? Array(0..<equations.units)
    _ = try unitSet(receivers, of: equations.units)
    let place = Place(.gate(gate), side: side, layer: layer)
    let recorded = try recording.traces(at: place)
    guard recorded.units == equations.units else {
      throw AnalysisError.countMismatch(
        what: "units in the recording", expected: equations.units, found: recorded.units)
    }
    guard recorded.steps.contains(step) else {
      throw AnalysisError.stepOutOfRange(step: step, recorded: recorded.steps)
    }
    let states = try recording.traces(at: Place(side: side, layer: layer))
    let resets = try recording.traces(at: Place(.gate(.reset), side: side, layer: layer))
    let fed = try StepInputs(recording, equations, side: side, layer: layer, feeding: fed)
    let rows = (0..<recording.rows.count).filter { !fed.isSkipped(row: $0, step: step) }
    guard !rows.isEmpty else {
      throw AnalysisError.tooFewRows(condition: "a token at step \(step)", found: 0, needed: 1)
    }
    let (units, width) = (equations.units, receivers.count)
    var fromUnits = Matrix(rows: rows.count, columns: units * width)
    var (fromInput, fromBias) = (
      Matrix(rows: rows.count, columns: width), Matrix(rows: rows.count, columns: width)
    )
    var gates = Matrix(rows: rows.count, columns: width)
    var arguments: [[Double]] = []
    for (index, row) in rows.enumerated() {
      let input = Array(try fed.input(row: row, step: step))
      let state = Array(states.units(row: row, step: step - 1))
      let reset = Array(resets.units(row: row, step: step))
      var sums: [Double] = []
      for (place, column) in columns.enumerated() {
        let receiver = receivers[place]
        let b = equations.biasPart(gate, column: column, reset: reset[receiver])
        let x = equations.inputPart(input, column: column)
        var sum = b + x
        for unit in 0..<units {
          let part = equations.part(
            gate, from: unit, column: column, state: state[unit],
            reset: reset[equations.form == .gru ? unit : receiver])
          fromUnits.storage[(index * units + unit) * width + place] = Float(part)
          sum += part
        }
        fromInput.storage[index * width + place] = Float(x)
        fromBias.storage[index * width + place] = Float(b)
        let value = recorded[row, step, receiver]
        gates.storage[index * width + place] = value
        // Rounding in Float makes far less of a difference.
        guard abs(equations.value(gate, sum) - Double(value)) < 1e-3 else {
          throw AnalysisError.invalidOption(
            name: "the recording", value: "one whose \(gate.rawValue) gate does not follow from its states",
            expected: "a run of this model without edits, with what it was fed")
        }
        sums.append(sum)
      }
      arguments.append(sums)
    }
    (self.gate, self.side, self.step, self.receivers, self.units) = (gate, side, step, receivers, units)
    (self.rows, self.fromUnits, self.fromInput, self.fromBias) = (rows, fromUnits, fromInput, fromBias)
    (self.gates, self.arguments) = (gates, arguments)
    let numbers = recording.rows.inputNumbers
    inputs = rows.map { numbers[$0] }
  }

  /// How many different inputs there are.
  public var distinctInputs: Int { Set(inputs).count }

  /// What a unit adds to the gate of the receiver of an index, in the row of an index.
  public subscript(row: Int, from unit: Int, to receiver: Int) -> Float {
    fromUnits[row, unit * receivers.count + receiver]
  }
}

/// What a layer was fed at each step of a recording.
struct StepInputs {
  private let recording: Recording
  private let side: Place.Side
  private let embedding: Matrix?
  /// The states of the layer below, which the layers above the lowest read.
  private let below: Traces?
  private let fed: TokenGrid

  /// - Throws: `AnalysisError.countMismatch` unless every row has what it was fed.
  init(
    _ recording: Recording, _ equations: GateEquations, side: Place.Side, layer: Int?,
    feeding fed: TokenGrid? = nil
  ) throws {
    (self.recording, self.side, embedding) = (recording, side, equations.embedding)
    let layers = side == .encoder ? recording.encoderLayers : recording.decoderLayers
    let number = layer ?? layers.count - 1
    below = equations.embedding == nil ? layers[number - 1].states : nil
    self.fed = fed ?? recording.tokens
    guard self.fed.rows == recording.rows.count else {
      throw AnalysisError.countMismatch(
        what: "rows of fed tokens", expected: recording.rows.count, found: self.fed.rows)
    }
  }

  /// Whether the step of a row is PAD of the input, over which the state is kept.
  func isSkipped(row: Int, step: Int) -> Bool {
    side == .encoder && recording.rows.inputs[row, at: step] == Vocabulary.pad
  }

  /// x of a step, `[units]`.
  func input(row: Int, step: Int) throws -> ArraySlice<Float> {
    if let below { return below.units(row: row, step: step) }
    guard let embedding else { return [] }
    let token: Int32
    if side == .encoder {
      token = recording.rows.inputs[row, at: step]
    } else if step == 1 {
      token = Vocabulary.sos
    } else {
      guard step - 1 <= fed.steps else {
        throw AnalysisError.countMismatch(
          what: "fed tokens in each row", expected: step - 1, found: fed.steps)
      }
      token = fed[row, at: step - 1]
    }
    try checkWords([token], of: embedding.rows)
    let first = Int(token) * embedding.columns
    return embedding.storage[first..<first + embedding.columns]
  }
}
