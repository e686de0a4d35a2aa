import Analyses
import Networks
import Tasks

/// What a method is asked to find: the units that hold the word, or those that hold when it is due.
public enum SoughtRole: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
  /// Holds the word: an exchange moves w.
  case storing
  /// Holds the time left: an exchange moves the place.
  case counting

  /// What an exchange of these units moves.
  public var moves: SufficientSet.Role { self == .storing ? .word : .position }
  /// The role of the same name in a model whose roles are known.
  public var known: KnownRoles.Role { self == .storing ? .storing : .counting }
}

/// A method that finds the units of a role, to be tried on models whose roles are known.
///
/// All are given the same: the rows of `RoleMethodInputs`, one step t, and no look at Verify. Of their budgets, those that count
/// evaluations can't be compared with those that solve or differentiate, so the seconds of processor time stand beside each
/// answer, and the options (`RoleMethodOptions`) bound every search.
///
/// A further method is a case here and its branch in `find`.
public enum RoleMethod: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
  /// The paper's: per (w, T, t), the units that the elimination takes and integrated gradients rank in the upper half. The
  /// set is of those that are important for more than half of some (w, T); it has no criterion by which a role
  /// could be absent, so it is said to be there wherever the set has a unit.
  case publishedSelection
  /// Recursive feature elimination of linear machines (Guyon and others 2002) that tell the words apart, or the times left; the
  /// role is there where the machine on the first eight units is right in enough rows of Tune.
  case elimination
  /// Integrated gradients (Sundararajan, Taly & Yan 2017) of P(w at T), from the state of a row that differs in the word alone,
  /// or the place alone; the mean size over rows.
  case integratedGradients
  /// |h ∂F/∂h|, F the margin of w at T. It has no way to ask for one role and not the other: both have one ranking.
  case gradientTimesState
  /// |(h′ − h) ∂F/∂h| (Nanda 2023), h′ of a row that differs in the word alone, or in the place alone.
  case attributionPatching
  /// How much a unit's mean varies with the word at one T, or with T.
  case variance
  /// The size of a unit's weights in a ridge regression on w, or on T − t, with standardised units.
  case probe
  /// The smallest set found greedily (`SufficientSet`) on pairs that agree in all but the word, or in all but the place.
  case agreeingSearch
  /// The set that `RoleTest` finds on pairs that differ in word and place.
  case bothDifferSearch
  /// Directions learnt on these pairs (`AlignmentSearch`): a subspace, which names no units.
  case alignmentSearch
  /// What P(w at T) loses where one unit is given the best constant, one for each T to take the word, one for each
  /// word to take the time.
  case bestConstants

  /// What a method answers with.
  public enum Kind: String, Codable, Sendable {
    /// A score for each unit: how many are taken, and above what the role is there, must be tuned.
    case ranking
    /// A set, and whether the role is there, by its own criterion.
    case set
    /// The same for a subspace.
    case subspace
  }

  /// What form the method's answers have.
  public var kind: Kind {
    switch self {
    case .publishedSelection, .agreeingSearch, .bothDifferSearch: .set
    case .alignmentSearch: .subspace
    case .elimination, .integratedGradients, .gradientTimesState, .attributionPatching, .variance, .probe,
      .bestConstants:
      .ranking
    }
  }

  /// Looks for a role.
  ///
  /// - Throws: `AnalysisError`, such as `.tooFewRows` where too few rows differ as the method needs it; `NetworkError`.
  public func find(_ role: SoughtRole, in inputs: RoleMethodInputs) throws -> MethodAnswer.Found {
    switch self {
    case .publishedSelection: try inputs.publishedSelection(role)
    case .elimination: try inputs.elimination(role)
    case .integratedGradients: try inputs.integratedGradients(role)
    case .gradientTimesState: try inputs.gradientTimesState(role)
    case .attributionPatching: try inputs.attributionPatching(role)
    case .variance: try inputs.variance(role)
    case .probe: try inputs.probe(role)
    case .agreeingSearch: try inputs.agreeingSearch(role)
    case .bothDifferSearch: try inputs.bothDifferSearch(role)
    case .alignmentSearch: try inputs.alignmentSearch(role)
    case .bestConstants: try inputs.bestConstants(role)
    }
  }
}

/// The numbers of all methods.
public struct RoleMethodOptions: Codable, Sendable, Hashable {
  /// t.
  public var step: Int
  /// The least T − t of a row: close to T the roles are handed on.
  public var timeLeft: Int
  /// The most rows of each of Select, Tune and Verify.
  public var rows: Int
  /// The share of Tune's pairs in which an exchange must do what the role says, for a search to say that the role is there.
  public var threshold: Double
  /// How many (w, T) the published selection looks at.
  public var publishedPairs: Int
  /// The dimensions that the alignment search tries; the first that reaches the threshold with a margin of half of what is left
  /// is taken.
  public var dimensions: [Int]
  /// From how many places the alignment search starts.
  public var alignmentStarts: Int
  /// The most evaluations of its objective, from each start.
  public var alignmentIterations: Int
  /// Of each best constant.
  public var constantIterations: Int
  /// The most swaps before a climb of the both-differ search ends.
  public var swaps: Int
  /// Fixes the rows, the pairs and the draws of the methods.
  public var seed: UInt64

  /// At t = 1, with at most 160 rows of each split, unless said otherwise.
  public init(
    step: Int = 1, timeLeft: Int = 3, rows: Int = 160, threshold: Double = 0.9, publishedPairs: Int = 4,
    dimensions: [Int] = [1, 2, 3, 4, 8], alignmentStarts: Int = 4, alignmentIterations: Int = 150,
    constantIterations: Int = 8, swaps: Int = 128, seed: UInt64 = 1
  ) {
    (self.step, self.timeLeft, self.rows, self.threshold) = (step, timeLeft, rows, threshold)
    (self.publishedPairs, self.dimensions) = (publishedPairs, dimensions)
    (self.alignmentStarts, self.alignmentIterations) = (alignmentStarts, alignmentIterations)
    (self.constantIterations, self.swaps, self.seed) = (constantIterations, swaps, seed)
  }

  /// What a set must reach on Tune to be large enough.
  var tuneThreshold: Double { (1 + threshold) / 2 }

  /// - Throws: `AnalysisError.invalidOption`.
  func validate() throws {
    for (name, value, least) in [
      ("step", step, 0), ("timeLeft", timeLeft, 1), ("rows", rows, 2), ("publishedPairs", publishedPairs, 1),
      ("alignmentStarts", alignmentStarts, 1), ("alignmentIterations", alignmentIterations, 1),
      ("constantIterations", constantIterations, 1), ("swaps", swaps, 0), ("dimensions", dimensions.count, 1),
      ("the least of the dimensions", dimensions.min() ?? 1, 1),
    ] {
      try AnalysisError.require(name, value, atLeast: least)
    }
    try AnalysisError.require("threshold", threshold, in: 0...1)
  }
}
