import LinearAlgebra
import Networks
import Tasks

/// Whether a set of units has one role at one step: the set that a search finds on pairs that differ in word *and* place,
/// and what it does on pairs that it never saw.
///
/// What must come is the joint outcome of `RoleOutcome`: with the role `.word` (storing) the source's word at the row's own
/// T, with `.position` (counting) the row's own word where the source's time left ends.
///
///     let storing = try RoleTest(.word, model, data, at: 2)
///     storing.units, storing.measured.share, storing.reachesThreshold
///
/// On Select sets are searched: greedily from both ends, then by toggles and swaps of single units until nothing gains.
/// The best set of each size is tried on Tune; the smallest that reaches the threshold there, with a margin, is taken. If
/// none does, it is the smallest whose share is within a standard error of the best. So there always is a set to
/// measure, on Verify, and an untrained model is its own null: the same call finds what a search can make of nothing.
///
/// Close to T the roles are handed on, to units that start and write the token: rows and sources have at least
/// `Options.timeLeft` steps to go. What the set does in pairs nearer than that is `near`.
public struct RoleTest: Codable, Sendable, Equatable {
  /// The best set of one size.
  public struct Point: Codable, Sendable, Equatable {
    /// In ascending order.
    public let units: [Int]
    /// What was climbed on Select: the mean of −log(1 − log P) of what should be written; 0 at best.
    public let score: Double
    /// The share of pairs on Tune with the joint outcome.
    public let tuneShare: Double

    /// How many units are in the set.
    public var size: Int { units.count }
  }

  /// What the exchange should move: `.word` for storing units, `.position` for counting units.
  public let role: SufficientSet.Role
  /// t.
  public let step: Int
  /// s.
  public let sourceStep: Int
  /// The numbers of the procedure.
  public let options: Options
  /// The best sets, smallest first.
  public let path: [Point]
  /// The set that was taken, in ascending order.
  public let units: [Int]
  /// Whether it reached the threshold on Tune.
  public let reachesTuneThreshold: Bool
  /// What it does on Verify where word and place differ, beside random sets of its size.
  public let measured: RoleOutcome
  /// What it does where only the word differs.
  public let samePosition: RoleOutcome?
  /// What it does where only the place differs.
  public let sameWord: RoleOutcome?
  /// What it does where word and place differ, and the row or its source has fewer steps to go than asked.
  public let near: RoleOutcome?
  /// What the exchange of the whole state does on the pairs of `measured`: it moves word and place, and so must fail.
  public let wholeState: RoleOutcome
  /// How many pairs the search saw on Select.
  public let selectPairs: Int
  /// How many pairs of Tune chose the size.
  public let tunePairs: Int
  /// How many sets were scored.
  public let scoredSets: Int

  /// Whether the set reaches the threshold on Verify; nil if that can't be told.
  public var reachesThreshold: Bool? { measured.share.measurement.map { $0.estimate >= options.threshold } }

  /// Finds and measures a set.
  ///
  /// - Parameters:
  ///   - data: With Select, Tune and Verify.
  ///   - step: The step t that is edited.
  ///   - sourceStep: The step s from which states come; by default t.
  ///   - basis: What the units are coordinates in; nil for the neurons themselves.
  /// - Throws: `AnalysisError.tooFewRows` if no row of a split has a partner that differs in word and place, and enough
  ///   steps to go; `.valueNotFinite` if the model writes no numbers; `.invalidOption`.
  public init(
    _ role: SufficientSet.Role, _ model: Seq2Seq, _ data: Dataset, at step: Int, from sourceStep: Int? = nil,
    in basis: Basis? = nil, _ options: Options = Options()
  ) throws {
    try options.validate(units: model.configuration.units)
    let sourceStep = sourceStep ?? step
    func pairs(_ rows: Rows, _ count: Int, _ number: UInt64, timeLeft: Int) -> RolePairs {
      RolePairs(
        model, rows, at: step, from: sourceStep, timeLeft: timeLeft, count: count, in: basis,
        seed: options.seed &+ number)
    }
    let select = try pairs(data.select, options.selectPairs, 0, timeLeft: options.timeLeft).exchange(.both)
    let tune = try pairs(data.tune, options.tunePairs, 1, timeLeft: options.timeLeft).exchange(.both)
    let verify = pairs(data.verify, options.verifyPairs, 2, timeLeft: options.timeLeft)
    let both = try verify.exchange(.both)

    let score = try RoleScore(role, select)
    let search = try SetSearch(
      of: model.configuration.units, largest: options.largest ?? max(1, model.configuration.units / 2),
      swaps: options.swaps
    ) { try score($0) }
    let found = search.path
    let shares = try RoleOutcome.shares(role, tune, edits: found.map { try tune.edit($0.units) })
    let path = zip(found, shares).map { candidate, share in
      Point(
        units: candidate.units, score: candidate.score,
        tuneShare: share.isEmpty ? 0 : share.mean)
    }
    let chosen = Self.choose(path, reaching: options.tuneThreshold, pairs: tune.testable.count)
    let units = chosen?.units ?? []

    func measure(_ exchange: Exchange, _ set: [Int], randomSets: Int) throws -> RoleOutcome {
      try RoleOutcome(role, exchange, units: set, randomSets: randomSets, seed: options.seed)
    }
    // Beside the main share some draws are enough.
    let some = min(100, options.randomSets)
    func agreeing(_ difference: Exchange.Difference) throws -> RoleOutcome? {
      do {
        return try measure(verify.exchange(difference), units, randomSets: some)
      } catch AnalysisError.tooFewRows {
        return nil
      }
    }
    measured = try measure(both, units, randomSets: options.randomSets)
    samePosition = try agreeing(.word)
    sameWord = try agreeing(.position)
    let timeLeft = options.timeLeft
    near =
      timeLeft <= 1
      ? nil
      : try pairs(data.verify, options.verifyPairs, 3, timeLeft: 1).exchange(.both)
        .pairs { $0 < timeLeft || $1 < timeLeft }.map { try measure($0, units, randomSets: some) }
    // All sets of all units are one.
    wholeState = try measure(
      both, Array(0..<model.configuration.units), randomSets: min(1, options.randomSets))
    (self.role, self.step, self.sourceStep) = (role, step, sourceStep)
    (self.options, self.path, self.units) = (options, path, units)
    reachesTuneThreshold = (chosen?.tuneShare ?? 0) >= options.tuneThreshold
    (selectPairs, tunePairs) = (score.pairs, tune.testable.count)
    scoredSets = search.scored
  }

  /// The smallest set that reaches the share; if none does, the smallest within a standard error of the best.
  static func choose(_ path: [Point], reaching threshold: Double, pairs: Int) -> Point? {
    if let enough = path.first(where: { $0.tuneShare >= threshold }) { return enough }
    let best = path.map(\.tuneShare).max() ?? 0
    let error = (best * (1 - best) / Double(max(1, pairs))).squareRoot()
    return path.first { $0.tuneShare >= best - error }
  }
}

extension RoleTest {
  /// The numbers of the procedure.
  public struct Options: Codable, Sendable, Hashable {
    /// The share that a set should have on Verify.
    public var threshold: Double
    /// The share that it should have on Tune, with a margin, as its size is chosen there.
    public var tuneThreshold: Double
    /// The least T − t of a row and T′ − s of its source; 1 for all of them.
    public var timeLeft: Int
    /// The most units of a set; nil for half of them.
    public var largest: Int?
    /// The most pairs of Select, on which sets are searched.
    public var selectPairs: Int
    /// The most pairs of Tune, on which the size is chosen.
    public var tunePairs: Int
    /// The most pairs of Verify, on which the set is measured.
    public var verifyPairs: Int
    /// The most swaps of two units that are tried before a climb of the search ends.
    public var swaps: Int
    /// For the null of the main share; the others have 100 at most.
    public var randomSets: Int
    /// Fixes the pairs, the swaps and the random sets.
    public var seed: UInt64

    /// By default a set must do what the role says in nine of ten pairs.
    public init(
      threshold: Double = 0.9, tuneThreshold: Double = 0.95, timeLeft: Int = 3, largest: Int? = nil,
      selectPairs: Int = 300, tunePairs: Int = 400, verifyPairs: Int = 600, swaps: Int = 512,
      randomSets: Int = 1000, seed: UInt64 = 1
    ) {
      self.threshold = threshold
      self.tuneThreshold = tuneThreshold
      self.timeLeft = timeLeft
      self.largest = largest
      self.selectPairs = selectPairs
      self.tunePairs = tunePairs
      self.verifyPairs = verifyPairs
      self.swaps = swaps
      self.randomSets = randomSets
      self.seed = seed
    }

    /// - Throws: `AnalysisError.invalidOption`, `.setLargerThanModel`.
    func validate(units: Int) throws {
      for (name, value) in [
        ("timeLeft", timeLeft), ("largest", largest ?? 1), ("selectPairs", selectPairs),
        ("tunePairs", tunePairs), ("verifyPairs", verifyPairs),
      ] where value < 1 {
        throw AnalysisError.invalidOption(name: name, value: "\(value)", expected: "at least 1")
      }
      for (name, value) in [("swaps", swaps), ("randomSets", randomSets)] where value < 0 {
        throw AnalysisError.invalidOption(name: name, value: "\(value)", expected: "at least 0")
      }
      // Above 1 none is large enough.
      try AnalysisError.require("threshold", threshold, in: 0...(.infinity))
      try AnalysisError.require("tuneThreshold", tuneThreshold, in: 0...(.infinity))
      if let largest, largest > units { throw AnalysisError.setLargerThanModel(size: largest, units: units) }
    }
  }
}
