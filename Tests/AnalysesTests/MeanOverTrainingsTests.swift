import Analyses
import Foundation
import LinearAlgebra
import Testing

/// Means over trainings: by hand, and how often their intervals hold the mean in simulated studies.
@Suite struct MeanOverTrainingsTests {
  typealias Training = MeanOverTrainings.Training

  /// By SciPy 1.17: `t.ppf(.975, k − 1)`.
  @Test func intervalsAreStudents() throws {
    let three = try MeanOverTrainings([
      .init([0.9, 0.7], standardError: 0), .init([0.4], standardError: 0), .init([0.6], standardError: 0),
    ])
    #expect(abs(three.estimate - 0.6) < 1e-12 && three.trainings == 3 && three.conditions == 2)
    // Means 0.8, 0.4, 0.6: s = 0.2.
    let half = 4.302652729749462 * 0.2 / 3.0.squareRoot()
    #expect(abs(three.interval.high - (0.6 + half)) < 1e-9 && abs(three.interval.low - (0.6 - half)) < 1e-9)
    #expect(abs((three.spread ?? 0) - 0.2) < 1e-12)
    for (count, t) in [(2, 12.706204736174694), (5, 2.7764451051977934), (31, 2.0422724563012378)] {
      let values = (0..<count).map { Training([Double($0)], standardError: 0) }
      let found = try MeanOverTrainings(values)
      let half = t * (found.spread ?? 0) / Double(count).squareRoot()
      #expect(abs(found.interval.high - found.interval.low - 2 * half) < 1e-8 * half, "\(count)")
    }
  }

  /// By SciPy 1.17: `t.ppf(.95, 2)`, `norm.ppf(.95)`.
  @Test func otherConfidencesHaveTheirOwnQuantiles() throws {
    let three: [Training] = [0.8, 0.4, 0.6].map { .init([$0], standardError: 0) }
    let found = try MeanOverTrainings(three, confidence: 0.9)
    #expect(abs(found.interval.low - (0.6 - 2.919985580353726 * 0.2 / 3.0.squareRoot())) < 1e-9)
    let equal = try MeanOverTrainings(
      [Training](repeating: .init([0.5], standardError: 0.1), count: 3), confidence: 0.9)
    #expect(abs(equal.interval.low - (0.5 - 1.6448536269514722 * 0.1)) < 1e-9)
    let above = try MeanOverTrainings.difference(
      three, from: [[0.1], [0.1], [0.1]], within: 0...1, caution: 0, confidence: 0.9)
    #expect(abs(above.interval.low - (found.interval.low - 0.1)) < 1e-9)
    #expect(throws: AnalysisError.self) { try MeanOverTrainings(three, confidence: 1) }
  }

  /// Trainings that are equal are as sure as their sentences; one alone says nothing about another.
  @Test func sentencesAndConditionsAreWhatIsLeftOfOneTraining() throws {
    let equal = try MeanOverTrainings(
      [Training]((0..<4).map { _ in .init([0.5, 0.5], standardErrors: [0.04, 0.06]) }))
    #expect(abs(equal.interval.high - (0.5 + 1.959963984540054 * 0.05)) < 1e-9 && equal.standardError == 0.05)
    let alone = try MeanOverTrainings([.init([0.2, 0.6, 0.4], standardError: 0.03)])
    let half = hypot(4.302652729749462 * 0.2 / 3.0.squareRoot(), 1.959963984540054 * 0.03)
    #expect(alone.spread == nil)
    #expect(abs(alone.interval.high - (0.4 + half)) < 1e-9)
    let one = try MeanOverTrainings([.init([0.99], standardError: 0.02)], within: 0...1)
    #expect(one.interval.high == 1 && abs(one.interval.low - (0.99 - 0.0392)) < 1e-4)
  }

  /// A further training in the middle: three that are perfect can't show more than .34.
  @Test func perfectTrainingsShowNoMoreThanTheirNumberAllows() throws {
    let perfect = try MeanOverTrainings((0..<3).map { _ in .init([1, 1], standardError: 0) }, within: 0...1)
    #expect(perfect.estimate == 1 && perfect.interval.high == 1)
    #expect(perfect.interval.low == MeanOverTrainings.reach(trainings: 3))
    for (count, low) in [(3, 0.33716840878131726), (10, 0.851720128963718), (15, 0.9017254160025686)] {
      #expect(abs(MeanOverTrainings.reach(trainings: count) - low) < 1e-9, "\(count)")
    }
    #expect(MeanOverTrainings.reach(trainings: 14) < 0.9)
    // NumPy, with that weight: less caution shows more; none is Student's interval.
    #expect(abs(MeanOverTrainings.reach(trainings: 10, caution: 0.25) - 0.930437097120258) < 1e-9)
    #expect(MeanOverTrainings.reach(trainings: 10, caution: 0) == 1)
  }

  /// The difference from one null at all conditions is the mean less it, with the same interval.
  @Test func differencesHaveTheIntervalOfTheMean() throws {
    let trainings: [Training] = [
      .init([0.9, 0.8], standardErrors: [0.02, 0.04]), .init([0.7, 1], standardErrors: [0, 0.1]),
      .init([0.95, 0.9], standardErrors: [0.01, 0.01]),
    ]
    for bounds in [nil, 0.0...1] {
      let mean = try MeanOverTrainings(trainings, within: bounds)
      let above = try MeanOverTrainings.difference(
        trainings, from: trainings.map { _ in [0.1, 0.1] }, within: bounds)
      #expect(abs(above.estimate - (mean.estimate - 0.1)) < 1e-12)
      #expect(abs(above.interval.low - (mean.interval.low - 0.1)) < 1e-9)
      #expect(abs(above.interval.high - (mean.interval.high - 0.1)) < 1e-9)
    }
    // Paired: values that move with their nulls differ by nothing.
    let paired = try MeanOverTrainings.difference(
      [.init([0.2, 0.8], standardError: 0), .init([0.9, 0.5], standardError: 0)],
      from: [[0.1, 0.7], [0.8, 0.4]])
    #expect(abs(paired.estimate - 0.1) < 1e-12 && paired.interval.high - paired.interval.low < 1e-9)
    #expect(throws: AnalysisError.countMismatch(what: "nulls", expected: 2, found: 1)) {
      try MeanOverTrainings.difference(trainings, from: [[0.1, 0.1], [0.1], [0.1, 0.1]])
    }
  }

  /// Effects are values whose errors are those of their intervals, and as far above their nulls as the means of these are below.
  @Test func effectsAreAveragedAsTheyAre() throws {
    func effect(_ estimate: Double, _ half: Double, null: [Double]) -> Effect {
      Effect(
        estimate: estimate, interval: Interval(low: estimate - half, high: estimate + half), null: null,
        ofDraws: "draws", sentences: 40)
    }
    let effects = [
      effect(0.9, 0.1, null: [0.1, 0.3]), effect(0.7, 0.2, null: [0, 0.2]), effect(0.8, 0, null: [0.5]),
    ]
    let trainings: [MeanOverTrainings.Training] = [
      .init([0.9], standardError: 0.1 / 1.959963984540054),
      .init([0.7], standardError: 0.2 / 1.959963984540054),
      .init([0.8], standardError: 0),
    ]
    func expectNear(_ found: MeanOverTrainings, _ expected: MeanOverTrainings) {
      for (found, expected) in [
        (found.estimate, expected.estimate), (found.interval.low, expected.interval.low),
        (found.interval.high, expected.interval.high), (found.standardError, expected.standardError),
      ] {
        #expect(abs(found - expected) < 1e-12)
      }
    }
    expectNear(
      try MeanOverTrainings(of: effects, within: 0...1), try MeanOverTrainings(trainings, within: 0...1))
    expectNear(
      try MeanOverTrainings.aboveNull(effects),
      try MeanOverTrainings.difference(trainings, from: [[0.2], [0.1], [0.5]]))
    #expect(throws: AnalysisError.self) {
      try MeanOverTrainings(of: effects + [.notDetermined(.oneSentenceOnly)])
    }
  }

  @Test func whatCannotBeAveragedIsAnError() {
    #expect(throws: AnalysisError.self) { try MeanOverTrainings([]) }
    #expect(
      throws: AnalysisError.tooFewRows(
        condition: "a condition with a value, in every training", found: 1, needed: 2)
    ) {
      try MeanOverTrainings([.init([1], standardError: 0), .init([], standardError: 0)])
    }
    #expect(throws: AnalysisError.valueNotFinite(what: "the value", row: 0, unit: 1)) {
      try MeanOverTrainings([.init([1, .nan], standardError: 0)])
    }
    #expect(throws: AnalysisError.self) {
      try MeanOverTrainings([.init([1.2], standardError: 0)], within: 0...1)
    }
    #expect(throws: AnalysisError.self) { try MeanOverTrainings([.init([1], standardError: -1)]) }
  }

  // MARK: Coverage

  /// A population of trainings: a study of k of them, and the mean over all.
  struct Population: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let mean: Double
    var bounds: ClosedRange<Double>?
    /// The least share of studies whose interval must hold the mean, with 3, 5 and 10 trainings.
    var least = [0.93, 0.93, 0.93]
    let study: @Sendable (_ trainings: Int, _ generator: inout SeededGenerator) -> [Training]

    /// Trainings with a mean each, and no noise below.
    static func shares(
      _ name: String, mean: Double, least: [Double] = [0.93, 0.93, 0.93],
      _ draw: @escaping @Sendable (inout SeededGenerator) -> Double
    ) -> Population {
      Population(testDescription: name, mean: mean, bounds: 0...1, least: least) { trainings, generator in
        (0..<trainings).map { _ in Training([draw(&generator)], standardError: 0) }
      }
    }

    static func twoPoint(_ share: Double, least: [Double] = [0.93, 0.93, 0.93]) -> Population {
      shares("1 in \(share) of trainings, else 0", mean: share, least: least) { $0.unit() < share ? 1 : 0 }
    }

    /// Conditions that differ, the same ones in each training; 25 sentences that are the same in each training and
    /// condition, each with an effect on all and one on each condition.
    static func nested(_ name: String, spread: Double) -> Population {
      Population(testDescription: name, mean: 0.6) { trainings, generator in
        let (conditions, sentences) = (6, 25)
        let common = (0..<sentences).map { _ in 0.2 * generator.normal() }
        let own = (0..<conditions).map { _ in (0..<sentences).map { _ in 0.2 * generator.normal() } }
        return (0..<trainings).map { _ in
          let ofTraining = spread * generator.normal()
          var ofSentence = [Double](repeating: 0, count: sentences)
          let values = (0..<conditions).map { condition in
            let level = 0.6 + ofTraining + 0.1 * (Double(condition) - 2.5) + 0.3 * spread * generator.normal()
            let outcomes = (0..<sentences).map { level + common[$0] + own[condition][$0] }
            for sentence in 0..<sentences { ofSentence[sentence] += outcomes[sentence] / Double(conditions) }
            return outcomes.reduce(0, +) / Double(sentences)
          }
          let mean = ofSentence.reduce(0, +) / Double(sentences)
          let squares = ofSentence.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
          return Training(
            values, standardError: (squares / Double(sentences * (sentences - 1))).squareRoot())
        }
      }
    }

    static let all: [Population] = [
      .nested("trainings differ, as a normal distribution", spread: 0.1),
      .nested("trainings differ as little as sentences", spread: 0.03),
      .nested("trainings do not differ, sentences do", spread: 0),
      .shares("beta(8, 1)", mean: 8.0 / 9) { pow($0.unit(), 1.0 / 8) },
      .shares("beta(20, 1)", mean: 20.0 / 21) { pow($0.unit(), 1.0 / 20) },
      .shares("beta(1, 1)", mean: 0.5) { $0.unit() },
      .shares("normal, .9 ± .02", mean: 0.9) { 0.9 + 0.02 * $0.normal() },
      .shares("a .97, .63 or .99, as found", mean: (0.97 + 0.63 + 0.99) / 3) {
        [0.97, 0.63, 0.99][$0.integer(below: 3)]
      },
      .shares(".98, and .6 in a fifth", mean: 0.8 * 0.98 + 0.2 * 0.6) { $0.unit() < 0.2 ? 0.6 : 0.98 },
      .shares("near 1, and 0 in a tenth", mean: 0.9 * 40 / 41) {
        $0.unit() < 0.1 ? 0 : pow($0.unit(), 1.0 / 40)
      },
      // Five out of five come in one study of eight, and their interval ends above the mean.
      .shares("near 1, and 0 in a third", mean: 2.0 / 3 * 40 / 41, least: [0.93, 0.85, 0.93]) {
        $0.integer(below: 3) == 0 ? 0 : pow($0.unit(), 1.0 / 40)
      },
      .twoPoint(0.5), .twoPoint(0.9), .twoPoint(0.95),
      // Honest gaps: all alike, or all but one alike, comes too often. No interval of this width can hold .8 and be near 1.
      .twoPoint(0.6, least: [0.93, 0.89, 0.93]), .twoPoint(0.7), .twoPoint(0.8, least: [0.93, 0.93, 0.86]),
    ]
  }

  /// A nominal 95 % holds the mean in at least 93 % of studies, with 3, 5 and 10 trainings.
  @Test(arguments: Population.all) func intervalsHoldTheMean(_ population: Population) throws {
    let studies = 4000
    var generator = SeededGenerator(seed: 5, label: population.testDescription)
    for (trainings, least) in zip([3, 5, 10], population.least) {
      var (held, width) = (0, 0.0)
      for _ in 0..<studies {
        let study = population.study(trainings, &generator)
        let interval = try MeanOverTrainings(study, within: population.bounds).interval
        if interval.low <= population.mean + 1e-9, population.mean - 1e-9 <= interval.high { held += 1 }
        width += (interval.high - interval.low) / Double(studies)
      }
      let share = Double(held) / Double(studies)
      #expect(share >= least, "\(share) with \(trainings) trainings, width \(width)")
      if ProcessInfo.processInfo.environment["SHOW_COVERAGE"] != nil {
        print("| \(population.testDescription) | \(trainings) | \(share) | \(width) |")
      }
    }
  }
}
