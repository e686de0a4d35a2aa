import LinearAlgebra
import Networks
import Tasks

/// The smallest set of units whose exchange moves one thing and leaves the other alone: a role found by its effect
/// (control 3).
///
/// Units are ranked by a stated score on some rows; on these the smallest first part of the ranking is found that moves
/// the word, or the position, in at least 90 % of the rows, and leaves the other as it was in as many. What that set
/// does is then measured on other rows, beside random sets of its size.
public struct SufficientSet: Codable, Sendable, Equatable {
  /// What the exchange should move.
  public enum Role: String, Codable, Sendable, CaseIterable {
    /// The word: row and source differ in it alone.
    case word
    /// The position: row and source differ in it alone.
    case position

    /// What row and source of such an exchange differ in: the one thing.
    public var difference: Exchange.Difference { self == .word ? .word : .position }
  }

  /// What the first units of the ranking do, on the rows that chose them.
  public struct Point: Codable, Sendable, Equatable {
    /// How many units of the ranking are exchanged.
    public let size: Int
    /// The share of rows in which the role's thing moved.
    public let moved: Double
    /// The share in which the other thing stayed.
    public let stayed: Double
  }

  /// What the exchange should move.
  public let role: Role
  /// t, the step that is exchanged.
  public let step: Int
  /// Where its units are exchanged: h_t, unless asked otherwise.
  public let places: [Place]
  /// All units, best first.
  public let ranking: [Int]
  /// What they are ranked by.
  public let rankedBy: String
  /// By size, ascending.
  public let curve: [Point]
  /// The share that had to be reached.
  public let threshold: Double
  /// The units found, in the order of the ranking; nil if no first part of the ranking is enough.
  public let units: [Int]?
  /// What the set does on the other rows; nil if there is none.
  public let measured: Interchange?

  /// Finds and measures a set.
  ///
  /// - Parameters:
  ///   - choosing: The exchange on which the size is chosen; its difference must be that of the role.
  ///   - measuring: The exchange on which the set is measured: other inputs, the same difference and step.
  ///   - ranking: All or some units, best first; by default `greedyRanking`.
  ///   - rankedBy: What they are ranked by, in words.
  ///   - places: Where a unit is exchanged, in all of them at once. An LSTM may hold a role in its cell state, and then no set of
  ///     h_t alone is enough: `[.state, .cellState]`.
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.invalidOption`.
  public init(
    _ role: Role, choosing: Exchange, measuring: Exchange, ranking: [Int]? = nil, rankedBy: String? = nil,
    in places: [Place] = [.state], threshold: Double = 0.9, randomSets: Int = 1000, seed: UInt64 = 1
  ) throws {
    for exchange in [choosing, measuring] where exchange.difference != role.difference {
      throw AnalysisError.invalidOption(
        name: "the exchange", value: "one of \(exchange.difference.rawValue)",
        expected: "one of \(role.difference.rawValue), the role's")
    }
    // Above 1 none is large enough.
    try AnalysisError.require("threshold", threshold, in: 0...(.infinity))
    let ranking = try ranking ?? Self.greedyRanking(role, choosing, in: places)
    _ = try unitSet(ranking, of: choosing.targets.model.configuration.units)
    let decoded = try choosing.targets.decode(
      ranking.indices.map { try choosing.edits(Array(ranking[...$0]), in: places) }, watching: .nothing)
    curve = ranking.indices.map { variant in
      let landings = decoded.landings(of: variant, choosing)
      func share(_ holds: (Landing) -> Bool) -> Double {
        Double(landings.count(where: holds)) / Double(landings.count)
      }
      let (wordMoved, positionMoved) = (
        share { $0.word == .source }, share { $0.position != nil && $0.position == $0.timeLeft }
      )
      let (wordStayed, positionStayed) = (
        share { $0.word == .own }, share { $0.position != nil && $0.position == $0.own }
      )
      return role == .word
        ? Point(size: variant + 1, moved: wordMoved, stayed: positionStayed)
        : Point(size: variant + 1, moved: positionMoved, stayed: wordStayed)
    }
    let found = curve.first { $0.moved >= threshold && $0.stayed >= threshold }
    units = found.map { Array(ranking.prefix($0.size)) }
    measured = try units.map {
      try Interchange(measuring, units: $0, in: places, randomSets: randomSets, seed: seed)
    }
    self.role = role
    (step, self.places) = (choosing.step, places)
    self.ranking = ranking
    self.rankedBy = rankedBy ?? Self.greedyDescription(role)
    self.threshold = threshold
  }

  private static func greedyDescription(_ role: Role) -> String {
    role == .word
      ? "greedily, by the margin of the source's word at T when exchanged with those before"
      : "greedily, by how far the margin of the word at the source's position exceeds that at T, when exchanged with those before"
  }

  /// Units in the order in which a greedy search takes them: each time the one whose exchange, with those already taken,
  /// brings the role's thing nearest to the source's.
  ///
  /// For the word: the margin of w′ at T. For the position: the margin of w where the source's time left puts it, less
  /// that at T. The mean is over rows.
  ///
  /// - Parameters:
  ///   - places: Where a unit is exchanged, in all of them at once.
  ///   - limit: How many units to rank; by default all.
  public static func greedyRanking(
    _ role: Role, _ exchange: Exchange, in places: [Place] = [.state], limit: Int? = nil
  ) throws -> [Int] {
    let units = exchange.targets.model.configuration.units
    var (taken, left) = ([Int](), Array(0..<units))
    while !left.isEmpty, taken.count < limit ?? units {
      let scores = try Self.scores(role, exchange, in: places, sets: left.map { taken + [$0] })
      var best = 0
      for index in scores.indices where scores[index] > scores[best] { best = index }
      taken.append(left.remove(at: best))
    }
    return taken
  }

  /// How near the exchange of each set brings the role's thing to the source's: a difference of logits.
  static func scores(
    _ role: Role, _ exchange: Exchange, in places: [Place] = [.state], sets: [[Int]]
  ) throws -> [Double] {
    let rows = exchange.targets.rows
    let words = role == .word ? exchange.sourceWords : rows.words
    let landing = role == .word ? rows.positions : exchange.positionsByTimeLeft
    let decoded = try exchange.targets.decode(
      sets.map { try exchange.edits($0, in: places) }, watching: .words(words),
      through: max(landing.max() ?? 1, rows.positions.max() ?? 1), continuing: .uneditedTokens)
    let there = Expectation(words: words, positions: landing)
    return sets.indices.map { set in
      let atSource = decoded.values(.margin, of: set, expecting: there)
      let atOwn = role == .word ? [] : decoded.values(.margin, of: set)
      var sum = 0.0
      for row in atSource.indices {
        guard let margin = atSource[row] else { continue }
        sum += margin - (role == .word ? 0 : (atOwn[row] ?? 0))
      }
      return sum / Double(max(1, atSource.count))
    }
  }
}
