import Foundation

/// A measured effect that can't be had without its interval, its null distribution and its number of sentences, or
/// the reason why there is no number.
///
///     let effect = Effect(
///       estimate: 0.4, interval: .wilson(4, of: 10), null: drops, ofDraws: "random sets of 8 units",
///       sentences: 10)
///     effect.measurement?.null.pValue
///
/// There is no other way to make one: what can't be told is `notDetermined`, never a number that looks like one.
public enum Effect: Codable, Sendable, Hashable {
  /// A number, which can't be without its interval, null and sentences.
  case measured(Measurement)
  /// No number, and why.
  case notDetermined(Reason)

  /// A number with everything that is needed to judge it. Only `Effect` makes one.
  public struct Measurement: Codable, Sendable, Hashable {
    /// In the quantity's own unit, such as a share from 0 to 1 or a difference of logits.
    public let estimate: Double
    /// 95 %, over what the method of the interval resamples.
    public let interval: Interval
    /// Where the estimate lies among draws without the role.
    public let null: NullDistribution
    /// How many different sentences the estimate rests on: the same sentence with another request is no independent
    /// evidence, and a repeat is none at all. Where inputs have no sentences, how many inputs (`Rows.sentenceNumbers`).
    public let sentences: Int

    fileprivate init(estimate: Double, interval: Interval, null: NullDistribution, sentences: Int) {
      self.estimate = estimate
      self.interval = interval
      self.null = null
      self.sentences = sentences
    }
  }

  /// Why there is no number.
  public enum Reason: Codable, Sendable, Hashable {
    /// No row fulfils the condition.
    case noRows(condition: String)
    /// All rows come from one sentence, so that nothing can be said about another.
    case oneSentenceOnly
    /// Nothing was drawn to compare with.
    case noNullDraws
    /// The outcome is undefined, such as the step at which a word is written in a run that never writes it.
    case undefinedOutcome(String)
    /// Nothing does what the role says, so that there is nothing to measure.
    case noSet(String)
    /// An estimate, an interval or a draw is not a number.
    case notFinite(String)
  }

  /// Judges an effect, if all that is needed is there.
  ///
  /// - Parameters:
  ///   - estimate: The effect; the larger, the stronger.
  ///   - interval: 95 %; it need not hold the estimate, but its ends must be in order.
  ///   - null: The same quantity for each draw of the null.
  ///   - description: What a draw is, such as "random sets of 8 units".
  ///   - sentences: How many different sentences the estimate rests on.
  public init(
    estimate: Double, interval: Interval, null: [Double], ofDraws description: String, sentences: Int
  ) {
    if sentences == 0 {
      self = .notDetermined(.noRows(condition: "an outcome"))
    } else if sentences == 1 {
      self = .notDetermined(.oneSentenceOnly)
    } else if null.isEmpty {
      self = .notDetermined(.noNullDraws)
    } else if !estimate.isFinite {
      self = .notDetermined(.notFinite("the estimate"))
    } else if !(interval.low.isFinite && interval.high.isFinite && interval.low <= interval.high) {
      self = .notDetermined(.notFinite("the interval"))
    } else if let null = NullDistribution(null, against: estimate, description: description) {
      self = .measured(
        Measurement(estimate: estimate, interval: interval, null: null, sentences: sentences))
    } else {
      self = .notDetermined(.notFinite("a draw of the null"))
    }
  }

  /// The number and its company, if there is one.
  public var measurement: Measurement? {
    if case .measured(let measurement) = self { measurement } else { nil }
  }

  /// Why there is no number, if there is none.
  public var reason: Reason? {
    if case .notDetermined(let reason) = self { reason } else { nil }
  }
}

extension Effect.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noRows(let condition): "not determined: no row has \(condition)"
    case .oneSentenceOnly:
      "not determined: all rows come from one sentence, and say nothing of another; take rows of more sentences"
    case .noNullDraws: "not determined: nothing was drawn to compare with"
    case .undefinedOutcome(let why): "not determined: \(why)"
    case .noSet(let what): "no set of at most half of the units \(what)"
    case .notFinite(let what): "not determined: \(what) is not a number"
    }
  }
}

/// Where an effect lies among the draws of a null, and what those are like.
public struct NullDistribution: Codable, Sendable, Hashable {
  /// What a draw is, such as "random sets of 8 units".
  public let description: String
  /// How many draws there were.
  public let draws: Int
  /// The mean of the draws.
  public let mean: Double
  /// The standard deviation of the draws, divided by their number less one; 0 for a single draw.
  public let deviation: Double
  /// The middle 95 % of the draws.
  public let range: Interval
  /// The middle of the draws.
  public let median: Double
  /// (1 + draws with an effect at least as large) / (draws + 1), Phipson & Smyth 2010; never 0.
  public let pValue: Double
  /// The percentage of the draws with a smaller effect, of equal ones half: 50 for an effect in their middle.
  public let percentile: Double
  /// (effect − mean) / deviation; nil if all draws are equal.
  public let zScore: Double?
  /// The largest draw, and how many draws are as large: where they do all that there is to do, no effect can beat them.
  public let largest: Double
  /// How many draws equal `largest`.
  public let atLargest: Int
  /// The draws in short: the values that 2.5 %, 5 % … 100 % of them do not exceed.
  public let quantiles: [Double]

  /// Summarises draws; nil if there are none or one of them is not a number.
  public init?(_ draws: [Double], against effect: Double, description: String) {
    guard !draws.isEmpty, effect.isFinite, draws.allSatisfy(\.isFinite) else { return nil }
    self.description = description
    self.draws = draws.count
    let count = Double(draws.count)
    let mean = draws.reduce(0, +) / count
    let squares = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = draws.count > 1 ? (squares / (count - 1)).squareRoot() : 0
    (self.mean, self.deviation) = (mean, deviation)
    range = Interval(low: quantile(0.025, of: draws), high: quantile(0.975, of: draws))
    median = quantile(0.5, of: draws)
    pValue = RandomSets.pValue(effect: effect, null: draws)
    let (below, equal) = (draws.count { $0 < effect }, draws.count { $0 == effect })
    percentile = 100 * (Double(below) + Double(equal) / 2) / count
    zScore = deviation > 1e-12 * max(1, abs(mean)) ? (effect - mean) / deviation : nil
    let largest = draws.max() ?? 0
    (self.largest, atLargest) = (largest, draws.count { $0 >= largest - 1e-9 })
    let sorted = draws.sorted()
    quantiles = (1...40).map { sorted[($0 * sorted.count + 39) / 40 - 1] }
  }

  /// The smallest p that any effect could have.
  ///
  /// - Parameter best: The largest effect that there can be; nil where there is none.
  public func leastPValue(best: Double?) -> Double {
    let reached = best.map { largest >= $0 - 1e-9 } ?? false
    return Double(1 + (reached ? atLargest : 0)) / Double(draws + 1)
  }
}
