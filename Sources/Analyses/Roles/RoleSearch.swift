import LinearAlgebra
import Networks
import Tasks

/// The procedures that find a set for each role, by its effect, on rows that serve for nothing else.
public struct RoleSearch: Sendable {
  /// The rows on which units are ranked and sizes chosen.
  public let choosing: Counterfactuals
  /// The rows on which the sets are measured.
  public let measuring: Counterfactuals
  /// What a set must do.
  public var criteria: Criteria
  /// At most how many units a set may have: half of them.
  public var largest: Int
  /// How many random sets each measurement is set beside.
  public var randomSets = 200
  /// Fixes the random sets.
  public var seed: UInt64 = 1

  /// A search among all units, of sets of at most half of them.
  public init(choosing: Counterfactuals, measuring: Counterfactuals, criteria: Criteria) {
    (self.choosing, self.measuring, self.criteria) = (choosing, measuring, criteria)
    largest = max(1, choosing.model.configuration.units / 2)
  }

  /// The same on the rows of one T.
  func at(_ position: Int) throws -> RoleSearch {
    var search = RoleSearch(
      choosing: try choosing.rows(at: position), measuring: try measuring.rows(at: position),
      criteria: criteria)
    search.largest = largest
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
      ranking: try SufficientSet.greedyRanking(kind, exchange, limit: largest),
      threshold: criteria.exchangeMoves,
      randomSets: randomSets, seed: seed)
    let (moves, stays) = kind == .word ? ("the word", "the position") : ("the position", "the word")
    let evidence = found.measured.map { measured -> [RoleSet.Evidence] in
      let (moved, stayed) =
        kind == .word
        ? (measured.wordMoves, measured.positionStays) : (measured.positionMoves, measured.wordStays)
      return [
        .init(what: "\(moves) moves", effect: moved, criterion: criteria.moves),
        .init(what: "\(stays) stays", effect: stayed, criterion: criteria.stays),
      ]
    }
    return (
      RoleSet(
        role: role, word: nil, position: position, step: step, ranking: found.ranking,
        rankedBy: found.rankedBy, units: found.units, evidence: evidence ?? []), found
    )
  }

  /// Triggering: a set that, put from T − 1 into an earlier step of the same run, makes w come at the next position in at
  /// as many of the rows as the criteria ask, and does so no more without any one of its units.
  ///
  /// Units are taken greedily by the margin of w there, until they are enough. Where several are needed at once none of
  /// them shows alone, and others get in before them; so those that can be left out are, the last taken first.
  ///
  /// Its evidence is claim R6 at t₁.
  ///
  /// - Parameter step: t₁, before T − 1.
  /// - Throws: `AnalysisError.stepOutOfRange`, `.tooFewRows`; `.invalidOption` for a cell without update gates.
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
      (decoded.score(.token, of: variant, expecting: expected) ?? 0) >= criteria.exchangeMoves
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
      role: .triggering, word: nil, position: position, step: step, ranking: taken,
      rankedBy: "greedily, by the margin of the word at the next position when put there from T − 1",
      units: units, evidence: try units.map { try startEvidence($0, position: position, step: step) } ?? [])
  }

  private func startEvidence(_ units: [Int], position: Int, step: Int) throws -> [RoleSet.Evidence] {
    let runs = try measuring.rows(at: position)
    let transplant = try Transplant(
      runs, units: units, into: [step], randomSets: randomSets, seed: seed
    ).cells[0]
    let mediation = try GateMediation(
      runs, units: units, into: [step], randomSets: randomSets, seed: seed
    ).cells[0]
    return [
      .init(what: "the word comes next", effect: transplant.probability, criterion: criteria.start),
      .init(what: "through z", effect: mediation.passes, criterion: criteria.startThroughGates),
    ]
  }

  /// Outputting: the fewest units that together give as much as the criteria ask of the logit difference of w at T, ranked by their mean direct
  /// attribution. Its evidence is claim R7.
  public func outputting(word: Int32, position: Int) throws -> RoleSet {
    let model = choosing.model
    func record(_ runs: Counterfactuals) throws -> Recording {
      let rows = runs.rows.filter { asked, last, _ in asked == word && last == position }
      guard !rows.isEmpty else {
        throw AnalysisError.tooFewRows(condition: "word \(word) at position \(position)", found: 0, needed: 1)
      }
      return try model.record(rows, steps: runs.steps)
    }
    let direct = try DirectLogitAttribution(model, record(choosing), position: position)
    let means = direct.meanAttributions
    let order = ranking(of: means)
    let whole =
      direct.logitDifferences.reduce(0.0) { $0 + Double($1) } / Double(direct.logitDifferences.count)
    var (sum, units) = (0.0, [Int]?.none)
    for (index, unit) in order.enumerated() where units == nil && whole > 0 {
      sum += means[unit]
      if sum >= criteria.logitShare * whole { units = Array(order[...index]) }
    }
    var evidence: [RoleSet.Evidence] = []
    if let units {
      let recording = try record(measuring)
      let share = try DirectLogitAttribution(model, recording, position: position).share(
        of: units, randomSets: randomSets, resamples: 200, seed: seed)
      let change = try OutputChange(
        model, recording, units: units, position: position, randomSets: randomSets, seed: seed
      ).share
      evidence = [
        .init(what: "share of the logit difference", effect: share, criterion: criteria.written),
        .init(what: "share of the change at T", effect: change, criterion: criteria.changed),
      ]
    }
    return RoleSet(
      role: .outputting, word: word, position: position, step: position, ranking: order,
      rankedBy: "by the mean direct attribution to the logit of the word less the strongest other",
      units: units, evidence: evidence)
  }
}
