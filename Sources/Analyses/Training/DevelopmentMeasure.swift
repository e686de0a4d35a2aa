import LinearAlgebra
import Networks
import Tasks

/// Something that is measured of a model again and again while it is trained.
public struct DevelopmentMeasure: Sendable {
  /// What was found in one model.
  public struct Value: Codable, Sendable, Hashable {
    /// The number, or why there is none.
    public let effect: Effect
    /// The units that were looked for and found, if the measure looks for a set.
    public let units: [Int]?

    /// A number and, where one is looked for, its set.
    public init(_ effect: Effect, units: [Int]? = nil) {
      (self.effect, self.units) = (effect, units)
    }
  }

  /// What it is, in words; no two measures of a curve share one.
  public let name: String
  let measure: @Sendable (Seq2Seq) throws -> Value

  /// A measure of one's own, by any function of the model.
  public init(_ name: String, _ measure: @escaping @Sendable (Seq2Seq) throws -> Value) {
    (self.name, self.measure) = (name, measure)
  }

  /// Measures a model. What a model is not yet able to give any row for is not determined; all else is thrown.
  func value(_ model: Seq2Seq) throws -> Value {
    do {
      return try measure(model)
    } catch AnalysisError.tooFewRows(let condition, _, _) {
      return Value(.notDetermined(.noRows(condition: condition)))
    }
  }
}

extension DevelopmentMeasure {
  /// R0: the share of distinct inputs whose token at T is w, beside the same with the words dealt out to other rows of the
  /// same T.
  public static func tokenAccuracy(_ rows: Rows, draws: Int = 1000, seed: UInt64 = 1) -> DevelopmentMeasure {
    DevelopmentMeasure("token accuracy") { model in
      let rows = rows.distinct
      let tokens = try model.decode(rows, steps: rows.positions.max()).tokens
      let written = (0..<rows.count).map { tokens[$0, at: rows.positions[$0]] }
      func share(_ words: [Int32]) -> Double {
        Double(zip(written, words).count { $0 == $1 }) / Double(max(rows.count, 1))
      }
      var generator = SeededGenerator(seed: seed, label: "words dealt out")
      let groups = groupedPlaces(of: rows.positions)
      let null = (0..<draws).map { _ in
        var words = rows.words
        for group in groups {
          for (row, other) in zip(group, generator.shuffled(group)) { words[row] = rows.words[other] }
        }
        return share(words)
      }
      let right = zip(written, rows.words).map { $0 == $1 ? 1.0 : 0 }
      return Value(
        Effect(
          meanOf: InputValues(right, sentences: rows.sentenceNumbers), null: null,
          ofDraws: "words dealt out to rows of the same T", seed: seed))
    }
  }

  /// R1: the share of distinct Verify inputs whose w a support-vector machine reads from h_t at one T, beside machines that
  /// were taught with the words dealt out anew.
  ///
  /// - Parameters:
  ///   - teaching: Rows to fit on.
  ///   - testing: Rows with other inputs.
  public static func storingProbe(
    teaching: Rows, testing: Rows, position: Int, step: Int, draws: Int = 100, seed: UInt64 = 1
  ) -> DevelopmentMeasure {
    DevelopmentMeasure("word read from h_\(step) at T = \(position)") { model in
      func states(_ rows: Rows) throws -> LabelledStates {
        let rows = rows.distinct.filter { _, asked, _ in asked == position }
        guard !rows.isEmpty else {
          throw AnalysisError.tooFewRows(condition: "position \(position)", found: 0, needed: 1)
        }
        let recording = try model.record(rows, steps: max(step, 1))
        return try LabelledStates(recording, steps: [step]) { word, _, _ in Int(word) }
      }
      let (teaching, testing) = (try states(teaching), try states(testing))
      func right(_ labels: [Int]) throws -> InputValues {
        let machine = try LinearSVM(
          LabelledStates(states: teaching.states, labels: labels, inputs: teaching.inputs))
        return InputValues(
          ofRows: zip(machine.predict(testing.states), testing.labels).map { $0 == $1 ? 1 : 0 },
          inputs: testing.inputs, sentences: testing.sentences)
      }
      var generator = SeededGenerator(seed: seed, label: "words dealt out")
      let null = try (0..<draws).map { _ in
        try right(generator.shuffled(teaching.labels)).mean
      }
      return Value(
        Effect(
          meanOf: try right(teaching.labels), null: null,
          ofDraws: "machines taught with words dealt out anew",
          seed: seed))
    }
  }

  /// The smallest set that moves a role's thing, and what it does on other rows beside random sets: the set is in the
  /// value's `units`. Not determined while there is none.
  public static func sufficientSet(
    _ role: SufficientSet.Role, choosing: Rows, measuring: Rows, step: Int, limit: Int? = nil,
    randomSets: Int = 1000,
    seed: UInt64 = 1
  ) -> DevelopmentMeasure {
    DevelopmentMeasure("smallest set that moves the \(role.rawValue) at \(step)") { model in
      func exchange(_ rows: Rows, _ seed: UInt64) throws -> Exchange {
        try Exchange(of: role.difference, in: Counterfactuals(model, rows: rows), at: step, seed: seed)
      }
      let (tune, verify) = (try exchange(choosing, seed), try exchange(measuring, seed &+ 1))
      let ranking = try SufficientSet.greedyRanking(role, tune, limit: limit)
      let found = try SufficientSet(
        role, choosing: tune, measuring: verify, ranking: ranking, rankedBy: "greedily",
        randomSets: randomSets,
        seed: seed)
      guard let units = found.units, let measured = found.measured else {
        return Value(.notDetermined(.undefinedOutcome("no set of up to \(ranking.count) units is enough")))
      }
      return Value(role == .word ? measured.wordMoves : measured.positionMoves, units: units)
    }
  }

  /// R4: the slope of the delay of w on the steps by which a set is put back in time, beside random sets.
  ///
  /// - Parameter choose: The set in this model: a fixed one, or one that is found in it by other rows.
  public static func shiftSlope(
    _ rows: Rows, step: Int, shifts: ClosedRange<Int> = 0...3, randomSets: Int = 1000, seed: UInt64 = 1,
    choose: @escaping @Sendable (Seq2Seq) throws -> [Int]
  ) -> DevelopmentMeasure {
    DevelopmentMeasure("slope of the delay at \(step)") { model in
      let units = try choose(model)
      let shift = try StateShift(
        Counterfactuals(model, rows: rows), units: units, at: step, shifts: shifts, randomSets: randomSets,
        seed: seed)
      return Value(shift.slope, units: units)
    }
  }
}
