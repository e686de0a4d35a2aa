import Networks
import Tasks

/// The faithful arm on one model: the claims as the published procedure can judge them, faults included, by the same
/// criteria as the corrected arm.
///
/// Sets are selected and verified on the same rows of the published data, which come from so few sentences that their number
/// is not asked here. What the procedure can't judge can't be told: R5, since at one T both times are one label; R6 and
/// R8, whose code is commented out; R9, since it has no overlap of a set with itself.
public enum FaithfulArm {
  /// Judges every claim for each word, each of the positions, and t = 1 … T − 1.
  ///
  /// - Parameters:
  ///   - data: A dataset in published form.
  ///   - words: The words w, such as the two of the toy task.
  /// - Throws: As `PublishedUnits` and `PublishedVerification`.
  public static func scorecard(
    _ model: Seq2Seq, _ data: Dataset, words: [Int32], positions: [Int], randomSets: Int = 200,
    seed: UInt64 = 1, criteria: Criteria, progress: (Double) -> Void = { _ in }
  ) throws -> Scorecard {
    var criteria = criteria
    criteria.sentences = 1
    let bench = try PublishedBench(
      model, data, words: words, positions: positions, randomSets: randomSets, seed: seed, progress: progress)
    return Scorecard(
      .faithful,
      try Claims.all.map { claim in
        let measured = try claim.measureAsPublished(on: bench)
        guard measured.isEmpty, let reason = claim.notJudgedAsPublished else {
          return claim.finding(measured, criteria)
        }
        return ClaimFinding(
          claim.name, claim.statement, criterion: "none that the published procedure can judge",
          [.init(Measured("all", "none", .notDetermined(.undefinedOutcome(reason))), Criterion())])
      })
  }
}
