import LinearAlgebra
import Networks

extension DirectLogitAttribution {
  /// The share of the mean logit difference that a set of units gives: the mean over distinct inputs of the set's sum,
  /// divided by that of o[w] − o[w̄].
  ///
  /// The interval, 95 %, draws the sentences again, each with all its inputs; the null are random sets of the same size.
  ///
  /// - Returns: Not determined where w is on average no stronger than w̄, in the rows or in a resample of their sentences.
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.invalidOption`.
  public func share(
    of units: [Int], randomSets: Int = 1000, resamples: Int = 2000, seed: UInt64
  ) throws -> Effect {
    let set = try unitSet(units, of: attributions.columns).sorted()
    guard resamples >= 1 else {
      throw AnalysisError.invalidOption(name: "resamples", value: "\(resamples)", expected: "at least 1")
    }
    let rowsOfInput = groupedPlaces(of: inputs)
    let parts = rowsOfInput.map { rows in
      (0..<attributions.columns).map { unit in
        rows.reduce(0.0) { $0 + Double(attributions[$1, unit]) } / Double(rows.count)
      }
    }
    let wholes = rowsOfInput.map { rows in
      rows.reduce(0.0) { $0 + Double(logitDifferences[$1]) } / Double(rows.count)
    }
    /// nil if there is nothing to share.
    func share(_ set: [Int], _ drawn: [Int]) -> Double? {
      let whole = drawn.reduce(0) { $0 + wholes[$1] }
      if whole <= 0 { return nil }
      return drawn.reduce(0) { sum, input in set.reduce(sum) { $0 + parts[input][$1] } } / whole
    }
    let all = Array(parts.indices)
    let groups = SentenceGroups(rowsOfInput.map { sentences[$0[0]] })
    var generator = SeededGenerator(seed: seed, label: "resampled inputs")
    let samples = (0..<resamples).compactMap { _ in
      share(set, groups.draw(using: &generator))
    }
    guard let estimate = share(set, all), samples.count == resamples else {
      return .notDetermined(.undefinedOutcome("w is no stronger than the strongest other word"))
    }
    let sets = RandomSets.uniform(
      count: max(0, randomSets), size: set.count, of: attributions.columns, seed: seed)
    return Effect(
      estimate: estimate,
      interval: Interval(low: quantile(0.025, of: samples), high: quantile(0.975, of: samples)),
      null: sets.compactMap { share($0, all) }, ofDraws: "random sets of \(set.count) units",
      sentences: groups.count)
  }
}
