import LinearAlgebra
import Networks
import Tasks

/// The units that the published method calls important for (w, T) at step t: those that the elimination takes and
/// integrated gradients rank in the upper half.
///
/// Faults included: rows with copies of inputs on both sides, half of the units forced into each set, one choice of
/// baseline and target. So `overlap` stands beside what two sets of these sizes have in common by chance.
public struct PublishedUnits: Codable, Sendable, Equatable {
  /// What the units are selected for.
  public enum Role: String, Codable, Sendable, CaseIterable {
    /// w at T against all else, at step t.
    case storing
    /// The steps 0 … T − 1 against each other, in rows with w at T; one elimination for all t.
    case counting
  }

  /// Storing or counting.
  public let role: Role
  /// w, as a token.
  public let word: Int32
  /// T.
  public let position: Int
  /// t.
  public let step: Int
  /// The units of the elimination's rounds, in their order.
  public let eliminated: [Int]
  /// The upper half by integrated gradients, largest first.
  public let attributed: [Int]
  /// Units in both, ascending.
  public let important: [Int]
  /// How much the two sets have in common, beside chance.
  public let overlap: SetOverlap
  /// The held-out accuracy of the first round's machine: on copies of the rows that it was solved for.
  public let accuracy: Accuracy
  /// Distinct inputs among the rows with w at T.
  public let inputsWith: Int
  /// Distinct inputs among the rows without; for counting there are none.
  public let inputsWithout: Int
}

extension PublishedUnits {
  /// Selects as published for several steps.
  ///
  /// - Parameters:
  ///   - data: A published dataset; its training rows serve, as in the authors' code.
  ///   - steps: The steps t, from 0 to T for storing (the gradient of what is written at T ends there), and to T − 1 for counting.
  ///   - progress: Called with the share of the work done.
  /// - Throws: `AnalysisError.tooFewRows`, `.stepOutOfRange`, `.notConverged`.
  public static func select(
    _ role: Role, _ model: Seq2Seq, _ data: Dataset, word: Int32, position: Int, steps: some Sequence<Int>,
    seed: UInt64 = 1, progress: (Double) -> Void = { _ in }
  ) throws -> [PublishedUnits] {
    let rows = data.training.published(word: word, position: position)
    guard !rows.isEmpty else { throw AnalysisError.tooFewRows(condition: "any word", found: 0, needed: 5) }
    let recording = try model.record(rows)
    let units = model.configuration.units
    let with = recording.rows.indices { asked, place, _ in place == position && asked == word }
    guard !with.isEmpty else {
      throw AnalysisError.tooFewRows(condition: "word \(word) at position \(position)", found: 0, needed: 5)
    }
    func eliminate(_ examples: LabelledStates) throws -> RecursiveFeatureElimination {
      let sides = examples.sides(try Split.byRow(examples, seed: seed))
      return try RecursiveFeatureElimination(training: sides.training, heldOut: sides.heldOut)
    }
    let counting =
      role == .counting
      ? try eliminate(.publishedCounting(recording, word: word, position: position)) : nil
    let attributedRows = try model.record(recording.rows.rows(with))
    let steps = Array(steps)
    var results: [PublishedUnits] = []
    for step in steps {
      let elimination =
        try counting
        ?? eliminate(.publishedStoring(recording, word: word, position: position, step: step))
      let gradients = try IntegratedGradients(
        model, AttributionStates(attributedRows, step: step, position: position))
      let (eliminated, attributed) = (elimination.selected, gradients.publishedUnits)
      results.append(
        PublishedUnits(
          role: role, word: word, position: position, step: step, eliminated: eliminated,
          attributed: attributed, important: Set(eliminated).intersection(attributed).sorted(),
          overlap: try SetOverlap(eliminated, attributed, of: units),
          accuracy: elimination.rounds[0].heldOut,
          inputsWith: recording.rows.rows(with).distinctInputs,
          inputsWithout: role == .counting
            ? 0
            : recording.rows.rows(
              recording.rows.indices { asked, place, _ in !(place == position && asked == word) }
            )
            .distinctInputs))
      progress(Double(results.count) / Double(steps.count))
    }
    return results
  }
}
