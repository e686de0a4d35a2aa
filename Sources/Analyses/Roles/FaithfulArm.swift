import LinearAlgebra
import Networks
import Tasks

/// The faithful arm on one model: the claims as the published procedure can judge them, faults included, by the same
/// criteria as the corrected arm.
///
/// Sets are selected and verified on the same rows of the published data. What the procedure can't judge is not
/// determined: R5, since at one T both times are one label; R6 and R8, whose code is commented out; R9, since it has no
/// overlap of a set with itself.
public enum FaithfulArm {
  /// Judges every claim for each word, each of the positions, and t = 1 … T − 1.
  ///
  /// - Parameters:
  ///   - data: A dataset in published form.
  ///   - words: w, such as the two of the toy task.
  /// - Throws: As `PublishedUnits` and `PublishedVerification`.
  public static func scorecard(
    _ model: Seq2Seq, _ data: Dataset, words: [Int32], positions: [Int], randomSets: Int = 200,
    seed: UInt64 = 1, criteria: Criteria = Criteria(),
    progress: (Double) -> Void = { _ in }
  ) throws -> Scorecard {
    var (told, lost, kept, late, written) = (
      [ClaimFinding.Cell](), [ClaimFinding.Cell](), [ClaimFinding.Cell](), [ClaimFinding.Cell](),
      [ClaimFinding.Cell]()
    )
    for (index, position) in positions.enumerated() {
      for word in words {
        let rows = data.training.filter { asked, last, _ in asked == word && last == position }
        func condition(_ step: Int) -> String {
          "w = \(data.vocabulary.name(of: word)), T = \(position), t = \(step)"
        }
        func verify(_ kind: PublishedVerification.Kind, _ units: PublishedUnits) throws -> Effect {
          try PublishedVerification(
            kind, model, rows: rows, units: units.important, at: units.step, randomSets: randomSets,
            seed: seed
          ).effect
        }
        let steps = 1..<max(2, position)
        for units in try PublishedUnits.select(
          .storing, model, data, word: word, position: position, steps: steps, seed: seed)
        {
          // Copies of one input on one side, and no null: the accuracy can't be judged.
          told.append(
            .init(
              condition(units.step), "w told apart",
              .notDetermined(
                .undefinedOutcome(
                  "accuracy \(units.accuracy.share) on copies of \(units.inputsWith) and \(units.inputsWithout) inputs"
                )),
              isMet: nil))
          let (disabled, enabled) = (try verify(.disabled, units), try verify(.enabledOnly, units))
          lost.append(
            .init(
              condition(units.step), "token lost", disabled, isMet: criteria.necessary.isMet(by: disabled)))
          kept.append(
            .init(
              condition(units.step), "token kept", enabled, isMet: criteria.sufficient.isMet(by: enabled)))
        }
        for units in try PublishedUnits.select(
          .counting, model, data, word: word, position: position, steps: steps, seed: seed)
        {
          let previous = try verify(.previous, units)
          late.append(
            .init(
              condition(units.step), "one step late", previous, isMet: criteria.late.isMet(by: previous)))
        }
        written.append(try outputting(model, rows, position, condition(position), randomSets, seed, criteria))
      }
      progress(Double(index + 1) / Double(positions.count))
    }
    func untold(_ name: String, _ statement: String, _ why: String) -> ClaimFinding {
      ClaimFinding(
        name, statement, criterion: "none that the published procedure can judge",
        [.init("all", "none", .notDetermined(.undefinedOutcome(why)), isMet: nil)])
    }
    let accuracy = try model.evaluate(data.verify).whole
    let unjudged = Effect.notDetermined(
      .undefinedOutcome("whole accuracy \(accuracy.share) on copies of the training rows"))
    return Scorecard(
      .faithful,
      [
        ClaimFinding(
          "R0", "The model positions tokens",
          criterion: "whole accuracy ≥ \(criteria.tokenAccuracy), on copies of the training rows",
          [.init("all", "whole accuracy", unjudged, isMet: accuracy.share >= criteria.tokenAccuracy)]),
        ClaimFinding("R1", "Storing units carry w", criterion: "a probe's accuracy on unseen inputs", told),
        ClaimFinding(
          "R2", "Storing units are necessary",
          criterion: "set to zero, the loss beats \(criteria.beaten) of random sets",
          lost),
        ClaimFinding(
          "R3", "Storing units suffice",
          criterion:
            "≥ \(criteria.tokenKept) keep the token with all others at zero, more than with \(criteria.beaten) of random sets",
          kept),
        ClaimFinding(
          "R4", "Counting units keep the time",
          criterion:
            "the value of the step before: P(w at T + 1) ≥ \(criteria.oneStepLate) at each t; random sets ≤ \(criteria.oneStepLateRandom)",
          late),
        untold("R5", "They count down", "at one T the time left and the time gone are one label"),
        untold("R6", "Triggering units start the output", "the published code has it commented out"),
        ClaimFinding(
          "R7", "Outputting units write it",
          criterion:
            "the half with the largest |W_out[:, w]| gives a share ≥ \(criteria.logitShare) of the logit difference at T, more than \(criteria.beaten) of random sets",
          written),
        untold("R8", "They form a chain", "the published code has no test of it"),
        untold("R9", "The sets differ by (w, T, t)", "no set is selected twice for one condition"),
      ])
  }

  /// The half of the units with the largest |W_out[:, w]|, as the published code takes them for outputting units.
  private static func outputting(
    _ model: Seq2Seq, _ rows: Rows, _ position: Int, _ condition: String, _ randomSets: Int, _ seed: UInt64,
    _ criteria: Criteria
  ) throws -> ClaimFinding.Cell {
    let kernel = try model.parameter("output.kernel")
    guard let word = rows.words.first else {
      throw AnalysisError.tooFewRows(condition: condition, found: 0, needed: 1)
    }
    let weights = (0..<kernel.rows).map { abs(kernel[$0, Int(word)]) }
    let units = Array(
      weights.indices.sorted { (-weights[$0], $0) < (-weights[$1], $1) }.prefix(kernel.rows / 2))
    let share = try DirectLogitAttribution(model, model.record(rows.prefix(100)), position: position).share(
      of: units, randomSets: randomSets, resamples: 200, seed: seed)
    return .init(
      condition, "share of the logit difference", share, isMet: criteria.isEnough(share, criteria.logitShare))
  }
}
