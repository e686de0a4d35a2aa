import Analyses
import CellRecords

extension Verdict {
  var shown: ShownClaim.Verdict {
    switch self {
    case .everywhere: .everywhere
    case .onAverage: .onAverage
    case .inPart: .inPart
    case .no: .no
    case .cannotBeTold: .cannotBeTold
    }
  }

  /// As the page shows it: "everywhere", "on average", "in part", "no", "can’t be told".
  public var words: String { shown.words }
}

extension ClaimAcrossTrainings {
  /// The headings of `cells`.
  public static let columns = ["", "Claim", "Verdict", "Trainings that meet it", "Conditions that do"]

  /// The claim as cells of a table, under `columns`.
  public var cells: [any TableValue] {
    [name, statement, verdict.words, "\(met) of \(trainings)", conditionsText]
  }

  /// "12 of 40", of the conditions that can be told, over all trainings.
  public var conditionsText: String {
    share.map { "\(Int(($0.value * Double(told)).rounded())) of \(told)" } ?? "none can be told"
  }

  /// The headings of `quantityRows`.
  public static let quantityColumns = [
    "", "Quantity", "Mean", "95 % interval", "Null", "The null is", "Verdict", "Conditions", "n",
  ]

  /// What the criteria are about, as rows of a table, under `quantityColumns`; n is the fewest sentences of a condition.
  public var quantityRows: [[any TableValue]] {
    quantities.map { quantity in
      [
        name, quantity.name, decimals(quantity.mean.value, 2),
        decimals(quantity.mean.interval.low, 2) + " – " + decimals(quantity.mean.interval.high, 2),
        decimals(quantity.null, 2), quantity.nullText, quantity.verdict.words, quantity.conditions,
        quantity.sentences,
      ]
    }
  }

  /// In running text: "in part: 24 of 40 conditions", or why it can't be told.
  public var text: String {
    if let reason { return "\(verdict.words) (\(reason))" }
    return "\(verdict.words): \(conditionsText) conditions"
  }

  /// The claim with the numbers of its weakest quantity.
  func shown(named name: String) -> ShownClaim {
    let order = Verdict.allCases
    func rank(_ quantity: Quantity) -> Int { order.firstIndex(of: quantity.verdict) ?? 0 }
    let weakest = quantities.max { rank($0) < rank($1) }
    var evidence = quantities.map { found in
      ShownClaim.Evidence(
        name: found.name,
        value:
          "\(decimals(found.mean.value, 2)) (\(decimals(found.mean.interval.low, 2)) to \(decimals(found.mean.interval.high, 2)); null \(decimals(found.null, 2)), \(found.nullText)): \(found.verdict.words)"
      )
    }
    evidence.append(
      .init(
        name: "met by",
        value:
          "\(met) of \(trainings) trainings, \(conditionsText)\(share == nil ? "" : " conditions")"))
    if let sentences = quantities.map(\.sentences).min() {
      evidence.append(.init(name: "sentences", value: "at least \(sentences) at each condition"))
    }
    if let reason { evidence.append(.init(name: "reason", value: reason)) }
    return ShownClaim(
      name: "\(self.name) (\(name))", statement: statement, criterion: criterion, evidence: evidence,
      verdict: verdict.shown, reason: reason,
      numbers: .init(
        estimate: weakest?.mean.value, low: weakest?.mean.interval.low, high: weakest?.mean.interval.high,
        null: weakest?.null, criterion: weakest?.criterion.least, trainings: trainings, conditions: told,
        sentences: quantities.map(\.sentences).min()))
  }
}

extension [ShownClaim] {
  /// Claims over several trainings as the page shows them.
  public init(claims: [ClaimAcrossTrainings], named name: String) {
    self = claims.map { $0.shown(named: name) }
  }
}

/// Puts each claim over several trainings with its verdict on the page, and into `scorecard.json`.
///
/// - Parameter name: What is put behind R0 … R9, such as "corrected".
public func show(_ claims: [ClaimAcrossTrainings], named name: String) {
  for claim in [ShownClaim](claims: claims, named: name) { show(Claim(claim)) }
}

/// Puts each claim of a scorecard of one model with its verdict on the page, and into `scorecard.json`.
///
/// - Parameter name: What is put behind R0 … R9, such as "trained" or "untrained".
/// - Throws: `AnalysisError` where a number is not finite.
public func show(_ scorecard: Scorecard, named name: String) throws {
  show(try ClaimAcrossTrainings.all([scorecard]), named: name)
}

extension ClaimAcrossTrainings.Quantity {
  /// What the null is, whatever the sizes of the sets at the conditions: "random sets of as many units".
  var nullText: String { ofDraws.replacing(/\d+/, with: "as many") }
}

extension ClaimFinding {
  /// Of one model: the verdict of a single training, which says nothing about another.
  ///
  /// - Throws: `AnalysisError` where a number is not finite.
  public var verdict: Verdict { get throws { try ClaimAcrossTrainings([self]).verdict } }
}

extension Scorecard {
  /// The headings of `tableRows`.
  public static let columns = ["", "Claim", "Verdict", "Met", "Of", "Farthest from the criterion", "There"]

  /// The scorecard of one model as rows of a table under `columns`.
  ///
  /// - Throws: `AnalysisError` where a number is not finite.
  public var tableRows: [[any TableValue]] {
    get throws {
      try claims.map { claim in
        let worst = claim.worst
        return [
          claim.name, claim.statement, try claim.verdict.words, claim.met, claim.told,
          worst?.condition ?? "–", worst?.effect.text ?? claim.untold ?? "–",
        ]
      }
    }
  }
}
