import LinearAlgebra
import Networks
import Tasks

/// What is lost when a set of units can no longer tell rows apart, or what is kept when only the set can, beside what
/// random sets of the same size lose or keep (controls 2 and 5).
///
/// At each step in turn the units are given a value that says nothing of the row; the model then goes on greedily. The
/// null is the same done to random sets, uniform ones and ones matched on variance and |mean|.
public struct Ablation: Codable, Sendable, Equatable {
  /// What ablated units are given.
  public enum Substitute: String, Codable, Sendable, CaseIterable {
    /// 0, as published: a value that units would rarely have by themselves.
    case zero
    /// Their mean over all reference rows and steps.
    case mean
    /// Their mean over all reference rows at the step.
    case meanAtStep
    /// What they are in a random reference row at the step.
    case resampledRow
    /// The constants that do the least harm, found on the reference rows.
    case bestConstant
  }

  /// Which units are ablated.
  public enum Scope: String, Codable, Sendable, CaseIterable {
    /// The set: what is lost shows whether it is necessary.
    case set
    /// All other units: what is kept shows whether it suffices.
    case others
  }

  /// The numbers of the procedure.
  public struct Options: Codable, Sendable, Hashable {
    /// What edited units are given.
    public var substitute: Substitute
    /// Whether the set is edited, or all but it.
    public var scope: Scope
    /// Which reference rows an edited row's substitute comes from; zero comes from none. To leave the time, or the word, as
    /// it is: those of the same T, or the same w.
    public var reference: ReferenceMatch
    /// State, output only, or carried only.
    public var place: Place
    /// Whether the edit is made at all steps from t on, instead of at t alone.
    public var isKeptUp: Bool
    /// What is measured of each row.
    public var outcome: Outcome
    /// How many random sets are drawn for each null.
    public var randomSets: Int
    /// Whether sets matched on variance and |mean| are drawn too; else the effect beside them is not determined.
    public var drawsMatchedSets: Bool
    /// Fixes the random and matched sets and the resampled rows.
    public var seed: UInt64

    /// The set alone, at one step, by its mean at that step, unless said otherwise.
    public init(
      _ substitute: Substitute = .meanAtStep, scope: Scope = .set,
      reference: ReferenceMatch = .none, place: Place = .state,
      isKeptUp: Bool = false,
      outcome: Outcome = .token, randomSets: Int = 1000,
      drawsMatchedSets: Bool = true, seed: UInt64 = 1
    ) {
      self.substitute = substitute
      self.scope = scope
      self.reference = reference
      self.place = place
      self.isKeptUp = isKeptUp
      self.outcome = outcome
      self.randomSets = randomSets
      self.drawsMatchedSets = drawsMatchedSets
      self.seed = seed
    }
  }

  /// One decoder step's result.
  public struct Step: Codable, Sendable, Equatable {
    /// t: h_t is edited, and from then on with `Options.isKeptUp`.
    public let step: Int
    /// The set of this step, counted from 0.
    public let units: [Int]
    /// The mean outcome with the edit; nil if it is undefined in a row.
    public let edited: Double?
    /// What is lost, or with `Scope.others` what is kept, beside uniform random sets.
    public let uniform: Effect
    /// The same beside sets matched on variance and |mean| over the reference rows at the step.
    public let matched: Effect
    /// How much of the chosen set is in a matched one: 1 would mean that the null is the set itself.
    public let matchedOverlap: Double
  }

  /// How the sets were ablated.
  public let options: Options
  /// The mean outcome without edits; nil if it is undefined in a row.
  public let unedited: Double?
  /// In the order of the steps.
  public let steps: [Step]
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Ablates sets at each step in turn.
  ///
  /// - Parameters:
  ///   - runs: The rows to measure on; none of them should have served to choose the units.
  ///   - reference: Other rows, from which means, constants and matched sets come. They must differ in what the ablation
  ///     should remove: for storing, rows of all words.
  ///   - steps: Decoder steps t; 0 is the state that the encoder hands over.
  ///   - choose: The units of a step.
  ///   - progress: Called with the share of the work done.
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.setLargerThanModel`, `.stepOutOfRange`, `.invalidOption`;
  ///   `.tooFewRows` for a row without a reference row of its T, or w, if one is asked for.
  public init(
    _ runs: Counterfactuals, reference: Counterfactuals, steps: some Sequence<Int>,
    _ options: Options = Options(),
    choose: (_ step: Int) throws -> [Int], progress: (Double) -> Void = { _ in }
  ) throws {
    let units = runs.model.configuration.units
    if options.place.side == .encoder {
      throw AnalysisError.invalidOption(
        name: "place", value: "the encoder", expected: "a place of the decoder")
    }
    if options.substitute == .bestConstant, options.place.site != .state || options.isKeptUp {
      throw AnalysisError.invalidOption(
        name: "substitute", value: "the best constant", expected: "an edit of the state, made once")
    }
    if options.substitute == .bestConstant, runs.basis != nil {
      throw AnalysisError.invalidOption(
        name: "substitute", value: "the best constant in another basis",
        expected: "an edit of the neurons themselves")
    }
    let traces = try reference.baseline.traces(at: options.place)
    let matchedRows = try MatchedReference(options.reference, of: runs.rows, from: reference.rows)
    let last = min(
      runs.steps, (runs.rows.positions.max() ?? runs.steps) + (options.outcome.looksAhead ? runs.steps : 0))
    func edits(_ set: [Int], at step: Int, _ value: EditValue) -> [Edit] {
      [Edit(options.place, units: set, steps: step...(options.isKeptUp ? last : step), value)]
    }
    var results: [Step] = []
    let steps = Array(steps)
    for step in steps {
      let chosen = try choose(step)
      let size = try unitSet(chosen, of: units).count
      let seed = options.seed &+ UInt64(step)
      let uniform = RandomSets.uniform(count: options.randomSets, size: size, of: units, seed: seed)
      let states = traces.step(step)
      let matched = try MatchedSets(
        to: chosen, states: runs.basis?.coordinates(of: states) ?? states,
        count: options.drawsMatchedSets ? options.randomSets : 0, seed: seed)
      let ablated = ([chosen] + uniform + matched.sets).map { set in
        options.scope == .set ? set : (0..<units).filter { !set.contains($0) }
      }
      let values = try options.substitute.values(
        for: ablated, at: step, from: reference, traces: traces, matched: matchedRows, seed: seed)
      let decoded = try runs.decode(
        ablated.indices.map { edits(ablated[$0], at: step, values[values.count == 1 ? 0 : $0]) },
        through: last)
      let measure: CounterfactualRuns.Measure = options.scope == .set ? .lost : .kept
      func effect(_ null: Range<Int>, _ description: String) -> Effect {
        decoded.effect(
          measure, options.outcome, of: 0, null: Array(null), ofDraws: description, seed: options.seed)
      }
      results.append(
        Step(
          step: step, units: chosen, edited: decoded.score(options.outcome, of: 0),
          uniform: effect(1..<1 + uniform.count, "random sets of \(size) units"),
          matched: effect(
            1 + uniform.count..<ablated.count, "sets of \(size) units matched on variance and |mean|"),
          matchedOverlap: matched.overlap))
      progress(Double(results.count) / Double(steps.count))
    }
    self.options = options
    self.steps = results
    let bare = try runs.decode([[]], through: last)
    unedited = bare.score(options.outcome, of: nil)
    distinctInputs = bare.distinctInputs
  }
}

extension Ablation.Substitute {
  /// What ablated units are given: one value for all sets, or one for each.
  fileprivate func values(
    for sets: [[Int]], at step: Int, from reference: Counterfactuals, traces: Traces,
    matched: MatchedReference, seed: UInt64
  ) throws -> [EditValue] {
    switch self {
    case .zero: [.zero]
    case .mean: [.mean(of: traces, matched: matched)]
    case .meanAtStep: [.meanAtStep(of: traces, matched: matched)]
    case .resampledRow: [.resampled(from: traces, matched: matched, seed: seed)]
    case .bestConstant: try EditValue.bestConstants(reference, sets: sets, at: step, matched: matched)
    }
  }
}

extension Outcome {
  /// Whether it depends on what is written after T.
  var looksAhead: Bool {
    switch self {
    case .token, .before, .margin: false
    case .probability(let later): later > 0
    case .anywhere, .whole, .after, .late, .delay: true
    }
  }
}
