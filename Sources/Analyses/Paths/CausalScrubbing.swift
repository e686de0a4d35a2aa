import LinearAlgebra
import Networks
import Tasks

/// How much of the behaviour is kept when states are replaced by those of other rows which, as the hypothesis says, do
/// not differ in what matters (causal scrubbing: Chan and others 2022, “Causal Scrubbing: a method for rigorously testing
/// interpretability hypotheses”).
///
/// Once the output of step t is written, the carried state is put together anew: units outside the hypothesis from any
/// row at the same step, the units of a part from a row that agrees with this one in what the part depends on, each
/// part from another. From then on the parts go on by themselves, while the units outside are resampled after every
/// step before T. So the token at T comes out right only if the pieces hold what the hypothesis says, and the parts
/// need nothing else. With `everyStep` the parts are resampled after every step too: each single step is then tested,
/// and no longer that one part keeps another informed.
public struct CausalScrubbing: Codable, Sendable, Equatable {
  /// What the parts are said to hold.
  public let hypothesis: Hypothesis
  /// t.
  public let step: Int
  /// Whether the parts are resampled after every step from t on, too.
  public let everyStep: Bool
  /// What is measured at T.
  public let outcome: Outcome
  /// The mean outcome without scrubbing, each input counting once; nil if it is not defined.
  public let unedited: Double?
  /// The mean outcome with it, over draws.
  public let scrubbed: Double?
  /// The scrubbed outcome as a share of that without edits, beside hypotheses of random sets of the same sizes.
  public let kept: Effect
  /// How often no other row agreed with a row, which then kept its own state: the share of all replaced pieces.
  public let ownShare: Double
  /// How many times each row was scrubbed.
  public let draws: Int
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Scrubs rows of several words and T.
  ///
  /// - Parameters:
  ///   - runs: The rows; they serve as each other's sources. Those with T ≤ t have nothing left to do at t, and are
  ///     left out.
  ///   - step: The step t, 0 for the state that the encoder hands over.
  ///   - outcome: What behaviour means: the token at T unless asked otherwise. One that is 0 without the behaviour.
  ///   - draws: How many times each row is scrubbed, with other sources.
  ///   - randomSets: How many random hypotheses are scrubbed, once each.
  /// - Throws: `AnalysisError.unitOutOfRange`, `.invalidOption` for an outcome that no share can be had of,
  ///   `.stepOutOfRange`, `.tooFewRows` if no row has its T after t.
  public init(
    _ runs: Counterfactuals, _ hypothesis: Hypothesis, at step: Int = 0, everyStep: Bool = false,
    outcome: Outcome = .token, draws: Int = 10, randomSets: Int = 200, seed: UInt64 = 1
  ) throws {
    let units = runs.model.configuration.units
    _ = try unitSet(hypothesis.units, of: units)
    switch outcome {
    case .token, .anywhere, .whole, .probability: break
    case .before, .after, .margin, .late, .delay:
      throw AnalysisError.invalidOption(
        name: "the outcome", value: "\(outcome)", expected: "token, anywhere, whole or probability")
    }
    guard draws >= 1 else {
      throw AnalysisError.invalidOption(name: "draws", value: "\(draws)", expected: "at least 1")
    }
    guard (0..<runs.steps).contains(step) else {
      throw AnalysisError.stepOutOfRange(step: step, recorded: 0...runs.steps - 1)
    }
    let usable = runs.rows.filter { _, position, _ in position > step }
    guard !usable.isEmpty else {
      throw AnalysisError.tooFewRows(condition: "their token after step \(step)", found: 0, needed: 1)
    }
    let runs = try Counterfactuals(runs.model, rows: usable, steps: runs.steps)
    let sampler = AgreeingRows(runs, from: step)
    var generator = SeededGenerator(seed: seed, label: "scrubbing")
    let states = runs.baseline.decoder.states
    let covered = sampler.steps
    let last = outcome.looksAhead ? runs.steps : covered.upperBound + 1
    /// One whole exchange of the states of all rows.
    func edits(_ hypothesis: Hypothesis) -> [Edit] {
      let members = Set(hypothesis.units)
      let outside = (0..<units).filter { !members.contains($0) }
      func exchange(_ units: [Int], _ dependence: Hypothesis.Dependence, _ steps: ClosedRange<Int>) -> Edit {
        Edit(
          .carried, units: units, steps: steps,
          .chosen(sampler.draw(dependence, using: &generator), of: states, steps: covered))
      }
      let edits = hypothesis.parts.map {
        exchange($0.units, $0.dependence, everyStep ? covered : step...step)
      }
      return outside.isEmpty ? edits : edits + [exchange(outside, .nothing, covered)]
    }
    let random = try RandomSets.uniform(
      count: randomSets, size: hypothesis.units.count, of: units, seed: seed
    )
    .map { try hypothesis.replacing(generator.shuffled($0)) }
    var results: [[Double]] = []
    var bare: [Double] = []
    var unedited: Double?
    let all = [Hypothesis](repeating: hypothesis, count: draws) + random
    for first in stride(from: 0, to: all.count, by: 128) {
      let some = all[first..<min(first + 128, all.count)]
      let decoded = try runs.decode(some.map { edits($0) }, through: last)
      if first == 0 {
        unedited = decoded.score(outcome, of: nil)
        bare = decoded.byInput(decoded.values(outcome, of: nil))?.values ?? []
      }
      for variant in some.indices {
        results.append(decoded.byInput(decoded.values(outcome, of: variant - first))?.values ?? [])
      }
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
    let chosen = bare.indices.map { input in mean(results.prefix(draws).map { $0[input] }) }
    scrubbed = chosen.isEmpty ? nil : mean(chosen)
    self.unedited = unedited
    kept = .ratioOfMeans(
      chosen, of: bare, sentences: bare.isEmpty ? [] : runs.rows.distinct.sentenceNumbers,
      null: results.dropFirst(draws).map(mean), ofDraws: "hypotheses of random sets",
      seed: seed)
    ownShare = sampler.ownShare(hypothesis)
    (self.hypothesis, self.step, self.everyStep) = (hypothesis, step, everyStep)
    (self.outcome, self.draws) = (outcome, draws)
    distinctInputs = runs.rows.distinctInputs
  }
}

/// Which rows agree with a row at a step.
private struct AgreeingRows {
  /// From t to the largest T less 1, as far as was recorded.
  let steps: ClosedRange<Int>
  private let rows: Rows
  /// For each dependence and each (row, step): the moments of other rows that may take its place.
  private let candidates: [Hypothesis.Dependence: [[EditValue.Source]]]

  init(_ runs: Counterfactuals, from first: Int) {
    rows = runs.rows
    steps = first...max(first, min(rows.positions.max() ?? 1, runs.steps) - 1)
    let recorded = runs.baseline.decoder.states.steps
    // By what the moments have in common, for each dependence.
    var groups: [Hypothesis.Dependence: [[Int]: [EditValue.Source]]] = [:]
    for row in 0..<rows.count {
      for step in recorded {
        for dependence in Hypothesis.Dependence.allCases {
          groups[dependence, default: [:]][Self.key(dependence, rows, row, step), default: []]
            .append(EditValue.Source(row: row, step: step))
        }
      }
    }
    var candidates: [Hypothesis.Dependence: [[EditValue.Source]]] = [:]
    for dependence in Hypothesis.Dependence.allCases {
      for row in 0..<rows.count {
        for step in steps {
          let fitting = groups[dependence]?[Self.key(dependence, rows, row, step)] ?? []
          candidates[dependence, default: []].append(fitting.filter { $0.row != row })
        }
      }
    }
    self.candidates = candidates
  }

  /// What a moment must have in common with another.
  private static func key(_ dependence: Hypothesis.Dependence, _ rows: Rows, _ row: Int, _ step: Int) -> [Int]
  {
    let (word, position) = (Int(rows.words[row]), rows.positions[row])
    switch dependence {
    case .word: return [word, step < position ? 1 : 0, step]
    case .timeLeft: return [position - step]
    case .wordAndTimeLeft: return [word, position - step]
    case .nothing: return [step]
    }
  }

  /// A moment of another row for each row and step; the row's own, where no other agrees.
  func draw(
    _ dependence: Hypothesis.Dependence, using generator: inout SeededGenerator
  ) -> [[EditValue.Source]] {
    let candidates = candidates[dependence] ?? []
    return (0..<rows.count).map { row in
      steps.enumerated().map { index, step in
        let fitting = candidates[row * steps.count + index]
        return fitting.isEmpty
          ? EditValue.Source(row: row, step: step) : fitting[generator.integer(below: fitting.count)]
      }
    }
  }

  /// The share of pieces that only the row itself could give.
  func ownShare(_ hypothesis: Hypothesis) -> Double {
    let shares = hypothesis.parts.map { part in
      let all = candidates[part.dependence] ?? []
      return Double(all.count { $0.isEmpty }) / Double(max(all.count, 1))
    }
    return shares.reduce(0, +) / Double(max(shares.count, 1))
  }
}
