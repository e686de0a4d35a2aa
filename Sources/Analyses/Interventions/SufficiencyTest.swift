import LinearAlgebra

/// Whether a set is more faithful than most sets of its size, as a test of a hypothesis (Shi and others 2024,
/// arXiv 2410.13032, "sufficiency").
///
/// The null hypothesis is that at most a share q* of all sets of the size are less faithful than this one. Of n random ones
/// b are; p = P(B ≥ b) for B binomial with n trials of q*. That is exact, and assumes nothing of how outcomes are
/// distributed. A percentile without it, "above 99 % of random sets", says nothing of how many were drawn.
///
/// The authors' code counts sets that are as faithful for the set; here they count against it, since where nothing works
/// all sets are equally bad, and none should pass.
public struct SufficiencyTest: Codable, Sendable, Hashable {
  /// The set's faithfulness, such as the share of tokens kept: larger is better.
  public let faithfulness: Double
  /// q*.
  public let quantile: Double
  /// How many random sets were drawn.
  public let draws: Int
  /// How many random sets are less faithful.
  public let beaten: Int
  /// How many are as faithful: many where the outcome is at its floor or ceiling.
  public let ties: Int
  /// P(at least so many beaten if the share is q*).
  public let pValue: Double
  /// How many different sentences the faithfulness rests on; nil where none are known.
  public let sentences: Int?

  /// The smallest p that so many draws can give: above the level of the test, no set could pass, whatever it does.
  public var leastPValue: Double {
    Distribution.binomialTail(atLeast: draws, of: draws, probability: quantile)
  }

  /// Tests numbers.
  ///
  /// - Parameters:
  ///   - random: The same of each random set.
  ///   - quantile: The quantile q*, 0.9 as in the paper.
  /// - Throws: `AnalysisError.tooFewRows` without a draw, `.invalidOption`, `.valueNotFinite`.
  public init(
    faithfulness: Double, random: [Double], quantile: Double = 0.9, sentences: Int? = nil
  ) throws {
    try Self.check(faithfulness: [faithfulness], random: random, quantile: quantile)
    (self.faithfulness, self.quantile, self.sentences) = (faithfulness, quantile, sentences)
    draws = random.count
    beaten = random.count { $0 < faithfulness }
    ties = random.count { $0 == faithfulness }
    pValue = Distribution.binomialTail(atLeast: beaten, of: draws, probability: quantile)
  }

  /// Replaces all other units once, at a step, and measures what is kept.
  ///
  /// - Parameters:
  ///   - value: What the other units are given, such as `.meanAtStep(of:matched:)`.
  ///   - outcome: One that is defined in every row.
  ///   - randomSets: 1000; with q* = .99 fewer than 459 can't give p < .01.
  /// - Throws: As above; `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.stepOutOfRange`, `.countMismatch`.
  public init(
    _ runs: Counterfactuals, units: [Int], at step: Int, othersGiven value: EditValue, place: Place = .state,
    outcome: Outcome = .token, quantile: Double = 0.9, randomSets: Int = 1000, seed: UInt64 = 1
  ) throws {
    let all = runs.model.configuration.units
    let size = try unitSet(units, of: all).count
    let random = RandomSets.uniform(count: randomSets, size: size, of: all, seed: seed)
    let kept = try runs.kept([units] + random, at: step, othersGiven: value, place: place, outcome: outcome)
    try self.init(
      faithfulness: kept[0], random: Array(kept.dropFirst()), quantile: quantile,
      sentences: runs.rows.distinctSentences)
  }

  static func check(faithfulness: [Double], random: [Double], quantile: Double) throws {
    guard quantile > 0, quantile < 1 else {
      throw AnalysisError.invalidOption(name: "quantile", value: "\(quantile)", expected: "between 0 and 1")
    }
    guard !random.isEmpty else {
      throw AnalysisError.tooFewRows(condition: "a random set to compare with", found: 0, needed: 1)
    }
    if let place = (faithfulness + random).firstIndex(where: { !$0.isFinite }) {
      throw AnalysisError.valueNotFinite(what: "the outcome", row: place, unit: 0)
    }
  }
}

extension Counterfactuals {
  /// The mean outcome with all units but a set's replaced, `[sets]`.
  ///
  /// - Throws: `AnalysisError.invalidOption` for an outcome that is undefined in a row.
  func kept(
    _ sets: [[Int]], at step: Int, othersGiven value: EditValue, place: Place, outcome: Outcome
  ) throws -> [Double] {
    let units = 0..<model.configuration.units
    let last = outcome.looksAhead ? steps : min(steps, rows.positions.max() ?? steps)
    let decoded = try decode(
      sets.map { set in
        let members = Set(set)
        return [Edit(place, units: units.filter { !members.contains($0) }, at: step, value)]
      }, through: max(last, step))
    return try sets.indices.map { set in
      guard let score = decoded.score(outcome, of: set) else {
        throw AnalysisError.invalidOption(
          name: "outcome", value: "\(outcome)", expected: "one that is defined in every row")
      }
      return score
    }
  }
}
