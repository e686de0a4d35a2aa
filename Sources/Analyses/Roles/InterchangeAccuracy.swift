import LinearAlgebra
import Networks
import Tasks

/// How often a model does what the hypothesis *word register × down-counter* says: the interchange intervention accuracy
/// of the whole hypothesis (Geiger and others 2021, arXiv 2106.02997).
///
/// A part of the state is said to hold the word, another the time left. Each row is given the register of one source, the
/// counter of another, both, or neither. The hypothesis then names the first of the three words and its place: the word
/// is that of whoever gave the register, the place where the time left of whoever gave the counter ends. Both sources
/// differ from the row in word and place.
public struct InterchangeAccuracy: Codable, Sendable, Equatable {
  /// What a row was given.
  public enum Exchanged: String, Codable, Sendable, CaseIterable {
    /// Nothing: the row should write what it asks for.
    case neither
    /// The part that is said to hold the word.
    case register
    /// The part that is said to hold the time left.
    case counter
    /// Both parts, from two sources.
    case both
  }

  /// The shares of rows that write what the hypothesis says, in the order of `Exchanged.allCases`.
  public struct Case: Codable, Sendable, Equatable {
    /// What was given in this case.
    public let exchanged: Exchanged
    /// The share of rows that write the word and the place of the hypothesis.
    public let share: Effect
  }

  /// t: h_t is exchanged.
  public let step: Int
  /// In the order of `Exchanged.allCases`.
  public let cases: [Case]
  /// The share over rows and the four cases. A model that writes what is asked, and whose parts hold nothing, has .25.
  public let share: Effect
  /// Rows, each with two sources, in each of the cases.
  public let rows: Int

  /// Exchanges two sets of units without a common one, beside pairs of random sets of their sizes without a common one.
  ///
  /// - Parameter exchange: Of pairs that differ in both; it gives the first sources, and others are drawn from them.
  /// - Throws: `AnalysisError.repeatedUnit` for a unit in both, `.unitOutOfRange`, `.setLargerThanModel`,
  ///   `.invalidOption`.
  public init(
    _ exchange: Exchange, register: [Int], counter: [Int], randomSets: Int = 1000, seed: UInt64 = 1
  ) throws {
    let all = exchange.targets.model.configuration.units
    _ = try unitSet(register + counter, of: all)
    let random = RandomSets.uniform(
      count: max(0, randomSets), size: register.count + counter.count, of: all, seed: seed)
    // A draw is in ascending order, so that its first part would not be a random part.
    var generator = SeededGenerator(seed: seed, label: "random parts")
    let draws = random.map { draw -> (register: [Int], counter: [Int]) in
      let order = generator.shuffled(draw)
      return (Array(order.prefix(register.count)), Array(order.dropFirst(register.count)))
    }
    try self.init(
      exchange, parts: [(register, counter)] + draws,
      ofDraws: "random sets of \(register.count) and \(counter.count) units", seed: seed
    ) { try $0.edit($1) }
  }

  /// Exchanges two subspaces at right angles, beside random ones of their dimensions.
  ///
  /// - Throws: `AnalysisError.invalidOption` if they are not at right angles, `.setLargerThanModel`.
  public init(
    _ exchange: Exchange, register: Basis, counter: Basis, randomSubspaces: Int = 1000, seed: UInt64 = 1
  ) throws {
    let (units, count) = (register.units, register.count + counter.count)
    guard count <= units else { throw AnalysisError.setLargerThanModel(size: count, units: units) }
    if let cosine = register.cosines(with: counter).first, cosine > 1e-3 {
      throw AnalysisError.invalidOption(
        name: "the cosine of the two subspaces", value: "\(cosine)", expected: "0: subspaces at right angles")
    }
    let draws = try (0..<max(0, randomSubspaces)).map { draw -> (register: Basis, counter: Basis) in
      let all = Basis.random(directions: count, of: units, seed: seed &+ UInt64(draw)).directions
      return (
        try Basis(all.rows(0..<register.count)), try Basis(all.rows(register.count..<count))
      )
    }
    try self.init(
      exchange, parts: [(register, counter)] + draws,
      ofDraws: "random subspaces of \(register.count) and \(counter.count) dimensions", seed: seed
    ) { try $0.edit($1) }
  }

  private init<Part>(
    _ exchange: Exchange, parts: [(register: Part, counter: Part)], ofDraws description: String, seed: UInt64,
    edit: (Exchange, Part) throws -> Edit
  ) throws {
    guard exchange.difference == .both else {
      throw AnalysisError.invalidOption(
        name: "the exchange", value: "one of \(exchange.difference.rawValue)", expected: "one of both")
    }
    let second = exchange.redrawn(seed: seed)
    let rows = exchange.targets.rows
    let testable = Set(exchange.testable).intersection(second.testable)
    let (words, others) = (exchange.sourceWords, second.sourceWords)
    let landings = second.positionsByTimeLeft
    let last = testable.map { max(rows.positions[$0], landings[$0]) }.max() ?? 1
    // values[case][part]: by distinct input.
    var values = [[InputValues]](repeating: [], count: Exchanged.allCases.count)
    var means = [InputValues]()
    let none = InputValues([], sentences: [])
    let atOnce = max(1, 250_000 / (rows.count * last))
    for first in stride(from: 0, to: parts.count, by: atOnce) {
      let some = parts[first..<min(parts.count, first + atOnce)]
      let variants = try some.flatMap { part -> [[Edit]] in
        let (register, counter) = (try edit(exchange, part.register), try edit(second, part.counter))
        return [[register], [counter], [register, counter]]
      }
      let decoded = try exchange.targets.decode(variants, watching: .nothing, through: last)
      for index in some.indices {
        var sums = [Double?](repeating: nil, count: rows.count)
        for (number, exchanged) in Exchanged.allCases.enumerated() {
          let holds = rows.words.indices.map { row -> Double? in
            guard testable.contains(row) else { return nil }
            let word = exchanged == .register || exchanged == .both ? words[row] : rows.words[row]
            let position = exchanged == .counter || exchanged == .both ? landings[row] : rows.positions[row]
            return decoded.writesFirst(
              word, at: position, before: [rows.words[row], words[row], others[row]],
              variant: exchanged == .neither ? nil : (index - first) * 3 + number - 1, row: row) ? 1 : 0
          }
          values[number].append(decoded.byInputWhereDefined(holds) ?? none)
          for row in holds.indices {
            if let held = holds[row] { sums[row] = (sums[row] ?? 0) + held / 4 }
          }
        }
        means.append(decoded.byInputWhereDefined(sums) ?? none)
      }
    }
    func effect(_ shares: [InputValues]) -> Effect {
      guard let own = shares.first, !own.isEmpty else {
        return .notDetermined(.noRows(condition: "sources whose time left ends elsewhere"))
      }
      return Effect(meanOf: own, null: shares.dropFirst().map(\.mean), ofDraws: description, seed: seed)
    }
    step = exchange.step
    cases = zip(Exchanged.allCases, values).map { Case(exchanged: $0, share: effect($1)) }
    share = effect(means)
    self.rows = testable.count
  }
}
