import LinearAlgebra
import Networks
import Tasks

/// The published check of a set of units: zero it, zero all others, or put it back by one step, once, in the rows that
/// served to select it.
///
/// As published, up to 100 rows with w at T, in the order of the data, and no random sets, interval or distinct inputs;
/// these are added here, so that the numbers can be judged. The accuracy is that of the token at T in all rows.
public struct PublishedVerification: Codable, Sendable, Equatable {
  /// What is done with a set S at step t.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// h_t[S] := 0.
    case disabled
    /// h_t[all others] := 0.
    case enabledOnly
    /// h_t[S] := h_{t−1}[S].
    case previous
  }

  /// Which of the three edits was made.
  public let kind: Kind
  /// w, as a token.
  public let word: Int32
  /// T.
  public let position: Int
  /// t.
  public let step: Int
  /// S, counted from 0.
  public let units: [Int]
  /// The share of the tokens before T that are right; nil for T = 1.
  public let before: Double?
  /// The share of rows with w at T.
  public let at: Double
  /// The share of the tokens after T that are right.
  public let after: Double?
  /// P(w at T + 1), averaged over rows.
  public let oneLater: Double
  /// What the edit is said to change, beside random sets of the size: the loss at T if disabled, what is kept at T if
  /// only the set is enabled, P(w at T + 1) for the previous value. Not determined for an empty set.
  public let effect: Effect
  /// How many rows ask for w at T, repeats included.
  public let rows: Int
  /// How many different inputs they have.
  public let distinctInputs: Int

  /// Checks a set.
  ///
  /// - Parameters:
  ///   - rows: Rows of one w and T; the first 100 count.
  ///   - step: The step t; from 1 on for the previous value.
  /// - Throws: `AnalysisError.tooFewRows`, `.stepOutOfRange`, `.unitOutOfRange`, `.repeatedUnit`.
  public init(
    _ kind: Kind, _ model: Seq2Seq, rows: Rows, units: [Int], at step: Int, randomSets: Int = 1000,
    seed: UInt64 = 1
  ) throws {
    let rows = rows.prefix(100)
    guard let word = rows.words.first, let position = rows.positions.first else {
      throw AnalysisError.tooFewRows(condition: "the word at the position", found: 0, needed: 1)
    }
    if Set(rows.words).count > 1 || Set(rows.positions).count > 1 {
      throw AnalysisError.invalidOption(
        name: "rows", value: "rows of several words or positions", expected: "rows of one (w, T)")
    }
    let runs = try Counterfactuals(model, rows: rows)
    let all = model.configuration.units
    let size = try unitSet(units, of: all).count
    let sets = [units] + RandomSets.uniform(count: randomSets, size: size, of: all, seed: seed)
    let states = runs.baseline.decoder.states
    let decoded = try runs.decode(
      sets.map { set in
        switch kind {
        case .disabled: [Edit(units: set, at: step, .zero)]
        case .enabledOnly: [Edit(units: (0..<all).filter { !set.contains($0) }, at: step, .zero)]
        case .previous: [Edit(units: set, at: step, .earlier(1, in: states))]
        }
      })
    func mean(_ outcome: Outcome) -> Double? {
      let values = decoded.values(outcome, of: 0).compactMap { $0 }
      return values.count == rows.count ? values.reduce(0, +) / Double(values.count) : nil
    }
    let null = Array(1..<sets.count)
    let description = "random sets of \(size) units"
    if size == 0 {
      effect = .notDetermined(.undefinedOutcome("the set is empty"))
    } else {
      switch kind {
      case .disabled:
        effect = decoded.effect(.lost, .token, of: 0, null: null, ofDraws: description, seed: seed)
      case .enabledOnly:
        effect = decoded.effect(.kept, .token, of: 0, null: null, ofDraws: description, seed: seed)
      case .previous:
        effect = decoded.effect(
          .kept, .probability(after: 1), of: 0, null: null, ofDraws: description, seed: seed)
      }
    }
    (self.kind, self.word, self.position, self.step, self.units) = (kind, word, position, step, units)
    (before, after) = (mean(.before), mean(.after))
    (at, oneLater) = (mean(.token) ?? 0, mean(.probability(after: 1)) ?? 0)
    (self.rows, distinctInputs) = (rows.count, decoded.distinctInputs)
  }
}
