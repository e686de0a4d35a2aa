import Analyses

/// Puts each claim of a scorecard with its verdict on the page, and into `scorecard.json`.
///
/// - Parameter name: What is put behind R0 … R9, such as "trained" or "untrained".
public func show(_ scorecard: Scorecard, named name: String) {
  for finding in scorecard.claims { show(Claim(finding, named: name)) }
}

extension Claim {
  /// A claim of one arm on one model: the share of its conditions that meet the criterion, or, where it has one condition
  /// alone, what was found there.
  ///
  /// - Parameter name: What is put behind R0 … R9, such as "trained".
  public init(_ finding: ClaimFinding, named name: String) {
    let title = "\(finding.name) (\(name))"
    if finding.verdict == .notDetermined {
      let reason = finding.cells.compactMap(\.effect.reason).first?.description ?? "nothing could be measured"
      self.init(title, finding.statement, criterion: finding.criterion, undeterminedBecause: reason)
    } else if finding.cells.count == 1, let cell = finding.cells.first, let found = cell.effect.measurement {
      // The share of one condition is 0 or 1, and says less than what was found there.
      self.init(
        title, finding.statement + ". The estimate is \(cell.quantity): \(cell.condition).",
        criterion: finding.criterion, estimate: found.estimate, interval: found.interval,
        null:
          "\(found.null.description): \(decimals(found.null.median, 2)) (p = \(pValueText(found.null.pValue)))",
        count: found.sentences, isMet: { _ in finding.verdict == .met })
    } else {
      let worst = finding.worst
      self.init(
        title,
        finding.statement
          + ". The estimate is the share of the \(finding.told) conditions that meet the criterion; "
          + "the farthest from it is \(worst?.condition ?? "none"): \(worst?.effect.text ?? "nothing").",
        criterion: finding.criterion + ", at every condition",
        estimate: Double(finding.met) / Double(finding.told),
        interval: Interval.wilson(finding.met, of: finding.told),
        null: worst?.effect.measurement?.null.description
          ?? "at the farthest condition nothing could be compared",
        count: finding.cells.compactMap { $0.effect.measurement?.sentences }.max(),
        isMet: { _ in finding.verdict == .met })
    }
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
