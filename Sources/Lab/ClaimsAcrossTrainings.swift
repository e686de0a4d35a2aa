import Analyses

extension ClaimAcrossTrainings {
  /// The headings of `cells`.
  public static let columns = [
    "", "Claim", "Verdict", "Trainings that meet it", "Conditions that do", "95 % interval", "Without a set",
  ]

  /// The claim as cells of a table, under `columns`.
  public var cells: [any TableValue] {
    [
      name, statement, verdict.words, "\(met) of \(trainings)",
      share.map { percent($0.value, decimals: 0) } ?? "n. d.",
      share.map { percent($0.interval.low, decimals: 0) + " – " + percent($0.interval.high, decimals: 0) }
        ?? "–",
      withoutSet == 0 ? "none" : percent(withoutSet, decimals: 0),
    ]
  }

  /// The headings of `quantityRows`.
  public static let quantityColumns = [
    "", "Quantity", "Mean", "95 % interval", "Null: median", "The null is", "Conditions", "n",
  ]

  /// What the criteria are about, as rows of a table, under `quantityColumns`.
  public var quantityRows: [[any TableValue]] {
    quantities.map { quantity in
      [
        name, quantity.name, decimals(quantity.mean.value, 2),
        decimals(quantity.mean.interval.low, 2) + " – " + decimals(quantity.mean.interval.high, 2),
        decimals(quantity.null, 2), quantity.nullText, quantity.conditions, quantity.distinctInputs,
      ]
    }
  }

  /// In running text: "2 of 10 trainings; 61 % of conditions (52 % to 70 %)".
  public var text: String {
    guard let share else { return "not determined" }
    return "\(met) of \(trainings) trainings; \(percent(share.value, decimals: 0)) of conditions "
      + "(\(percent(share.interval.low, decimals: 0)) to \(percent(share.interval.high, decimals: 0)))"
  }
}

/// Puts each claim over several trainings with its verdict on the page, and into `scorecard.json`.
///
/// - Parameter name: What is put behind R0 … R9, such as "corrected".
public func show(_ claims: [ClaimAcrossTrainings], named name: String) {
  for claim in claims {
    let title = "\(claim.name) (\(name))"
    guard let share = claim.share else {
      show(
        Claim(
          title, claim.statement, criterion: claim.criterion,
          undeterminedBecause: "no condition of any training could be told"))
      continue
    }
    let found = claim.quantities.map {
      "\($0.name) \(decimals($0.mean.value, 2)) (null \(decimals($0.null, 2)))"
    }
    show(
      Claim(
        title,
        claim.statement + ". The estimate is the share of conditions that meet the criterion; "
          + "\(claim.met) of \(claim.trainings) trainings meet it at all."
          + (found.isEmpty ? "" : " On average: " + found.joined(separator: ", ") + "."),
        criterion: claim.criterion + ", at every condition of every training", estimate: share.value,
        interval: share.interval,
        null: claim.quantities.first?.nullText ?? "no condition has a set to compare with",
        count: claim.quantities.map(\.distinctInputs).max(),
        isMet: { _ in claim.verdict == .met }))
  }
}

extension ClaimAcrossTrainings.Quantity {
  /// What the null is, whatever the sizes of the sets at the conditions: "random sets of as many units".
  var nullText: String { ofDraws.replacing(/\d+/, with: "as many") }
}
