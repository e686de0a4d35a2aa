import LinearAlgebra

/// Whether a selection would be the same on other sentences: eliminations of bootstrap samples, and how much they agree.
///
/// Sentences are drawn with replacement, each with all its rows, since rows of one sentence are no independent evidence.
public struct SelectionStability: Codable, Sendable, Equatable {
  /// The first round's units for each sample.
  public let sets: [[Int]]
  /// The mean of Kuncheva's index over all pairs of samples: 1 if all are equal, 0 on average by chance.
  public let index: Double
  /// In what share of the samples each unit is selected, `[units]`.
  public let frequencies: [Double]
  /// The largest duality gap of any machine.
  public let gap: Double
  /// How many rows were drawn from, repeats included.
  public let rows: Int
  /// How many different inputs these have.
  public let distinctInputs: Int
  /// What was drawn from.
  public let sentences: Int

  /// Repeats the first round of an elimination.
  ///
  /// - Parameters:
  ///   - samples: How many: 100.
  ///   - progress: Called with the share of the work done.
  /// - Throws: As `RecursiveFeatureElimination`; `AnalysisError.invalidOption` for fewer than two samples or a round that
  ///   leaves all units; `.oneClassOnly` if hundred samples running hold one class.
  public init(
    _ examples: LabelledStates, samples: Int = 100, _ options: RecursiveFeatureElimination.Options = .init(),
    seed: UInt64, progress: (Double) -> Void = { _ in }
  ) throws {
    guard samples >= 2 else {
      throw AnalysisError.invalidOption(name: "samples", value: "\(samples)", expected: "at least 2")
    }
    try options.check(units: examples.units)
    guard options.roundSize < examples.units else {
      throw AnalysisError.invalidOption(
        name: "roundSize", value: "\(options.roundSize)", expected: "less than the \(examples.units) units")
    }
    var single = options
    single.share = min(1, Double(options.roundSize) / Double(examples.units))
    single.leastAccuracy = 0
    var generator = SeededGenerator(seed: seed, label: "bootstrap eliminations")
    let groups = SentenceGroups(examples.sentences)
    var (sets, gap) = ([[Int]](), 0.0)
    for sample in 0..<samples {
      var drawn = examples
      for attempt in 1...100 {
        drawn = examples.rows(groups.draw(using: &generator))
        if Set(drawn.labels).count > 1 { break }
        if attempt == 100 { throw AnalysisError.oneClassOnly(label: drawn.labels[0], rows: drawn.count) }
      }
      let round = try RecursiveFeatureElimination(training: drawn, heldOut: drawn, single).rounds[0]
      sets.append(round.units)
      gap = max(gap, round.gap)
      progress(Double(sample + 1) / Double(samples))
    }
    self.sets = sets
    self.gap = gap
    index = try kunchevaStability(sets, of: examples.units)
    frequencies = (0..<examples.units).map { unit in
      Double(sets.count { $0.contains(unit) }) / Double(samples)
    }
    (rows, distinctInputs, sentences) = (examples.count, examples.distinctInputs, groups.count)
  }
}
