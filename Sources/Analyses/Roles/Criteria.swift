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

  // MARK: What an effect must be

  public var token: Criterion { Criterion(atLeast: tokenAccuracy) }
  public var pair: Criterion { Criterion(atLeast: pairAccuracy) }
  public var necessary: Criterion { Criterion(pValue: largestPValue) }
  public var sufficient: Criterion { Criterion(atLeast: tokenKept, pValue: largestPValue) }
  public var late: Criterion { Criterion(atLeast: oneStepLate, nullMean: oneStepLateRandom) }
  public var landing: Criterion { Criterion(atLeast: landsByTimeLeft, pValue: largestPValue) }
  public var start: Criterion { Criterion(atLeast: started, nullMean: startedRandom) }
  /// No bound on p: the gates of all other units are held, and random sets of as many are nearly the same set.
  public var startThroughGates: Criterion { Criterion(atLeast: throughUpdateGates) }
  public var chainPath: Criterion { Criterion(atLeast: pathShare, pValue: chainPValue) }
  public var chainKept: Criterion { Criterion(atLeast: behaviourKept, pValue: chainPValue) }

  /// The share of random sets to beat, as text: "99 %".
  var beaten: String { "\(Int((randomSetsBeaten * 100).rounded())) %" }

  /// That of an effect larger than the asked share of random sets; rounding must not make 1 − .99 less than .01.
  private var largestPValue: Double { 1 - randomSetsBeaten + 1e-12 }

  /// Whether an effect is at least `least`, and larger than that of the asked share of random sets.
  public func isEnough(_ effect: Effect, _ least: Double) -> Bool? {
    Criterion(atLeast: least, pValue: largestPValue).isMet(by: effect)
  }
}
