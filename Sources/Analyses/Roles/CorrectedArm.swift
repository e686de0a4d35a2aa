import LinearAlgebra
import Networks
import Tasks

/// The corrected arm on one model: the sets of all roles, and R0 to R9 with criteria fixed before looking.
///
/// Sets are searched on Select, sizes chosen on Tune, and everything is measured on Verify. A claim is judged at each
/// condition of the grid. Storing and counting units are those of the role test, of which there always is a set; where no set
/// starts or writes the token, the claims about that role are not met: there is nothing that could have it.
public struct CorrectedArm: Codable, Sendable, Equatable {
  /// What is looked at, and how closely.
  public struct Options: Codable, Sendable, Hashable {
    /// The T whose triggering and outputting units are looked for, and of whose rows the claims are.
    public var positions: [Int]
    /// Of the steps before T, every how many-th is looked at; the last is T − 1.
    public var stride: Int
    /// At most how many rows of each (w, T) are taken from Select and from Verify.
    public var rowsPerPair: Int
    /// The least steps to go, T − t, for which storing and counting units are asked: close to T the roles are handed on.
    public var timeLeft: Int
    /// For each null.
    public var randomSets: Int
    /// Fixes all draws.
    public var seed: UInt64
    /// What R0 to R9 are judged by.
    public var criteria: Criteria

    /// Every step, six rows of each (w, T), 200 random sets, unless said otherwise; the criteria have no default.
    public init(
      positions: [Int], stride: Int = 1, rowsPerPair: Int = 6, timeLeft: Int = 3, randomSets: Int = 200,
      seed: UInt64 = 1, criteria: Criteria
    ) {
      self.criteria = criteria
      self.positions = positions
      self.stride = stride
      self.rowsPerPair = rowsPerPair
      self.timeLeft = timeLeft
      self.randomSets = randomSets
      self.seed = seed
    }
  }

  /// What was looked at.
  public let options: Options
  /// By step.
  public let storing: [RoleSet]
  /// Counting units, by step.
  public let counting: [RoleSet]
  /// By T.
  public let triggering: [RoleSet]
  /// By T and w.
  public let outputting: [RoleSet]
  /// Both roles at each step: whether word and time are apart.
  public let dissociations: [Dissociation]
  /// R0 to R9 with a cell for each condition.
  public let scorecard: Scorecard

  /// The two role tests of one step, without their searches.
  public struct Dissociation: Codable, Sendable, Equatable {
    /// t.
    public let step: Int
    /// The share of pairs whose word moves while the place stays, where both differ.
    public let word: Effect
    /// The share whose place moves while the word stays.
    public let place: Effect
    /// What the two sets have in common, beside chance.
    public let overlap: SetOverlap

    /// The smaller of the two shares; nil if one can't be told.
    public var score: Double? {
      guard let word = word.measurement?.estimate, let place = place.measurement?.estimate else { return nil }
      return min(word, place)
    }
  }

  /// The mean double-dissociation score over steps; nil if there is none.
  public var score: Double? {
    let scores = dissociations.compactMap(\.score)
    return scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
  }

  /// Looks at everything.
  ///
  /// - Parameters:
  ///   - data: With Select, Tune and Verify, of several words and positions.
  ///   - progress: Called with what is done, and the share of the claims.
  ///   - roles: Both role tests of this model at a step, where they have been made already, with `options.roleTest`;
  ///     otherwise they are made here.
  /// - Throws: `NetworkError` and `AnalysisError`, such as `.tooFewRows` for a position that no row asks for, and
  ///   `.invalidOption` for role tests of another step or with other options.
  public init(
    _ model: Seq2Seq, _ data: Dataset, _ options: Options,
    progress: (String, Double) -> Void = { _, _ in },
    roles: ((_ step: Int) throws -> DoubleDissociation.Step)? = nil
  ) throws {
    let bench = try ClaimBench(model, data, options, roles: roles, progress: progress)
    var found: [ClaimFinding] = []
    for claim in Claims.all {
      found.append(claim.finding(try claim.measure(on: bench), options.criteria))
      progress(claim.name, Double(found.count) / Double(Claims.all.count))
    }
    self.options = options
    (storing, counting) = (bench.storing, bench.counting)
    (triggering, outputting) = (bench.triggering, bench.outputting)
    let times = Dictionary(uniqueKeysWithValues: bench.countingTests.map { ($0.step, $0) })
    dissociations = try bench.storingTests.compactMap { word in
      guard let place = times[word.step] else { return nil }
      return Dissociation(
        step: word.step, word: word.measured.share, place: place.measured.share,
        overlap: try SetOverlap(word.units, place.units, of: model.configuration.units))
    }
    scorecard = Scorecard(.corrected, found)
  }
}
