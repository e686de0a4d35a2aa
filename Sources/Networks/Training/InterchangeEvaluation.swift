import LinearAlgebra
import Tasks

/// How often an exchange of each role's units does what the role says, at every step: the interchange intervention accuracy of
/// given units (Geiger et al. 2021, arXiv 2106.02997).
///
/// Row and partner ask for another word at another place of a sentence of the same length, both after step t. What must come
/// is the joint outcome: the first that is written of both words is the right one, and it stands in the right place. Of the
/// start, the word of one of the two is due at t + 1, and what the row writes there is looked at; of the token, that of one at t.
public struct InterchangeEvaluation: Codable, Sendable, Hashable {
  /// One role at one step.
  public struct Point: Codable, Sendable, Hashable {
    /// Which role is exchanged.
    public let moves: InterchangeRole.Moved
    /// t.
    public let step: Int
    /// s.
    public let sourceStep: Int
    /// The pairs in which the joint outcome came, of all.
    public let accuracy: Accuracy
  }

  /// Rows with their word in its place, without any exchange.
  public let token: Accuracy
  /// By role, then by step. Steps at which no row has a partner are left out.
  public let points: [Point]

  /// The least of all shares.
  public var lowest: Double { ([token] + points.map(\.accuracy)).map(\.share).min() ?? 0 }

  /// The share of one role at one step.
  public func share(_ moves: InterchangeRole.Moved, at step: Int) -> Double? {
    points.first { $0.moves == moves && $0.step == step }?.accuracy.share
  }
}

extension Seq2Seq {
  /// Exchanges the units of each role between pairs of rows at each of the steps, and reads what the model then writes.
  ///
  /// - Parameters:
  ///   - steps: The steps t that are edited; nil for all at which two rows can differ in their place.
  ///   - delay: The difference t − s; 0 for partners at the same step. The place must then be t + T′ − s.
  ///   - pairs: The most pairs at each step.
  ///   - seed: Fixes the pairs.
  /// - Throws: `NetworkError.emptyRows`, `.tokenOutsideVocabulary`; `.invalidOption` for roles of units that the model
  ///   has not or that are in two roles, for steps after the last word, and for rows whose target is not one filler
  ///   around the word.
  public func interchangeEvaluation(
    of roles: [InterchangeRole], on rows: Rows, steps: ClosedRange<Int>? = nil, delay: Int = 0,
    pairs: Int = 300,
    seed: UInt64 = 1
  ) throws -> InterchangeEvaluation {
    try check(roles)
    return try evaluate(roles, on: rows, steps: steps, delay: delay, pairs: pairs, seed: seed)
  }

  /// The same for roles that have been looked at.
  private func evaluate(
    _ roles: [InterchangeRole], on rows: Rows, steps: ClosedRange<Int>?, delay: Int, pairs: Int, seed: UInt64
  ) throws -> InterchangeEvaluation {
    if rows.isEmpty { throw NetworkError.emptyRows("what should be evaluated") }
    try check(rows.inputs)
    try check(rows.targets)
    for (name, value, least) in [("delay", delay, 0), ("pairs", pairs, 1)] where value < least {
      throw NetworkError.invalidOption(name: name, value: "\(value)", expected: "at least \(least)")
    }
    let all = try CounterfactualRows(rows, of: "the targets of the rows")
    let steps = try all.steps(steps)
    let evaluator = InterchangeEvaluator(
      Network(configuration), all, roles, steps: steps, delay: delay, pairs: pairs, seed: seed)
    return try withParameters(of: evaluator.network, evaluator.evaluate)
  }
}

extension Seq2Seq {
  /// What the exchange of a role's units does without one of them, for each unit of each role: over all steps together, how
  /// often what the role says still comes. Where that is about as often as with all of them, the unit is not needed, and the
  /// given set is not the only one that has the role.
  ///
  /// - Parameters: As of `interchangeEvaluation(of:on:)`.
  /// - Throws: As it does.
  public func leavingEachOut(
    of roles: [InterchangeRole], on rows: Rows, steps: ClosedRange<Int>? = nil, pairs: Int = 100,
    seed: UInt64 = 1
  ) throws -> [LeftOutUnit] {
    try check(roles)
    return try roles.flatMap { role in
      try role.units.map { unit in
        let rest = InterchangeRole(units: role.units.filter { $0 != unit }, moves: role.moves)
        let points = try evaluate([rest], on: rows, steps: steps, delay: 0, pairs: pairs, seed: seed).points
        return LeftOutUnit(
          moves: role.moves, unit: unit,
          accuracy: Accuracy(
            correct: points.reduce(0) { $0 + $1.accuracy.correct },
            count: points.reduce(0) { $0 + $1.accuracy.count }))
      }
    }
  }
}

/// How often the rest of a role's units does what all of them do.
public struct LeftOutUnit: Codable, Sendable, Hashable {
  /// Which role the unit has.
  public let moves: InterchangeRole.Moved
  /// The unit that stays with its row.
  public let unit: Int
  /// The pairs in which the others of the role still do what all of them should.
  public let accuracy: Accuracy
}

extension CounterfactualRows {
  /// The steps that are asked for, or all at which two rows can differ in their place.
  func steps(_ asked: ClosedRange<Int>?) throws -> ClosedRange<Int> {
    guard let asked else { return 0...max(0, lastPosition - 2) }
    guard asked.lowerBound >= 0, asked.upperBound < lastPosition else {
      throw NetworkError.invalidOption(
        name: "steps", value: "\(asked)", expected: "steps before the last word, 0 to \(lastPosition - 1)")
    }
    return asked
  }
}

/// The pairs on which roles are measured, and their decoding.
struct InterchangeEvaluator {
  /// Pairs of one step.
  private struct Pairs {
    let step: Int
    /// Indices of rows, and of the row that gives its state to each.
    let rows: [Int]
    let partners: [Int]
  }

  let network: Network
  private let rows: CounterfactualRows
  private let roles: [InterchangeRole]
  private let delay: Int
  /// Of each role.
  private let pairs: [[Pairs]]
  private let evaluator: Evaluator
  private let pass: ForwardPass

  init(
    _ network: Network, _ rows: CounterfactualRows, _ roles: [InterchangeRole], steps: ClosedRange<Int>,
    delay: Int,
    pairs: Int, seed: UInt64
  ) {
    (self.network, self.rows, self.roles, self.delay) = (network, rows, roles, delay)
    self.pairs = roles.map { role in
      steps.filter { $0 >= delay }.map { step in
        role.moves == .start || role.moves == .token
          ? Self.drawDue(rows, role.moves, step: step, delay: delay, count: pairs, seed: seed)
          : Self.draw(
            rows, step: step, latest: roles.latest(step, [role.moves]), delay: delay, count: pairs, seed: seed
          )
      }.filter { !$0.rows.isEmpty }
    }
    evaluator = Evaluator(network, rows: rows.rows)
    // A pair is two rows of a batch.
    let capacity = 2 * (self.pairs.flatMap { $0 }.map(\.rows.count).max() ?? 0)
    pass = ForwardPass(
      network, rows: capacity, encoderSteps: rows.rows.inputs.steps, decoderSteps: rows.rows.targets.steps)
  }

  private static func draw(
    _ all: CounterfactualRows, step: Int, latest: Int, delay: Int, count: Int, seed: UInt64
  ) -> Pairs {
    var generator = SeededGenerator(seed: seed, label: "interchange pairs \(step) \(delay)")
    let rows = all.rows
    let groups = Dictionary(grouping: all.after(latest)) { rows.lengths[$0] }
    let givers = Dictionary(grouping: all.after(latest - delay)) { rows.lengths[$0] }
    var pairs = [(row: Int, partner: Int)]()
    for row in generator.shuffled(groups.sorted { $0.key < $1.key }.flatMap(\.value))
    where pairs.count < count {
      let (word, position, length) = (rows.words[row], rows.positions[row], rows.lengths[row])
      let fitting = (givers[length] ?? []).filter {
        let landing = rows.positions[$0] + delay
        return rows.words[$0] != word && landing != position && landing <= length
      }
      if fitting.isEmpty { continue }
      pairs.append((row, fitting[generator.integer(below: fitting.count)]))
    }
    return Pairs(step: step, rows: pairs.map(\.row), partners: pairs.map(\.partner))
  }

  /// Pairs of which one has its word just when the exchange decides about it; none with a delay.
  private static func drawDue(
    _ all: CounterfactualRows, _ moves: InterchangeRole.Moved, step: Int, delay: Int, count: Int, seed: UInt64
  ) -> Pairs {
    let step = moves == .token ? step + 1 : step
    if delay > 0 { return Pairs(step: step, rows: [], partners: []) }
    var generator = SeededGenerator(seed: seed, label: "interchange pairs \(step) \(moves.rawValue)")
    let (rows, due) = (all.rows, moves == .token ? step : step + 1)
    let dueByLength = Dictionary(grouping: all.due(at: due)) { rows.lengths[$0] }
    let laterByLength = Dictionary(grouping: all.after(due)) { rows.lengths[$0] }
    var pairs = [(row: Int, partner: Int)]()
    let all = (dueByLength.keys.sorted().flatMap { dueByLength[$0] ?? [] })
    // Each row that is due with one that is not, in turn as the row and as its partner.
    for (number, row) in generator.shuffled(all).enumerated() where pairs.count < count {
      let fitting = (laterByLength[rows.lengths[row]] ?? []).filter { rows.words[$0] != rows.words[row] }
      if fitting.isEmpty { continue }
      let other = fitting[generator.integer(below: fitting.count)]
      pairs.append(number.isMultiple(of: 2) ? (row, other) : (other, row))
    }
    return Pairs(step: step, rows: pairs.map(\.row), partners: pairs.map(\.partner))
  }

  func evaluate(_ parameters: UnsafeMutablePointer<Float>) throws -> InterchangeEvaluation {
    let token = try evaluator.evaluate(rows.rows, parameters).token
    pass.prepare(parameters)
    var points = [InterchangeEvaluation.Point]()
    for (role, pairs) in zip(roles, pairs) {
      for pairs in pairs {
        points.append(
          InterchangeEvaluation.Point(
            moves: role.moves, step: pairs.step, sourceStep: pairs.step - delay,
            accuracy: try accuracy(role, pairs, parameters)))
      }
    }
    return InterchangeEvaluation(token: token, points: points)
  }

  private func accuracy(
    _ role: InterchangeRole, _ pairs: Pairs, _ parameters: UnsafeMutablePointer<Float>
  ) throws -> Accuracy {
    let (batch, count) = (pass.batch, pairs.rows.count)
    let all = pairs.rows + pairs.partners
    batch.load(inputs: rows.rows.inputs, targets: rows.rows.targets, count: all.count, trimming: true) {
      all[$0]
    }
    // The second half gives, and stays as it is.
    let exchange = BatchExchange(
      [
        StateExchange(
          units: role.units, partners: (0..<count).map { $0 + count } + (count..<all.count), step: pairs.step,
          sourceStep: pairs.step - delay, reader: role.moves.reader)
      ], in: network)
    let width = network.cell.stateWidth
    let kept = Scratch<Float>(zeros: all.count * width)
    let given = MatrixView(kept.base, rows: all.count, columns: width)
    var edits = ForwardPass.Edits()
    edits.carried = { [delay] step, states in
      if step == pairs.step - delay { kept.base.update(from: states[0].base, count: all.count * width) }
      if step == pairs.step { exchange?.give(to: states[0]) { _ in given } }
    }
    if role.moves.reader == .output {
      edits.output = { step, output in
        if step == pairs.step { exchange?.give(toOutput: output) }
      }
    }
    try pass.encode(parameters)
    try pass.decode(parameters, steps: batch.decoderSteps, choosing: true, edits: edits)
    var accuracy = Accuracy()
    for row in 0..<count {
      let (own, other) = (pairs.rows[row], pairs.partners[row])
      func written(_ position: Int) -> Int32 { batch.fed[position * all.count + row] }
      if role.moves == .token {
        accuracy.add(written(pairs.step) == rows.token(of: other, at: pairs.step))
        continue
      }
      if role.moves == .start {
        let isDue = rows.rows.positions[other] == pairs.step + 1
        accuracy.add(
          written(pairs.step + 1)
            == (isDue ? rows.rows.words[own] : rows.token(of: other, at: pairs.step + 1)))
        continue
      }
      let words = [rows.rows.words[own], rows.rows.words[other]]
      let word = role.moves == .word ? words[1] : words[0]
      let place = role.moves == .word ? rows.rows.positions[own] : rows.rows.positions[other] + delay
      let first = (1...batch.decoderSteps).first { words.contains(written($0)) }
      accuracy.add(first == place && written(place) == word)
    }
    return accuracy
  }
}
