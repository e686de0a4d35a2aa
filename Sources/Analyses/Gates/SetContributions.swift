import LinearAlgebra
import Networks
import Tasks

/// What a set of units adds to the gates of another set as the time runs out, such as triggering units to the update
/// gates of outputting units (control 9).
///
/// A row's contribution is the sum over the senders of the mean over the receivers of what each adds to the gate's
/// argument. The gates of step t read the states of step t − 1.
public struct SetContributions: Codable, Sendable, Equatable {
  /// Whether the senders are expected to make the gate larger or smaller: its sign is that of the effect. To open update
  /// gates means to lower them, since z = 1 holds.
  public enum Direction: String, Codable, Sendable {
    /// A larger argument is an effect above 0.
    case raises
    /// A smaller argument is an effect above 0.
    case lowers
  }

  /// The gates of one time before, or after, the token is due.
  public struct Point: Codable, Sendable, Equatable {
    /// T − t, where t is the step whose gates these are.
    public let timeLeft: Int
    /// What the senders add, beside random sets of their size.
    public let contribution: Effect
    /// By how much that is more than one step before, beside random sets: what stays the same opens nothing.
    public let change: Effect
    /// What the input adds on average, each distinct input counting once: the token that is fed.
    public let fromInput: Double
    /// The mean argument of the receivers' gate, before its activation.
    public let argument: Double
    /// The receivers' mean gate, from 0 to 1.
    public let gate: Double
    /// How many different inputs have this time left.
    public let distinctInputs: Int
  }

  /// The gate of the receivers.
  public let gate: Gate
  /// The units that add, counted from 0.
  public let senders: [Int]
  /// The units whose gate is looked at.
  public let receivers: [Int]
  /// Which sign the effects have.
  public let direction: Direction
  /// By the time left, ascending.
  public let points: [Point]
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Adds up contributions in the decoder's top layer.
  ///
  /// - Parameter recording: Of this model, fed its own tokens, over rows of several T.
  /// - Throws: As `GateContributions`; `AnalysisError.tooFewRows` for an empty set.
  public init(
    _ model: Seq2Seq, _ recording: Recording, from senders: [Int], to receivers: [Int],
    _ gate: Gate = .update,
    _ direction: Direction, randomSets: Int = 1000, seed: UInt64 = 1
  ) throws {
    let units = model.configuration.units
    for set in [senders, receivers] where try unitSet(set, of: units).isEmpty {
      throw AnalysisError.tooFewRows(condition: "a unit in a set", found: 0, needed: 1)
    }
    let sign: Double = direction == .raises ? 1 : -1
    let (inputs, sentences) = (recording.rows.inputNumbers, recording.rows.sentenceNumbers)
    let sets = RandomSets.uniform(count: randomSets, size: senders.count, of: units, seed: seed)
    // `[steps][rows][units]`: what each unit adds, mean over the receivers.
    var parts: [[[Double]]] = []
    // `[steps][rows]`.
    var (fed, arguments, gates) = ([[Double]](), [[Double]](), [[Double]]())
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    for step in recording.logits.steps {
      let found = try GateContributions(model, recording, gate, of: receivers, at: step)
      let width = receivers.count
      parts.append(
        found.rows.indices.map { row in
          (0..<units).map { unit in
            let first = (row * units + unit) * width
            return sign * found.fromUnits.storage[first..<first + width].reduce(0.0) { $0 + Double($1) }
              / Double(width)
          }
        })
      fed.append(found.rows.indices.map { row in mean(found.fromInput.row(row).map { Double($0) }) })
      arguments.append(found.arguments.map(mean))
      gates.append(found.rows.indices.map { row in mean(found.gates.row(row).map { Double($0) }) })
    }
    /// The sentence and the mean of each input in the rows that have a value, `[inputs]`, of some numbers each.
    func byInput(
      _ timeLeft: Int, _ values: (_ row: Int, _ step: Int) -> [Double]?
    ) -> [(sentence: Int, means: [Double])] {
      var found: [Int: (sentence: Int, rows: [[Double]])] = [:]
      for (row, position) in recording.rows.positions.enumerated() {
        guard recording.logits.steps.contains(position - timeLeft),
          let values = values(row, position - timeLeft)
        else { continue }
        found[inputs[row], default: (sentences[row], [])].rows.append(values)
      }
      return found.sorted { $0.key < $1.key }.map { _, input in
        (input.sentence, input.rows[0].indices.map { index in mean(input.rows.map { $0[index] }) })
      }
    }
    func average(_ timeLeft: Int, _ values: [[Double]]) -> Double {
      mean(byInput(timeLeft) { row, step in [values[step - 1][row]] }.map { $0.means[0] })
    }
    func effect(_ parts: [(sentence: Int, means: [Double])]) -> Effect {
      if parts.isEmpty { return .notDetermined(.noRows(condition: "a step before")) }
      let chosen = InputValues(
        parts.map { part in senders.reduce(0.0) { $0 + part.means[$1] } }, sentences: parts.map(\.sentence))
      let means = (0..<units).map { unit in mean(parts.map { $0.means[unit] }) }
      return Effect(
        meanOf: chosen, null: sets.map { $0.reduce(0.0) { $0 + means[$1] } },
        ofDraws: "random sets of \(senders.count) units", seed: seed)
    }
    let times = Set(
      recording.rows.positions.flatMap { position in recording.logits.steps.map { position - $0 } })
    points = times.sorted().map { timeLeft in
      let now = byInput(timeLeft) { row, step in parts[step - 1][row] }
      let changes = byInput(timeLeft) { row, step in
        step == 1 ? nil : zip(parts[step - 1][row], parts[step - 2][row]).map { $0 - $1 }
      }
      return Point(
        timeLeft: timeLeft, contribution: effect(now), change: effect(changes),
        fromInput: average(timeLeft, fed), argument: average(timeLeft, arguments),
        gate: average(timeLeft, gates),
        distinctInputs: now.count)
    }
    (self.gate, self.senders, self.receivers, self.direction) = (gate, senders, receivers, direction)
    distinctInputs = recording.rows.distinctInputs
  }
}
