import LinearAlgebra
import Networks
import Tasks

/// What a probe is asked to read from a state.
public enum ProbeTarget: String, Codable, Sendable, CaseIterable {
  /// w, the token that the row asks for.
  case word
  /// t, the steps gone.
  case timeGone
  /// T − t, the steps left.
  case timeLeft
}

/// Hidden states h_t, t = 0 … T, with everything that a probe may be asked to read from them.
///
///     // Everything but w fixed, for R1.
///     ProbeStates(recording, positions: [5], steps: [3])
///     // Several T crossed with t, so that t and T − t are not collinear.
///     ProbeStates(recording)
public struct ProbeStates: Sendable {
  /// `[rows, units]`.
  public private(set) var states: Matrix
  /// w of each row.
  public let words: [Int]
  /// T of each row.
  public let positions: [Int]
  /// t of each row.
  public let steps: [Int]
  /// A number for the input that each row comes from: equal inputs have equal numbers.
  public let inputs: [Int]
  /// A number for the sentence of each row's input: the independent units.
  public let sentences: [Int]
  /// The first token of each row's input, after PAD and SOS.
  let firstTokens: [Int]
  /// The inputs themselves, to see whether two recordings share any; nil for states without a recording.
  let inputTokens: Set<[Int32]>?

  /// The states of a recording.
  ///
  /// - Parameters:
  ///   - positions: The positions T of the rows that are taken; by default all.
  ///   - steps: The steps t of the states that are taken, by default all; of a row only those up to its T.
  /// - Throws: `AnalysisError.tooFewRows` if there are none, `.stepOutOfRange`, `.valueNotFinite`.
  public init(_ recording: Recording, positions: Set<Int>? = nil, steps: Set<Int>? = nil) throws {
    let (rows, recorded) = (recording.rows, recording.decoder.states)
    for step in steps ?? [] where !recorded.steps.contains(step) {
      throw AnalysisError.stepOutOfRange(step: step, recorded: recorded.steps)
    }
    let (numbers, sentenceNumbers, units) = (rows.inputNumbers, rows.sentenceNumbers, recorded.units)
    var (values, places) = ([Float](), [(row: Int, step: Int)]())
    for row in 0..<rows.count where positions?.contains(rows.positions[row]) ?? true {
      for step in recorded.steps where step <= rows.positions[row] && steps?.contains(step) ?? true {
        values += recorded.units(row: row, step: step)
        places.append((row, step))
      }
    }
    guard !places.isEmpty else {
      let asked =
        "T of \(positions.map { "\($0.sorted())" } ?? "any") and t of \(steps.map { "\($0.sorted())" } ?? "any")"
      throw AnalysisError.tooFewRows(condition: asked, found: 0, needed: 2)
    }
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw AnalysisError.valueNotFinite(
        what: "the state", row: places[place / units].row, unit: place % units)
    }
    states = Matrix(rows: places.count, columns: units, storage: values)
    words = places.map { Int(rows.words[$0.row]) }
    self.positions = places.map { rows.positions[$0.row] }
    self.steps = places.map(\.step)
    inputs = places.map { numbers[$0.row] }
    sentences = places.map { sentenceNumbers[$0.row] }
    firstTokens = places.map { place in
      Int(rows.inputs.row(place.row).first { $0 != Vocabulary.pad && $0 != Vocabulary.sos } ?? Vocabulary.pad)
    }
    inputTokens = Set(Set(places.map(\.row)).map { Array(rows.inputs.row($0)) })
  }

  /// States that come from elsewhere, such as gates; each list has one entry a row. Without numbers of sentences each
  /// input is one of its own.
  ///
  /// - Throws: `AnalysisError.countMismatch`, `.tooFewRows`, `.valueNotFinite`.
  public init(
    states: Matrix, words: [Int], positions: [Int], steps: [Int], inputs: [Int], firstTokens: [Int],
    sentences: [Int]? = nil
  ) throws {
    for (what, found) in [
      ("words", words.count), ("positions", positions.count), ("steps", steps.count),
      ("first tokens", firstTokens.count),
    ] where found != states.rows {
      throw AnalysisError.countMismatch(what: what, expected: states.rows, found: found)
    }
    let labelled = try LabelledStates(states: states, labels: words, inputs: inputs, sentences: sentences)
    (self.states, self.sentences) = (labelled.states, labelled.sentences)
    (self.words, self.positions, self.steps) = (words, positions, steps)
    (self.inputs, self.firstTokens, inputTokens) = (inputs, firstTokens, nil)
  }

  /// How many states there are.
  public var count: Int { inputs.count }

  /// The same states with normal noise of this standard deviation added to every unit.
  func withNoise(_ deviation: Float, seed: UInt64) -> ProbeStates {
    var (noisy, generator) = (self, SeededGenerator(seed: seed, label: "noise"))
    noisy.states = Matrix(
      rows: states.rows, columns: states.columns,
      storage: states.storage.map { $0 + deviation * Float(generator.normal()) })
    return noisy
  }

  /// The label of each row, `[rows]`.
  public func labels(_ target: ProbeTarget) -> [Int] {
    switch target {
    case .word: words
    case .timeGone: steps
    case .timeLeft: zip(positions, steps).map { $0 - $1 }
    }
  }

  /// The type of each row: what a control label depends on. It must be finer than the label, and come again in other
  /// inputs: for w it is (w, first token of the input), for the times (T, t).
  func types(_ target: ProbeTarget) -> [[Int]] {
    target == .word
      ? zip(words, firstTokens).map { [$0, $1] } : zip(positions, steps).map { [$0, $1] }
  }

  func labelled(_ target: ProbeTarget) throws -> LabelledStates {
    try LabelledStates(states: states, labels: labels(target), inputs: inputs, sentences: sentences)
  }
}

extension Traces {
  /// The root of the units' mean variance, over all rows and steps.
  var spread: Float {
    var (sums, squares) = ([Double](repeating: 0, count: units), [Double](repeating: 0, count: units))
    for (index, value) in storage.enumerated() {
      sums[index % units] += Double(value)
      squares[index % units] += Double(value) * Double(value)
    }
    let count = Double(max(1, storage.count / max(1, units)))
    let variances = zip(sums, squares).map { $1 / count - $0 * $0 / count / count }
    return Float((variances.reduce(0, +) / Double(max(1, units))).squareRoot())
  }
}
