/// What an effect must be to count, fixed before looking. It judges, and it says in words what it asks.
public struct Criterion: Codable, Sendable, Hashable {
  /// The smallest estimate; nil: any.
  public var least: Double?
  /// The largest p against the effect's null; nil: any.
  public var pValue: Double?
  /// The largest mean of the null, such as what random sets do; nil: any.
  public var nullMean: Double?
  /// Whether the interval must lie above 0.
  public var isAboveZero: Bool
  /// The fewest sentences that can tell; nil: any.
  public var sentences: Int?

  /// A criterion without any bound is met by every effect that is determined.
  public init(
    atLeast least: Double? = nil, pValue: Double? = nil, nullMean: Double? = nil, isAboveZero: Bool = false,
    sentences: Int? = nil
  ) {
    (self.least, self.pValue, self.nullMean) = (least, pValue, nullMean)
    (self.isAboveZero, self.sentences) = (isAboveZero, sentences)
  }

  /// Whether an effect meets it; nil if the effect is not determined. Whether it could have met it is not asked.
  public func isMet(by effect: Effect) -> Bool? {
    effect.measurement.map { found in
      found.estimate >= least ?? -.infinity && found.null.pValue <= pValue ?? 1
        && found.null.mean <= nullMean ?? .infinity && (!isAboveZero || found.interval.low > 0)
    }
  }

  /// Judges an effect. What no outcome could have met can't be told: that is decided by the null and the number of
  /// sentences, never by the estimate.
  ///
  /// - Parameter best: The largest estimate that there can be, such as 1 for a share; nil where there is none.
  public func judge(_ effect: Effect, best: Double? = nil) -> Judgement {
    switch effect {
    case .notDetermined(.noSet): .notMet
    case .notDetermined(let reason): .cannotBeTold(reason.description)
    case .measured(let found):
      if let reason = impossibility(found, best: best) {
        .cannotBeTold(reason)
      } else {
        isMet(by: effect) == true ? .met : .notMet
      }
    }
  }

  private func impossibility(_ found: Effect.Measurement, best: Double?) -> String? {
    if let sentences, found.sentences < sentences {
      return "\(found.sentences) sentences are too few, of at least \(sentences)"
    }
    if let pValue {
      let null = found.null
      let least = null.leastPValue(best: best)
      if null.draws < Int((1 / pValue).rounded(.down)) - 1 {
        return "\(null.draws) draws are too few for p ≤ \(Self.text(pValue))"
      }
      if least > pValue {
        return
          "\(null.description): \(null.atLargest) of \(null.draws) do all that there is to do, so that p can't be below \(Self.text(least))"
      }
    }
    return nil
  }

  /// What it asks, such as "≥ 0.9, more than with 99 % of the draws of the null".
  public var text: String {
    var parts: [String] = []
    if let least { parts.append("≥ \(Self.text(least))") }
    if let pValue { parts.append("more than with \(Self.text(100 * (1 - pValue))) % of the null") }
    if let nullMean { parts.append("the null ≤ \(Self.text(nullMean)) on average") }
    if isAboveZero { parts.append("interval above 0") }
    return parts.isEmpty ? "any" : parts.joined(separator: ", ")
  }

  /// Without the last digits of binary fractions.
  private static func text(_ value: Double) -> String {
    let rounded = (value * 10_000).rounded() / 10_000
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}

/// What became of a criterion at one condition.
public enum Judgement: Codable, Sendable, Hashable {
  /// The effect fulfils the criterion.
  case met
  /// It does not, though some outcome could have.
  case notMet
  /// No outcome could have met it, or there is none; why.
  case cannotBeTold(String)
}
