/// One claim over several trainings of one setting: how often it holds, with intervals that hold for another training.
///
/// Conditions of one model are no evidence about another model, so trainings are what intervals count (`MeanOverTrainings`). A
/// finding keeps no single sentences: their part enters by the width of each condition's own interval.
public struct ClaimAcrossTrainings: Codable, Sendable, Equatable {
  /// A mean over trainings.
  public struct Mean: Codable, Sendable, Equatable {
    public let value: Double
    /// 95 %.
    public let interval: Interval
  }

  /// What a criterion of the claim is about.
  public struct Quantity: Codable, Sendable, Equatable {
    /// Such as "token kept".
    public let name: String
    /// The mean over trainings of the mean over conditions.
    public let mean: Mean
    /// The mean over all conditions of the null's median, and what the null is.
    public let null: Double
    public let ofDraws: String
    /// How many conditions have a number, over all trainings.
    public let conditions: Int
    /// The most sentences behind one condition.
    public let distinctInputs: Int
  }

  public let name: String
  public let statement: String
  public let criterion: String
  public let trainings: Int
  /// How many trainings meet the criterion at every condition.
  public let met: Int
  /// The share of conditions that meet the criterion, those that can't be told left out; nil if none can.
  public let share: Mean?
  /// The conditions for which there is no set of units that could have the role, as a share of all.
  public let withoutSet: Double
  public let quantities: [Quantity]

  /// Met if every training meets it.
  public var verdict: Verdict { share == nil ? .notDetermined : met == trainings ? .met : .notMet }

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
    met = findings.count { $0.verdict == .met }

    /// Of what trainings have at conditions: values with the standard error of each.
    func mean(_ found: [(training: Int, value: Double, error: Double)], isShare: Bool) throws -> Mean {
      let trainings = Dictionary(grouping: found, by: \.training).sorted { $0.key < $1.key }.map {
        MeanOverTrainings.Training($0.value.map(\.value), standardErrors: $0.value.map(\.error))
      }
      let mean = try MeanOverTrainings(trainings, within: isShare ? 0...1 : nil)
      return Mean(value: mean.estimate, interval: mean.interval)
    }
    let all = findings.enumerated().flatMap { training, finding in
      finding.cells.enumerated().map { (training: training, number: $0, cell: $1) }
    }
    let told = all.filter { $0.cell.isMet != nil }
    share =
      told.isEmpty
      ? nil
      : try mean(
        told.map { ($0.training, $0.cell.isMet == true ? 1 : 0, 0) }, isShare: true)
    let missing = told.count { $0.cell.effect.measurement == nil }
    withoutSet = told.isEmpty ? 0 : Double(missing) / Double(told.count)

    var names: [String] = []
    for entry in all where !names.contains(entry.cell.quantity) { names.append(entry.cell.quantity) }
    quantities = try names.compactMap { name in
      let own = all.filter { $0.cell.quantity == name }.compactMap { entry in
        entry.cell.effect.measurement.map { (training: entry.training, number: entry.number, found: $0) }
      }
      guard let some = own.first else { return nil }
      return Quantity(
        name: name,
        mean: try mean(
          own.map { entry in
            let interval = entry.found.interval
            return (
              entry.training, entry.found.estimate, (interval.high - interval.low) / (2 * 1.959963984540054)
            )
          },
          // A share has no less than none and no more than all.
          isShare: own.allSatisfy { $0.found.interval.low >= 0 && $0.found.interval.high <= 1 }),
        null: own.reduce(0) { $0 + $1.found.null.median } / Double(own.count),
        ofDraws: some.found.null.description, conditions: own.count,
        distinctInputs: own.map(\.found.sentences).max() ?? 0)
    }
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
