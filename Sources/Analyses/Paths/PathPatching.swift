import LinearAlgebra
import Networks
import Tasks

/// What passes along one path, and nothing else: path patching (Wang and others 2022, arXiv 2211.00593;
/// Goldowsky-Dill and others 2023, arXiv 2304.05969) over the graph unit → gate → unit → logits, unrolled in time.
///
/// First pass: the senders are changed, all other states and gates are frozen at their run without edits, and only the
/// receivers' gates, at the steps that read a changed state, are computed anew. Second pass: those gates are put into the
/// run without edits. With `Path.End.everything` it goes on freely from them, as in Wang and others; with `.logits` the
/// receivers' states alone follow, and only the logits at the position see them. A unit's own state passes on to its
/// next one through z ⊙ h; all other ways out of a receiver are frozen. The tokens that are fed are those without edits.
public struct PathPatching: Codable, Sendable, Equatable {
  /// The sign of an effect.
  public enum Direction: String, Codable, Sendable {
    /// The outcome without edits less that with them: the senders' change destroys something.
    case lost
    /// The outcome with edits less that without: it brings something about.
    case gained
  }

  /// The path that the change takes.
  public let path: Path
  /// The steps at which the senders are changed.
  public let steps: ClosedRange<Int>
  /// Where the outcome is measured.
  public let position: Int
  /// What is measured at `position`.
  public let outcome: Outcome
  /// Which sign the effects have.
  public let direction: Direction
  /// The effect if everything sees the change, beside random senders.
  public let total: Effect
  /// The effect through the path, beside random senders on the same path.
  public let through: Effect
  /// Through the path as a share of the total, beside paths through random receivers.
  public let share: Effect
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Patches a path of the decoder's top layer.
  ///
  /// - Parameters:
  ///   - runs: Rows with one T, unless a position is given.
  ///   - steps: From 0 to `position` − 1.
  ///   - value: What the senders are given, such as what they are in other rows, or earlier.
  ///   - outcome: `.margin` or `.probability()`, at the position.
  ///   - position: By default the rows' T.
  /// - Throws: `AnalysisError.invalidOption` for a cell that is not a GRU, rows of several T, a gate that there is not, or
  ///   another outcome; `.unitOutOfRange`, `.repeatedUnit`, `.stepOutOfRange`, `.tooFewRows`, `.countMismatch`.
  public init(
    _ runs: Counterfactuals, _ path: Path, steps: ClosedRange<Int>, _ value: EditValue,
    outcome: Outcome = .margin,
    _ direction: Direction = .lost, at position: Int? = nil, randomSets: Int = 200, seed: UInt64 = 1
  ) throws {
    let patcher = try PathPatcher(runs, steps: steps, value, outcome, direction, at: position)
    try path.check(patcher.run.equations)
    let units = runs.model.configuration.units
    func random(_ size: Int, _ salt: UInt64) -> [[Int]] {
      RandomSets.uniform(count: randomSets, size: size, of: units, seed: seed &+ salt)
    }
    let senders = random(path.senders.count, 0)
    var others = senders.map { _ in path }
    for (number, hop) in path.hops.enumerated() {
      for (index, set) in random(hop.receivers.count, UInt64(number + 1)).enumerated() {
        others[index].hops[number].receivers = set
      }
    }
    let patched = try patcher.effects(
      [path]
        + senders.map { set in
          var drawn = path
          drawn.senders = set
          return drawn
        } + others)
    let totals = try patcher.totals([path.senders] + senders)
    let (first, count) = (patched[0], randomSets)
    total = patcher.effect(
      totals[0], null: totals[1...].map(mean), "random sets of \(path.senders.count) senders", seed)
    through = patcher.effect(
      first, null: patched[1..<1 + count].map(mean), "random sets of \(path.senders.count) senders", seed)
    share = .ratioOfMeans(
      first, of: totals[0], sentences: patcher.sentences, null: patched[(1 + count)...].map(mean),
      ofDraws: "paths through random receivers",
      seed: seed)
    (self.path, self.steps, self.position, self.outcome) = (path, steps, patcher.position, outcome)
    self.direction = direction
    distinctInputs = runs.rows.distinctInputs
  }
}

private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }

/// Patches many paths and sets at once, with one change and one outcome.
struct PathPatcher {
  let runs: Counterfactuals
  let run: PathRun
  let steps: ClosedRange<Int>
  let value: EditValue
  let outcome: Outcome
  let direction: PathPatching.Direction
  let position: Int
  /// The number of each distinct input's sentence.
  let sentences: [Int]

  init(
    _ runs: Counterfactuals, steps: ClosedRange<Int>, _ value: EditValue, _ outcome: Outcome,
    _ direction: PathPatching.Direction, at position: Int?
  ) throws {
    guard outcome == .margin || outcome == .probability() else {
      throw AnalysisError.invalidOption(
        name: "the outcome", value: "\(outcome)", expected: "margin or probability, at the position")
    }
    let positions = Set(runs.rows.positions)
    guard let position = position ?? (positions.count == 1 ? positions.first : nil) else {
      throw AnalysisError.invalidOption(
        name: "the rows' T", value: "\(positions.sorted())", expected: "one T, or a position to measure at")
    }
    guard (1...runs.steps).contains(position) else {
      throw AnalysisError.stepOutOfRange(step: position, recorded: 1...runs.steps)
    }
    for step in [steps.lowerBound, steps.upperBound] where !(0..<position).contains(step) {
      throw AnalysisError.stepOutOfRange(step: step, recorded: 0...position - 1)
    }
    run = try PathRun(runs, through: position)
    (self.runs, self.steps, self.value, self.outcome) = (runs, steps, value, outcome)
    (self.direction, self.position) = (direction, position)
    sentences = runs.rows.distinct.sentenceNumbers
  }

  /// The effects of paths, `[paths][distinct inputs]`.
  func effects(_ paths: [Path]) throws -> [[Double]] {
    try decode(paths) { path in
      let sent = Edit(units: path.senders, steps: steps, value)
      try sent.check(
        runs.model.configuration, rows: runs.rows.count, encoderSteps: runs.rows.inputs.steps,
        decoderSteps: runs.steps)
      var values = [Float](repeating: 0, count: runs.rows.count * steps.count * path.senders.count)
      let width = path.senders.count
      for (index, step) in steps.enumerated() {
        let numbers = sent.numbers(of: step, rows: runs.rows.count)
        for row in 0..<runs.rows.count {
          let first = (row * steps.count + index) * width
          for place in 0..<width { values[first + place] = numbers.storage[row * width + place] }
        }
      }
      var change = PathRun.Change(units: path.senders, steps: steps, values: values)
      for (number, hop) in path.hops.enumerated() {
        // What reads a change at the position itself comes too late.
        let read = change.steps.lowerBound + 1...min(change.steps.upperBound + 1, position)
        let gates = run.gates(hop, seeing: change, at: read)
        if number == path.hops.count - 1, path.end == .everything {
          return hop.gates.map { gate in
            Edit(.gate(gate), units: hop.receivers, steps: read, .numbers(gates[gate], steps: read))
          }
        }
        change = run.states(hop, under: gates)
        if number < path.hops.count - 1, change.steps.lowerBound >= position {
          // The next gates would lie behind the position.
          return []
        }
      }
      return [Edit(.output, units: change.units, at: position, .numbers(change.values, steps: change.steps))]
    }
  }

  /// The effects of changing sets for all to see, `[sets][distinct inputs]`.
  func totals(_ sets: [[Int]]) throws -> [[Double]] {
    try decode(sets) { [Edit(units: $0, steps: steps, value)] }
  }

  /// The effects of changing sets for the logits at the position alone, `[sets][distinct inputs]`.
  func direct(_ sets: [[Int]], _ value: EditValue) throws -> [[Double]] {
    try decode(sets) { [Edit(.output, units: $0, at: position, value)] }
  }

  /// Decodes many edits, some at a time, so that their numbers take little memory.
  private func decode<Item>(_ items: [Item], _ edits: (Item) throws -> [Edit]) throws -> [[Double]] {
    let expected = runs.expectation(at: position)
    let sign: Double = direction == .lost ? -1 : 1
    var result: [[Double]] = []
    for first in stride(from: 0, to: items.count, by: 128) {
      let some = items[first..<min(first + 128, items.count)]
      let decoded = try runs.decode(try some.map(edits), through: position, continuing: .uneditedTokens)
      let before = decoded.values(outcome, of: nil, expecting: expected)
      for variant in some.indices {
        let after = decoded.values(outcome, of: variant - first, expecting: expected)
        let differences = zip(before, after).map { before, after in
          before.flatMap { before in after.map { sign * ($0 - before) } }
        }
        result.append(decoded.byInput(differences)?.values ?? [])
      }
    }
    return result
  }

  func effect(_ values: [Double], null: [Double], _ description: String, _ seed: UInt64) -> Effect {
    if values.isEmpty { return .notDetermined(.noRows(condition: "an effect")) }
    return Effect(
      meanOf: InputValues(values, sentences: sentences), null: null, ofDraws: description, seed: seed)
  }
}
