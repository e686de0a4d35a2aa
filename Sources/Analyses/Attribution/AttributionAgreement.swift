import LinearAlgebra

/// How well attributions agree with the true effects of patching each unit: correlations over units of the means over
/// distinct inputs.
///
/// The interval draws the sentences again, with replacement, each with all its inputs, and corrects for bias: noise in means
/// pulls their correlation to 0, and that of resampled means further still. The null exchanges the units of the
/// attributions at random. So a correlation never stands without interval, null and number of inputs.
public struct AttributionAgreement: Codable, Sendable, Equatable {
  /// Of the values.
  public let pearson: Effect
  /// Of the ranks, ties sharing their mean rank.
  public let spearman: Effect
  /// The mean attribution of each unit, each input counting once, `[units]`.
  public let attributions: [Double]
  /// The mean effect of each unit, each input counting once, `[units]`.
  public let effects: [Double]

  /// Correlates.
  ///
  /// - Parameters:
  ///   - attributions: `[rows, units]`, finite.
  ///   - effects: `[rows, units]`, finite.
  ///   - inputs: The number of each row's input, `[rows]`.
  ///   - sentences: The number of its sentence, `[rows]`; by default each input is one of its own.
  ///   - resolution: Mean effects that all lie within this are equal, and their correlation is not determined.
  ///   - resamples: How often the sentences are drawn again.
  ///   - permutations: How often units are exchanged; p is at least 1 / (permutations + 1).
  /// - Throws: `AnalysisError.tooFewRows`, `.countMismatch`, `.valueNotFinite`, `.invalidOption`.
  public init(
    _ attributions: Matrix, _ effects: Matrix, inputs: [Int], sentences: [Int]? = nil, resolution: Double = 0,
    resamples: Int = 2000, permutations: Int = 999, seed: UInt64
  ) throws {
    try Self.check(attributions, effects, inputs, resamples)
    if let sentences, sentences.count != inputs.count {
      throw AnalysisError.countMismatch(what: "sentences", expected: inputs.count, found: sentences.count)
    }
    let (a, e) = (meansOfInputs(attributions, inputs), meansOfInputs(effects, inputs))
    let (meanA, meanE) = (meanRow(a), meanRow(e))
    (self.attributions, self.effects) = (meanA, meanE)
    var generator = SeededGenerator(seed: seed, label: "resampled inputs")
    let numbers = InputValues(ofRows: inputs.map { _ in 0 }, inputs: inputs, sentences: sentences ?? inputs)
    let groups = SentenceGroups(numbers.sentences)
    let samples = (0..<(groups.count > 1 ? resamples : 0)).map { _ in
      let drawn = groups.draw(using: &generator)
      return (meanRow(drawn.map { a[$0] }), meanRow(drawn.map { e[$0] }))
    }
    generator = SeededGenerator(seed: seed, label: "exchanged units")
    let exchanged = (0..<max(0, permutations)).map { _ in generator.shuffled(meanA) }

    func effect(_ correlation: ([Double], [Double]) -> Double?) -> Effect {
      if groups.count == 1 { return .notDetermined(.oneSentenceOnly) }
      if meanA.count < 3 {
        return .notDetermined(.undefinedOutcome("a correlation over fewer than three units"))
      }
      func isFlat(_ effects: [Double]) -> Bool { spread(effects) <= resolution }
      guard !isFlat(meanE), let estimate = correlation(meanA, meanE) else {
        return .notDetermined(.undefinedOutcome("the attributions, or the effects, of all units are equal"))
      }
      let resampled = samples.compactMap { isFlat($0.1) ? nil : correlation($0.0, $0.1) }
      guard resampled.count == samples.count else {
        return .notDetermined(
          .undefinedOutcome("the correlation rests on so few sentences that resamples lack it"))
      }
      return Effect(
        estimate: estimate, interval: .biasCorrected(estimate, resampled: resampled),
        null: exchanged.compactMap { correlation($0, meanE) }, ofDraws: "attributions with exchanged units",
        sentences: groups.count)
    }
    pearson = effect(pearsonCorrelation)
    spearman = effect(spearmanCorrelation)
  }

  private static func check(_ attributions: Matrix, _ effects: Matrix, _ inputs: [Int], _ resamples: Int)
    throws
  {
    guard attributions.rows > 0, attributions.columns > 0 else {
      throw AnalysisError.tooFewRows(condition: "an attribution", found: 0, needed: 1)
    }
    for (what, expected, found) in [
      ("rows of effects", attributions.rows, effects.rows),
      ("units with effects", attributions.columns, effects.columns),
      ("inputs", attributions.rows, inputs.count),
    ] where expected != found {
      throw AnalysisError.countMismatch(what: what, expected: expected, found: found)
    }
    try checkFinite(attributions, "the attribution")
    try checkFinite(effects, "the effect")
    guard resamples >= 1 else {
      throw AnalysisError.invalidOption(name: "resamples", value: "\(resamples)", expected: "at least 1")
    }
  }
}

/// The mean over the rows of each input, `[inputs, units]`, inputs in ascending order.
private func meansOfInputs(_ values: Matrix, _ inputs: [Int]) -> [[Double]] {
  groupedPlaces(of: inputs).map { rows in
    meanRow(rows.map { row in values.row(row).map { Double($0) } })
  }
}

/// The mean of at least one row.
private func meanRow(_ rows: [[Double]]) -> [Double] {
  var sums = [Double](repeating: 0, count: rows[0].count)
  for row in rows {
    for (unit, value) in row.enumerated() { sums[unit] += value }
  }
  return sums.map { $0 / Double(rows.count) }
}

private func spread(_ values: [Double]) -> Double { (values.max() ?? 0) - (values.min() ?? 0) }
