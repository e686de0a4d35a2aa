import Analyses
import Networks
import Tasks

/// What the corrected arm says of one claim about a model whose answer is known.
public struct KnownVerdict: Codable, Sendable, Equatable {
  /// The family's name, `KnownRoles.Family.rawValue`.
  public let family: String
  /// How many units the model has.
  public let units: Int
  /// The model's seed.
  public let seed: UInt64
  /// R0 … R9.
  public let claim: String
  /// What the design decides; nil where it decides nothing.
  public let expected: KnownRoles.Expectation.Answer?
  /// The verdict as an answer: *everywhere* and *on average* are met, *in part* and *no* are not.
  public let found: KnownRoles.Expectation.Answer
  /// Of five kinds.
  public let verdict: Verdict

  /// Whether the answers are the same; nil where none is known.
  public var isRight: Bool? { expected.map { $0 == found } }

  /// The answer found follows from the verdict.
  public init(
    family: String, units: Int, seed: UInt64, claim: String, expected: KnownRoles.Expectation.Answer?,
    verdict: Verdict
  ) {
    (self.family, self.units, self.seed) = (family, units, seed)
    (self.claim, self.expected, self.verdict) = (claim, expected, verdict)
    found =
      switch verdict {
      case .everywhere, .onAverage: .met
      case .inPart, .no: .notMet
      case .cannotBeTold: .cannotBeTold
      }
  }

  /// Judges all claims on one model.
  ///
  /// - Parameter positions: T of the rows; by default two, of which the first leaves three steps and both come before the end of
  ///   the longest sentence.
  /// - Throws: As `CorrectedArm`.
  public static func all(
    _ known: KnownRoles, criteria: Criteria, positions: [Int]? = nil, stride: Int = 2, randomSets: Int = 100,
    seed: UInt64 = 1, progress: (String, Double) -> Void = { _, _ in }
  ) throws -> [KnownVerdict] {
    let last = known.options.lengths.upperBound - 1
    let arm = try CorrectedArm(
      known.model, known.data,
      .init(
        positions: positions ?? [max(1, last - 2), max(1, last)], stride: stride, randomSets: randomSets,
        seed: seed, criteria: criteria), progress: progress)
    let expected = known.expected
    return try arm.scorecard.claims.map { claim in
      KnownVerdict(
        family: known.family.rawValue, units: known.options.units, seed: known.options.seed,
        claim: claim.name,
        expected: expected.first { $0.claim == claim.name }?.answer,
        verdict: try ClaimAcrossTrainings([claim]).verdict)
    }
  }
}
