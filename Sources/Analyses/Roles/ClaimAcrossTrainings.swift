import LinearAlgebra

/// One claim over several trainings of one setting: how often it holds, with intervals that hold for another training, and
/// one of five verdicts.
///
/// Conditions of one model are no evidence about another model, so trainings are what intervals count (`MeanOverTrainings`). A
/// finding keeps no single sentences: their part enters by the width of each condition's own interval.
public struct ClaimAcrossTrainings: Codable, Sendable, Equatable {
  /// A mean over trainings.
  public struct Mean: Codable, Sendable, Equatable {
    /// In the quantity's own unit.
    public let value: Double
    /// 95 %, or as said.
    public let interval: Interval
  }

  /// What a criterion of the claim is about.
  public struct Quantity: Codable, Sendable, Equatable {
    /// Such as "token kept".
    public let name: String
    /// What the quantity must be.
    public let criterion: Criterion
    /// The mean over trainings of the mean over conditions.
    public let mean: Mean
    /// The mean over trainings and conditions of the null's mean.
    public let null: Double
    /// What a draw of the null is, such as "random sets of 8 units".
    public let ofDraws: String
    /// What the mean is above the null's, condition by condition, with Student's interval over trainings and the sentences'
    /// part; of 90 %, so that its low end is above 0 by chance in one of twenty cases, as is asked of other nulls. The
    /// further training of `MeanOverTrainings` keeps few good trainings from showing too much near 1, and has no place
    /// where the question is whether there is anything at all.
    public let aboveNull: Mean
    /// How often the mean would be as large if the sets of each training were a draw of their null, the same at all its
    /// conditions: three sets that all lose every token show little where random ones do so in four of five cases.
    public let pValue: Double
    /// The share of the null's draws that a condition beats, where the criterion asks for that.
    public let beaten: Mean?
    /// How many conditions have a number, over all trainings.
    public let conditions: Int
    /// At how many conditions, over all trainings, no set could have the role.
    public let withoutSet: Int
    /// The fewest sentences behind one condition.
    public let sentences: Int
    /// The verdict on this quantity alone.
    public let verdict: Verdict
  }

  /// R0 … R9.
  public let name: String
  /// What is claimed, in a sentence.
  public let statement: String
  /// What must be found, in words.
  public let criterion: String
  /// How many trainings there are.
  public let trainings: Int
  /// How many trainings meet the criterion at every condition.
  public let met: Int
  /// The share of conditions that meet the criterion, those that can't be told left out; nil if none can.
  public let share: Mean?
  /// The conditions for which there is no set of units that could have the role, as a share of all.
  public let withoutSet: Double
  /// How many conditions can be told, over all trainings.
  public let told: Int
  /// One for each of the claim's criteria.
  public let quantities: [Quantity]
  /// *Everywhere* where every training meets the criterion at every condition, else that of the weakest quantity; *can't be
  /// told* where no condition of some quantity can be, and no other is refuted.
  public let verdict: Verdict
  /// Why it can't be told; nil if it can.
  public let reason: String?

  /// Brings together the findings of one claim, one for each training.
  ///
  /// - Throws: `AnalysisError.tooFewRows` for no finding, `.invalidOption` for findings of different claims.
  public init(_ findings: [ClaimFinding]) throws {
    guard let first = findings.first else {
      throw AnalysisError.tooFewRows(condition: "a training", found: 0, needed: 1)
    }
    if let other = findings.first(where: { $0.name != first.name }) {
      throw AnalysisError.invalidOption(
        name: "findings", value: "\(first.name) and \(other.name)", expected: "findings of one claim")
    }
    (name, statement, criterion) = (first.name, first.statement, first.criterion)
    trainings = findings.count
    met = findings.count(where: \.isMetEverywhere)

    let told = findings.map { $0.cells.filter { $0.isMet != nil } }
    self.told = told.joined().count
    share =
      self.told == 0
      ? nil
      : try Mean(told.map { $0.map { ($0.isMet == true ? 1 : 0, 0) } }, within: 0...1)
    let missing = told.joined().count { $0.effect.reason != nil }
    withoutSet = self.told == 0 ? 0 : Double(missing) / Double(self.told)

    var names: [String] = []
    for cell in findings.flatMap(\.cells) where !names.contains(cell.quantity) { names.append(cell.quantity) }
    quantities = try names.compactMap { name in
      try Quantity(name, findings.map { $0.cells.filter { $0.quantity == name } })
    }
    // All cells of the claim, as if of one model: a quantity that no training can tell.
    let untold = ClaimFinding(name, statement, criterion: criterion, findings.flatMap(\.cells)).untold
    // A claim asks for all of its quantities: one that can be told and fails is an answer, whatever the others would say.
    let isRefuted = quantities.contains { $0.verdict == .no }
    reason = isRefuted ? nil : untold
    let weakest = quantities.map(\.verdict).max { $0.rank < $1.rank }
    // Where no training has a set for a quantity, nothing does what the claim says.
    let isMissing = quantities.count < names.count
    verdict =
      isRefuted
      ? .no
      : untold != nil ? .cannotBeTold : met == findings.count ? .everywhere : isMissing ? .no : weakest ?? .no
  }
}

extension Verdict {
  /// The smaller, the more of the claim holds.
  fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension ClaimAcrossTrainings.Mean {
  /// Of values with their standard errors, `[trainings][conditions]`; trainings without a condition are left out.
  fileprivate init(
    _ found: [[(value: Double, error: Double)]], from nulls: [[Double]]? = nil,
    within bounds: ClosedRange<Double>?, caution: Double = 1, confidence: Double = 0.95
  ) throws {
    let kept = found.indices.filter { !found[$0].isEmpty }
    let trainings = kept.map {
      MeanOverTrainings.Training(found[$0].map(\.value), standardErrors: found[$0].map(\.error))
    }
    let mean =
      if let nulls {
        try MeanOverTrainings.difference(
          trainings, from: kept.map { nulls[$0] }, within: bounds, caution: caution, confidence: confidence)
      } else { try MeanOverTrainings(trainings, within: bounds, caution: caution, confidence: confidence) }
    (value, interval) = (mean.estimate, mean.interval)
  }
}

/// The p of a mean over trainings and conditions, `[trainings][conditions]`, beside draws of the nulls.
private func pValue(of mean: Double, among nulls: [[NullDistribution]]) -> Double {
  // Draws of one training: the same quantile at each of its conditions.
  let draws = nulls.filter { !$0.isEmpty }.map { conditions -> [Double] in
    conditions[0].quantiles.indices.map { index in
      conditions.reduce(0) { $0 + $1.quantiles[index] } / Double(conditions.count)
    }
  }
  if draws.count == 1 { return RandomSets.pValue(effect: mean, null: draws[0]) }
  var generator = SeededGenerator(seed: 1, label: "draws of the nulls")
  let means = (0..<2000).map { _ in
    draws.reduce(0) { $0 + $1[generator.integer(below: $1.count)] } / Double(draws.count)
  }
  return RandomSets.pValue(effect: mean, null: means)
}

extension ClaimAcrossTrainings.Quantity {
  /// Of the cells of one quantity, `[trainings]`; nil if none has a number.
  fileprivate init?(_ name: String, _ cells: [[ClaimFinding.Cell]]) throws {
    let found = cells.map { $0.compactMap(\.effect.measurement) }
    guard let some = found.joined().first, let criterion = cells.joined().first?.criterion else { return nil }
    let all = found.joined()
    // A share has no less than none and no more than all.
    let isShare = all.allSatisfy { $0.interval.low >= 0 && $0.interval.high <= 1 }
    let bounds: ClosedRange<Double>? = isShare ? 0...1 : nil
    let values = found.map { ofTraining in
      ofTraining.map {
        (value: $0.estimate, error: ($0.interval.high - $0.interval.low) / (2 * 1.959963984540054))
      }
    }
    let nulls = found.map { $0.map(\.null.mean) }
    self.name = name
    self.criterion = criterion
    mean = try .init(values, within: bounds)
    aboveNull = try .init(values, from: nulls, within: bounds, caution: 0, confidence: 0.9)
    pValue = Analyses.pValue(of: mean.value, among: found.map { $0.map(\.null) })
    null = nulls.joined().reduce(0, +) / Double(all.count)
    ofDraws = some.null.description
    beaten =
      criterion.pValue == nil
      ? nil : try .init(found.map { $0.map { (1 - $0.null.pValue, 0) } }, within: 0...1)
    conditions = all.count
    withoutSet = cells.joined().count { if case .notDetermined(.noSet) = $0.effect { true } else { false } }
    sentences = all.map(\.sentences).min() ?? 0
    let told = cells.joined().filter { $0.isMet != nil }
    if told.isEmpty {
      verdict = .cannotBeTold
    } else if told.allSatisfy({ $0.isMet == true }) {
      verdict = .everywhere
    } else if withoutSet == 0, criterion.isExceeded(by: mean.interval, null: null, beaten: beaten?.interval) {
      verdict = .onAverage
    } else {
      let isAbove = aboveNull.interval.low > 0 && pValue <= 0.05 && (!criterion.isAboveZero || mean.value > 0)
      verdict = isAbove ? .inPart : .no
    }
  }
}

extension Criterion {
  /// Whether the interval of a mean is above all that is asked.
  fileprivate func isExceeded(by interval: Interval, null: Double, beaten: Interval?) -> Bool {
    interval.low >= least ?? -.infinity && null <= nullMean ?? .infinity && (!isAboveZero || interval.low > 0)
      && (pValue.map { (beaten?.low ?? 0) >= 1 - $0 } ?? true)
  }
}

extension ClaimAcrossTrainings {
  /// Every claim of several scorecards of one arm, one for each training.
  ///
  /// - Throws: As `init`; `AnalysisError.tooFewRows` for no scorecard.
  public static func all(_ scorecards: [Scorecard]) throws
    -> [ClaimAcrossTrainings]
  {
    guard let first = scorecards.first else {
      throw AnalysisError.tooFewRows(condition: "a training", found: 0, needed: 1)
    }
    return try first.claims.map { claim in
      try ClaimAcrossTrainings(scorecards.compactMap { $0[claim.name] })
    }
  }
}
