import Analyses

/// Puts each claim of a scorecard with its verdict on the page, and into `scorecard.json`.
///
/// - Parameter name: What is put behind R0 … R9, such as "trained" or "untrained".
public func show(_ scorecard: Scorecard, named name: String) {
  for claim in scorecard.claims {
    let title = "\(claim.name) (\(name))"
    guard claim.verdict != .notDetermined else {
      let reason = claim.cells.compactMap(\.effect.reason).first?.description ?? "nothing could be measured"
      show(Claim(title, claim.statement, criterion: claim.criterion, undeterminedBecause: reason))
      continue
    }
    // The share of one condition is 0 or 1, and says less than what was found there.
    if claim.cells.count == 1, let cell = claim.cells.first, let found = cell.effect.measurement {
      show(
        Claim(
          title, claim.statement + ". The estimate is \(cell.quantity): \(cell.condition).",
          criterion: claim.criterion, estimate: found.estimate, interval: found.interval,
          null:
            "\(found.null.description): \(decimals(found.null.median, 2)) (p = \(pValueText(found.null.pValue)))",
          count: found.distinctInputs, isMet: { _ in claim.verdict == .met }))
      continue
    }
    let worst = claim.worst
    let found = worst?.effect.measurement
    let inputs = claim.cells.compactMap { $0.effect.measurement?.distinctInputs }.max()
    show(
      Claim(
        title,
        claim.statement
          + ". The estimate is the share of the \(claim.told) conditions that meet the criterion; "
          + "the farthest from it is \(worst?.condition ?? "none"): \(worst?.effect.text ?? "nothing").",
        criterion: claim.criterion + ", at every condition", estimate: Double(claim.met) / Double(claim.told),
        interval: Interval.wilson(claim.met, of: claim.told),
        null: found.map { $0.null.description } ?? "at the farthest condition nothing could be compared",
        count: inputs, isMet: { _ in claim.verdict == .met }))
  }
}

extension Scorecard {
  /// The scorecard as rows of a table under `columns`.
  public var tableRows: [[any TableValue]] {
    claims.map { claim in
      let worst = claim.worst
      return [
        claim.name, claim.statement, claim.verdict.words, claim.met, claim.told, worst?.condition ?? "–",
        worst?.effect.text ?? claim.cells.compactMap(\.effect.reason).first?.description ?? "–",
      ]
    }
  }

  /// The headings of `tableRows`.
  public static let columns = ["", "Claim", "Verdict", "Met", "Of", "Farthest from the criterion", "There"]
}

extension Verdict {
  public var words: String {
    switch self {
    case .met: "met"
    case .notMet: "not met"
    case .notDetermined: "not determined"
    }
  }
}
