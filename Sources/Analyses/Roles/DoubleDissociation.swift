import LinearAlgebra
import Networks
import Tasks

/// Whether word and time left are apart in a model's units: at each step one set that moves the word and leaves the place,
/// and another that moves the place and leaves the word.
///
/// The score of a step is the smaller of the two shares on Verify. Where one code holds both, no set has either share, and
/// the score is low however large the sets. The null is the same call on an untrained model of the same shape.
public struct DoubleDissociation: Codable, Sendable, Equatable {
  /// Both roles at one step.
  public struct Step: Codable, Sendable, Equatable {
    /// The set that moves the word and leaves its place, and what it does on Verify.
    public let storing: RoleTest
    /// The set that moves the place and leaves the word.
    public let counting: RoleTest
    /// What the two sets have in common, beside chance.
    public let overlap: SetOverlap
    /// The accuracy of the whole hypothesis, word register × down-counter, with both sets. Units in both are left to the
    /// smaller set; nil if nothing is left of the larger.
    public let hypothesis: InterchangeAccuracy?

    /// t.
    public var step: Int { storing.step }
    /// The smaller of the two shares on Verify; nil if one of them can't be told.
    public var score: Double? {
      guard let word = storing.measured.share.measurement, let place = counting.measured.share.measurement
      else { return nil }
      return min(word.estimate, place.estimate)
    }
    /// Whether both sets reach their thresholds on Verify; nil if one of them can't be told.
    public var isDissociated: Bool? {
      guard let word = storing.reachesThreshold, let place = counting.reachesThreshold else { return nil }
      return word && place
    }
  }

  /// One for each t that was asked for, in that order.
  public let steps: [Step]

  /// The mean score over steps; nil if one can't be told.
  public var score: Double? {
    let scores = steps.compactMap(\.score)
    return scores.isEmpty || scores.count < steps.count ? nil : scores.reduce(0, +) / Double(scores.count)
  }

  /// Searches and measures both roles at each step.
  ///
  /// - Parameters:
  ///   - data: With Select, Tune and Verify.
  ///   - steps: Each t; rows must ask for positions beyond it.
  ///   - basis: What the units are coordinates in; nil for the neurons themselves.
  ///   - progress: Called with the share of the work done.
  /// - Throws: As `RoleTest`.
  public init(
    _ model: Seq2Seq, _ data: Dataset, steps: [Int], in basis: Basis? = nil,
    _ options: RoleTest.Options = RoleTest.Options(), progress: (Double) -> Void = { _ in }
  ) throws {
    var found: [Step] = []
    for (number, step) in steps.enumerated() {
      progress(Double(number) / Double(steps.count))
      let storing = try RoleTest(.word, model, data, at: step, in: basis, options)
      progress((Double(number) + 0.5) / Double(steps.count))
      let counting = try RoleTest(.position, model, data, at: step, in: basis, options)
      // Those on which the sets were measured.
      let pairs = RolePairs(
        model, data.verify, at: step, timeLeft: options.timeLeft, count: options.verifyPairs, in: basis,
        seed: options.seed &+ 2)
      let (register, counter) = Self.disjoint(storing.units, counting.units)
      found.append(
        Step(
          storing: storing, counting: counting,
          overlap: try SetOverlap(storing.units, counting.units, of: model.configuration.units),
          hypothesis: register.isEmpty || counter.isEmpty
            ? nil
            : try InterchangeAccuracy(
              pairs.exchange(.both), register: register, counter: counter,
              randomSets: min(100, options.randomSets), seed: options.seed)))
    }
    self.steps = found
    progress(1)
  }

  /// Two sets without their common units in the larger one, of equal ones the second.
  static func disjoint(_ first: [Int], _ second: [Int]) -> (first: [Int], second: [Int]) {
    first.count <= second.count
      ? (first, second.filter { !first.contains($0) }) : (first.filter { !second.contains($0) }, second)
  }
}
