import LinearAlgebra

/// A mean over trained models, conditions and inputs, with an interval that resamples all three.
///
/// Inputs of one model are not independent evidence about another model. So a draw resamples seeds, within each the
/// cells (w, T), and within each of these the inputs, all with replacement (Davison & Hinkley 1997, section 3.8; Saravanan
/// and others 2020). Each seed counts the same, and each cell of a seed; rows of one input are averaged first.
public struct HierarchicalBootstrap: Codable, Sendable, Hashable {
  /// One outcome.
  public struct Observation: Codable, Sendable, Hashable {
    /// The training that the model comes from.
    public var seed: Int
    /// The condition, such as a number for (w, T).
    public var cell: Int
    /// The input; equal inputs have equal numbers.
    public var input: Int
    public var value: Double

    public init(seed: Int, cell: Int, input: Int, value: Double) {
      self.seed = seed
      self.cell = cell
      self.input = input
      self.value = value
    }
  }

  /// The mean over seeds of the mean over cells of the mean over inputs.
  public let estimate: Double
  /// The middle of the resampled estimates, 95 % unless asked otherwise.
  public let interval: Interval
  public let confidence: Double
  public let draws: Int
  /// How many seeds there are: with one, the interval says nothing about another training.
  public let seeds: Int
  public let cells: Int
  /// How many different inputs there are.
  public let distinctInputs: Int

  /// Resamples.
  ///
  /// - Parameters:
  ///   - observations: At least one, all finite.
  ///   - confidence: 0.95 for the quantiles 2.5 % and 97.5 %.
  /// - Throws: `AnalysisError.tooFewRows`, `.valueNotFinite`, `.invalidOption`.
  public init(
    _ observations: [Observation], draws: Int = 2000, confidence: Double = 0.95, seed: UInt64
  ) throws {
    guard !observations.isEmpty else {
      throw AnalysisError.tooFewRows(condition: "an outcome to resample", found: 0, needed: 1)
    }
    if let place = observations.firstIndex(where: { !$0.value.isFinite }) {
      throw AnalysisError.valueNotFinite(what: "the outcome", row: place, unit: 0)
    }
    guard draws >= 1 else {
      throw AnalysisError.invalidOption(name: "draws", value: "\(draws)", expected: "at least 1")
    }
    guard confidence > 0, confidence < 1 else {
      throw AnalysisError.invalidOption(
        name: "confidence", value: "\(confidence)", expected: "between 0 and 1")
    }
    let tree = Self.tree(observations)
    var generator = SeededGenerator(seed: seed, label: "hierarchical bootstrap")
    estimate = mean(of: tree.map { mean(of: $0.map { mean(of: $0) }) })
    let means = (0..<draws).map { _ in
      resampledMean(of: tree, using: &generator) { cells, generator in
        resampledMean(of: cells, using: &generator) { inputs, generator in
          resampledMean(of: inputs, using: &generator) { value, _ in value }
        }
      }
    }
    interval = Interval(
      low: quantile((1 - confidence) / 2, of: means), high: quantile((1 + confidence) / 2, of: means))
    (self.confidence, self.draws, seeds) = (confidence, draws, tree.count)
    cells = Set(observations.map(\.cell)).count
    distinctInputs = Set(observations.map(\.input)).count
  }

  /// The mean of each input, by seed and cell, each in ascending order.
  private static func tree(_ observations: [Observation]) -> [[[Double]]] {
    func split(_ members: [Observation], by key: (Observation) -> Int) -> [[Observation]] {
      Dictionary(grouping: members, by: key).sorted { $0.key < $1.key }.map(\.value)
    }
    return split(observations, by: \.seed).map { ofSeed in
      split(ofSeed, by: \.cell).map { ofCell in
        split(ofCell, by: \.input).map { ofInput in mean(of: ofInput.map(\.value)) }
      }
    }
  }
}

private func mean(of values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

/// The mean of as many members as there are, drawn with replacement, each measured anew.
private func resampledMean<Member>(
  of members: [Member], using generator: inout SeededGenerator,
  _ measure: (Member, inout SeededGenerator) -> Double
) -> Double {
  var sum = 0.0
  for _ in members.indices { sum += measure(members[generator.integer(below: members.count)], &generator) }
  return sum / Double(members.count)
}
