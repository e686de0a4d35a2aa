import Foundation

/// The numbers that R0 to R9 are judged by, fixed before any run.
///
/// A book states them once, under `criteria:` in its `book.yml`; every arm and chapter judges by the same ones.
public struct Criteria: Codable, Sendable, Hashable {
  /// R0: the share of unseen inputs with the token at its place, over all of them and for every (w, T).
  public var tokenAccuracy = 0.99
  public var pairAccuracy = 0.95
  /// R1: a probe's accuracy on unseen inputs, and how far it is above a probe for control labels.
  public var probeAccuracy = 0.95
  public var selectivity = 0.3
  /// R2 and R3: the share of random sets whose effect must be smaller.
  public var randomSetsBeaten = 0.99
  /// R3: the share of inputs that keep the token.
  public var tokenKept = 0.9
  /// R4: P(one step late) with the value of the step before; at most so much for random sets.
  public var oneStepLate = 0.9
  public var oneStepLateRandom = 0.1
  /// R5: the share of exchanges that land by the time left.
  public var landsByTimeLeft = 0.9
  /// R6: P(w at t₁ + 1) after a transplant; at most so much for random sets; the share of it that passes through z.
  public var started = 0.8
  public var startedRandom = 0.1
  public var throughUpdateGates = 0.5
  /// R7: the share of the logit difference, and the share of all change that is at T.
  public var logitShare = 0.8
  public var changeAtPosition = 0.5
  /// R8: the share of the effect that passes along the path, the behaviour kept with all else resampled, and the p of both.
  public var pathShare = 0.5
  public var behaviourKept = 0.8
  public var chainPValue = 0.05
  /// Control 3: the share of inputs in which an exchange must move one thing and leave the other.
  public var exchangeMoves = 0.9

  public init() {}

  /// The criteria under their names.
  ///
  /// - Throws: `AnalysisError.invalidOption` where a name is missing, not one of a criterion, or its value not within 0 and 1.
  public init(_ values: [String: Double]) throws {
    let known = try JSONDecoder().decode([String: Double].self, from: JSONEncoder().encode(Criteria()))
    if let name = values.keys.sorted().first(where: { known[$0] == nil }) {
      throw AnalysisError.invalidOption(
        name: "criteria", value: name, expected: "one of " + known.keys.sorted().joined(separator: ", "))
    }
    if let name = known.keys.sorted().first(where: { values[$0] == nil }) {
      throw AnalysisError.invalidOption(
        name: "criteria", value: "nothing for \(name)", expected: "every criterion")
    }
    if let (name, value) = values.sorted(by: { $0.key < $1.key }).first(where: { !(0...1).contains($0.value) }
    ) {
      throw AnalysisError.invalidOption(name: name, value: "\(value)", expected: "0 to 1")
    }
    self = try JSONDecoder().decode(Criteria.self, from: JSONEncoder().encode(values))
  }

  /// Whether an effect is larger than that of the asked share of random sets; nil if it can't be told.
  public func beatsRandomSets(_ effect: Effect) -> Bool? {
    effect.measurement.map { $0.null.pValue <= 1 - randomSetsBeaten + 1e-12 }
  }

  /// Whether an effect is at least `least`, and larger than that of random sets.
  public func isEnough(_ effect: Effect, _ least: Double) -> Bool? {
    effect.measurement.flatMap { found in beatsRandomSets(effect).map { $0 && found.estimate >= least } }
  }
}
