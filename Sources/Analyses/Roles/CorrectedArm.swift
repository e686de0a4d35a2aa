import LinearAlgebra
import Networks
import Tasks

/// The corrected arm on one model: the sets of all roles, and R0 to R9 with criteria fixed before looking.
///
/// Units are ranked and sizes chosen on Select, everything is measured on Verify. A claim is judged at each condition of
/// the grid; it is met if all conditions that can be told meet it. Where no set of units does what a role says, the
/// claims about that role are not met: there is nothing that could have it.
public struct CorrectedArm: Codable, Sendable, Equatable {
  /// What is looked at, and how closely.
  public struct Options: Codable, Sendable, Hashable {
    public var positions: [Int]
    /// Of the steps before T, every how many-th is looked at; the last is T − 1.
    public var stride: Int
    /// At most how many rows of each (w, T) are taken from Select and from Verify.
    public var rowsPerPair: Int
    /// For each null.
    public var randomSets: Int
    public var seed: UInt64
    public var criteria: Criteria

    public init(
      positions: [Int], stride: Int = 1, rowsPerPair: Int = 6, randomSets: Int = 200, seed: UInt64 = 1,
      criteria: Criteria = Criteria()
    ) {
      self.criteria = criteria
      self.positions = positions
      self.stride = stride
      self.rowsPerPair = rowsPerPair
      self.randomSets = randomSets
      self.seed = seed
    }
  }

  public let options: Options
  public let storing: [RoleSet]
  public let counting: [RoleSet]
  public let triggering: [RoleSet]
  public let outputting: [RoleSet]
  /// The units that move the word and those that move the position at one (T, t): what they have in common beside
  /// chance. More than chance gives means that some code token and time together.
  public let overlaps: [Overlap]
  public let scorecard: Scorecard

  /// Two sets at one condition.
  public struct Overlap: Codable, Sendable, Equatable {
    public let position: Int
    public let step: Int
    public let overlap: SetOverlap
    /// The share of inputs whose word the storing set moves when the position differs too.
    public let mixed: Effect
  }

  /// Looks at everything.
  ///
  /// - Parameters:
  ///   - data: With Select and Verify, of several words and positions.
  ///   - progress: Called with what is done, and the share of the claims.
  /// - Throws: `NetworkError` and `AnalysisError`, such as `.tooFewRows` for a position that no row asks for.
  public init(
    _ model: Seq2Seq, _ data: Dataset, _ options: Options, progress: (String, Double) -> Void = { _, _ in }
  ) throws {
    let measure = try ClaimMeasurement(model, data, options)
    var claims: [ClaimFinding] = []
    func add(_ claim: ClaimFinding) {
      claims.append(claim)
      progress(claim.name, Double(claims.count) / 10)
    }
    add(try measure.positionsTokens())
    add(try measure.wordCanBeRead())
    let storing = try measure.storingSets()
    add(try measure.isNecessary(storing.map(\.set)))
    add(try measure.suffices(storing.map(\.set)))
    let counting = try measure.countingSets()
    add(try measure.keepsTime(counting.map(\.set)))
    add(try measure.countsDown(counting.map(\.set)))
    let triggering = try measure.triggeringSets()
    let outputting = try measure.outputtingSets()
    add(try measure.starts(triggering))
    add(measure.writes(outputting))
    add(try measure.formsChain(storing.map(\.set), counting.map(\.set), triggering, outputting))
    add(try measure.setsDiffer(storing.map(\.set)))
    overlaps = try measure.overlaps(storing.map(\.set), counting.map(\.set))
    (self.options, self.triggering, self.outputting) = (options, triggering, outputting)
    (self.storing, self.counting) = (storing.map(\.set), counting.map(\.set))
    scorecard = Scorecard(.corrected, claims)
  }
}
