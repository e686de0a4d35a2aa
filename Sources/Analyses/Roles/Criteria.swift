import Foundation

/// The numbers that R0 to R9 are judged by, fixed before any run.
///
/// A book states them once, under `criteria:` in its `book.yml`; every arm and chapter judges by the same ones, and there are
/// no others: nothing here has a default.
public struct Criteria: Codable, Sendable, Hashable {
  /// R0: the share of unseen inputs with the token at its place, over all of them.
  public var tokenAccuracy: Double
  /// R0: the same share, for every (w, T).
  public var pairAccuracy: Double
  /// R1: a probe's accuracy on unseen inputs.
  public var probeAccuracy: Double
  /// R1: how far that accuracy is above a probe's for control labels.
  public var selectivity: Double
  /// R2, R3 and R5: the share of random sets whose effect must be smaller.
  public var randomSetsBeaten: Double
  /// R3: the share of inputs that keep the token.
  public var tokenKept: Double
  /// R4: P(one step late) with the value of the step before.
  public var oneStepLate: Double
  /// R4: the most of it that random sets may reach on average.
  public var oneStepLateRandom: Double
  /// R5: the share of exchanges that land by the time left.
  public var landsByTimeLeft: Double
  /// R6: P(w at t₁ + 1) after a transplant.
  public var started: Double
  /// R6: the most of it that random sets may reach on average.
  public var startedRandom: Double
  /// R6: the share of a transplant's effect that must pass through the update gates.
  public var throughUpdateGates: Double
  /// R7: the share of the logit difference that outputting units write.
  public var logitShare: Double
  /// R7: the share of all change in the output that must be at T.
  public var changeAtPosition: Double
  /// R8: the share of the effect that passes along the path.
  public var pathShare: Double
  /// R8: the share of the behaviour that must be left with all else resampled.
  public var behaviourKept: Double
  /// R8: the largest p of both shares.
  public var chainPValue: Double
  /// R9, and what is asked of a role beside random sets: the p against chance.
  public var chancePValue: Double
  /// Control 3 and the role test: the share of inputs in which an exchange must do what the role says.
  public var exchangeMoves: Double
  /// The same on the inputs that choose a set's size, with a margin.
  public var exchangeMovesOnTune: Double
  /// The fewest sentences behind a condition that can be told.
  public var sentences: Double

  /// The names of all criteria.
  public static var names: [String] { Key.allCases.map(\.rawValue) }

  private enum Key: String, CaseIterable {
    case tokenAccuracy, pairAccuracy, probeAccuracy, selectivity, randomSetsBeaten, tokenKept, oneStepLate
    case oneStepLateRandom, landsByTimeLeft, started, startedRandom, throughUpdateGates, logitShare
    case changeAtPosition, pathShare, behaviourKept, chainPValue, chancePValue, exchangeMoves
    case exchangeMovesOnTune, sentences
  }

  /// The criteria under their names.
  ///
  /// - Throws: `AnalysisError.invalidOption` where a name is missing, not one of a criterion, or its value not within 0 and 1;
  ///   for `sentences`, not at least 1.
  public init(_ values: [String: Double]) throws {
    let known = Set(Self.names)
    if let name = values.keys.sorted().first(where: { !known.contains($0) }) {
      throw AnalysisError.invalidOption(
        name: "criteria", value: name, expected: "one of " + known.sorted().joined(separator: ", "))
    }
    if let name = known.sorted().first(where: { values[$0] == nil }) {
      throw AnalysisError.invalidOption(
        name: "criteria", value: "nothing for \(name)", expected: "every criterion")
    }
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      let isCount = name == Key.sentences.rawValue
      guard isCount ? value >= 1 && value.isFinite : (0...1).contains(value) else {
        throw AnalysisError.invalidOption(
          name: name, value: "\(value)", expected: isCount ? "at least 1" : "0 to 1")
      }
    }
    self = try JSONDecoder().decode(Criteria.self, from: JSONEncoder().encode(values))
  }

  // MARK: What an effect must be

  /// R0: `tokenAccuracy`, with enough sentences.
  public var token: Criterion { .init(atLeast: tokenAccuracy, sentences: fewest) }
  /// R0, for one (w, T): `pairAccuracy`.
  public var pair: Criterion { .init(atLeast: pairAccuracy) }
  /// R1: `probeAccuracy`.
  public var read: Criterion { .init(atLeast: probeAccuracy, sentences: fewest) }
  /// R1: `selectivity`.
  public var selective: Criterion { .init(atLeast: selectivity, sentences: fewest) }
  /// R2: more than the asked share of random sets.
  public var necessary: Criterion { .init(pValue: largestPValue, sentences: fewest) }
  /// R3: `tokenKept`, and more than the asked share of random sets.
  public var sufficient: Criterion { .init(atLeast: tokenKept, pValue: largestPValue, sentences: fewest) }
  /// R4: `oneStepLate`, and random sets on average at most `oneStepLateRandom`.
  public var late: Criterion {
    .init(atLeast: oneStepLate, nullMean: oneStepLateRandom, sentences: fewest)
  }
  /// R5: `landsByTimeLeft`, and more than the asked share of random sets.
  public var landing: Criterion {
    .init(atLeast: landsByTimeLeft, pValue: largestPValue, sentences: fewest)
  }
  /// R6: `started`, and random sets on average at most `startedRandom`.
  public var start: Criterion { .init(atLeast: started, nullMean: startedRandom, sentences: fewest) }
  /// No bound on p: the gates of all other units are held, and random sets of as many are nearly the same set.
  public var startThroughGates: Criterion { .init(atLeast: throughUpdateGates, sentences: fewest) }
  /// No bounds on p: one unit of 32 never beats 99 % of the random sets, since 3 % of these are the same.
  public var written: Criterion { .init(atLeast: logitShare, sentences: fewest) }
  /// R7: `changeAtPosition`.
  public var changed: Criterion { .init(atLeast: changeAtPosition, sentences: fewest) }
  /// R8: `pathShare`, at most at `chainPValue`.
  public var chainPath: Criterion { .init(atLeast: pathShare, pValue: chainPValue, sentences: fewest) }
  /// R8: `behaviourKept`, at most at `chainPValue`.
  public var chainKept: Criterion { .init(atLeast: behaviourKept, pValue: chainPValue, sentences: fewest) }
  /// R9: above 0 and above chance, at `chancePValue`.
  public var differ: Criterion { .init(pValue: chancePValue, isAboveZero: true, sentences: fewest) }
  /// Of what an exchange must move, and of what it must leave.
  public var moves: Criterion { .init(atLeast: exchangeMoves, pValue: chancePValue) }
  /// Of what an exchange must leave: `exchangeMoves`, with no bound on p, since random sets leave it too.
  public var stays: Criterion { .init(atLeast: exchangeMoves) }

  private var fewest: Int { Int(sentences) }
  /// That of an effect larger than the asked share of random sets; rounding must not make 1 − .99 less than .01.
  private var largestPValue: Double { 1 - randomSetsBeaten + 1e-12 }
}
