import LinearAlgebra
import Networks
import Tasks

/// The four kinds of units that the paper describes.
public enum Role: String, Codable, Sendable, CaseIterable {
  case storing, counting, triggering, outputting
}

/// A set of units found for a role, and by what.
public struct RoleSet: Codable, Sendable, Equatable {
  public let role: Role
  /// T; nil if the set is one for all T.
  public let position: Int?
  /// t, the step of the decoder at which it has the role.
  public let step: Int
  /// Units, best first.
  public let ranking: [Int]
  /// What they are ranked by.
  public let rankedBy: String
  /// The set, in the order of the ranking; nil if no first part of the ranking does what the role says.
  public let units: [Int]?
}

/// The procedures that find a set for each role, by its effect, on rows that serve for nothing else.
public struct RoleSearch: Sendable {
  /// The rows on which units are ranked and sizes chosen.
  public let choosing: Counterfactuals
  /// The rows on which the sets are measured.
  public let measuring: Counterfactuals
  /// The share of rows that an exchange must move, and leave alone in the other respect.
  public var threshold = Criteria().exchangeMoves
  /// The share of the logit difference that outputting units must give.
  public var logitShare = Criteria().logitShare
  /// At most how many units a set may have: half of them.
  public var largest: Int
  public var randomSets = 200
  public var seed: UInt64 = 1

  public init(choosing: Counterfactuals, measuring: Counterfactuals) {
    (self.choosing, self.measuring) = (choosing, measuring)
    largest = max(1, choosing.model.configuration.units / 2)
  }

  /// The same on the rows of one T.
  func at(_ position: Int) throws -> RoleSearch {
    var search = RoleSearch(
      choosing: try choosing.rows(at: position), measuring: try measuring.rows(at: position))
    (search.threshold, search.logitShare, search.largest) = (threshold, logitShare, largest)
    (search.randomSets, search.seed) = (randomSets, seed)
    return search
  }

  /// Storing: the smallest set whose exchange moves the word and leaves the position (control 3), among rows of one T.
  public func storing(position: Int, step: Int) throws -> (set: RoleSet, found: SufficientSet) {
    try sufficient(.word, .storing, in: at(position), position: position, step: step)
  }

  /// Counting: the smallest set whose exchange moves the position by the time left and leaves the word, over all T.
  public func counting(step: Int) throws -> (set: RoleSet, found: SufficientSet) {
    try sufficient(.position, .counting, in: self, position: nil, step: step)
  }

  private func sufficient(
    _ kind: SufficientSet.Role, _ role: Role, in search: RoleSearch, position: Int?, step: Int
  ) throws -> (set: RoleSet, found: SufficientSet) {
    let exchange = try Exchange(of: kind.difference, in: search.choosing, at: step, seed: seed)
    let found = try SufficientSet(
      kind, choosing: exchange,
      measuring: try Exchange(of: kind.difference, in: search.measuring, at: step, seed: seed &+ 1),
      ranking: try SufficientSet.greedyRanking(kind, exchange, limit: largest), threshold: threshold,
      randomSets: randomSets, seed: seed)
    return (
      RoleSet(
        role: role, position: position, step: step, ranking: found.ranking, rankedBy: found.rankedBy,
        units: found.units), found
    )
  }

  /// Triggering: a set that, put from T − 1 into an earlier step of the same run, makes w come at the next position in at
  /// least 90 % of the rows, and does so no more without any one of its units.
  ///
  /// Units are taken greedily by the margin of w there, until they are enough. Where several are needed at once none of
  /// them shows alone, and others get in before them; so those that can be left out are, the last taken first.
  ///
  /// - Parameter step: t₁, before T − 1.
  /// - Throws: `AnalysisError.stepOutOfRange`, `.tooFewRows`.
  public func triggering(position: Int, step: Int) throws -> RoleSet {
    let runs = try choosing.rows(at: position)
    guard step >= 0, step < position - 1 else {
      throw AnalysisError.stepOutOfRange(step: step, recorded: 0...max(0, position - 2))
    }
    let states = runs.baseline.decoder.states
    let expected = runs.expectation(at: step + 1)
    func decode(_ sets: [[Int]]) throws -> CounterfactualRuns {
      try runs.decode(
        sets.map { [Edit(units: $0, at: step, .earlier(step - position + 1, in: states))] }, through: step + 1
      )
    }
    var (taken, left, units) = ([Int](), Array(0..<runs.model.configuration.units), [Int]?.none)
    func isEnough(_ decoded: CounterfactualRuns, _ variant: Int) -> Bool {
      (decoded.score(.token, of: variant, expecting: expected) ?? 0) >= threshold
    }
    while units == nil, taken.count < largest, !left.isEmpty {
      let sets = left.map { taken + [$0] }
      let decoded = try decode(sets)
      let scores = sets.indices.map { decoded.score(.margin, of: $0, expecting: expected) ?? -.infinity }
      let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
      if isEnough(decoded, best) { units = sets[best] }
      taken.append(left.remove(at: best))
    }
    if var needed = units {
      for unit in taken.reversed() where needed.count > 1 {
        let fewer = needed.filter { $0 != unit }
        if isEnough(try decode([fewer]), 0) { needed = fewer }
      }
      units = needed
    }
    return RoleSet(
      role: .triggering, position: position, step: step, ranking: taken,
      rankedBy: "greedily, by the margin of the word at the next position when put there from T − 1",
      units: units)
  }

  /// Outputting: the fewest units that together give 80 % of the logit difference of w at T, ranked by their mean direct
  /// attribution.
  public func outputting(word: Int32, position: Int) throws -> RoleSet {
    let rows = choosing.rows.filter { asked, last, _ in asked == word && last == position }
    guard !rows.isEmpty else {
      throw AnalysisError.tooFewRows(condition: "word \(word) at position \(position)", found: 0, needed: 1)
    }
    let direct = try DirectLogitAttribution(
      choosing.model, choosing.model.record(rows, steps: choosing.steps), position: position)
    let means = direct.meanAttributions
    let ranking = means.indices.sorted { (-means[$0], $0) < (-means[$1], $1) }
    let whole =
      direct.logitDifferences.reduce(0.0) { $0 + Double($1) } / Double(direct.logitDifferences.count)
    var (sum, units) = (0.0, [Int]?.none)
    for (index, unit) in ranking.enumerated() where units == nil && whole > 0 {
      sum += means[unit]
      if sum >= logitShare * whole { units = Array(ranking[...index]) }
    }
    return RoleSet(
      role: .outputting, position: position, step: position, ranking: ranking,
      rankedBy: "by the mean direct attribution to the logit of the word less the strongest other",
      units: units)
  }
}
