/// What an effect must be to count, fixed before looking.
public struct Criterion: Codable, Sendable, Hashable {
  /// The smallest estimate; nil: any.
  public var least: Double?
  /// The largest p against the effect's null; nil: any.
  public var pValue: Double?
  /// The largest mean of the null, such as what random sets do; nil: any.
  public var nullMean: Double?

  public init(atLeast least: Double? = nil, pValue: Double? = nil, nullMean: Double? = nil) {
    (self.least, self.pValue, self.nullMean) = (least, pValue, nullMean)
  }

  /// Whether an effect meets it; nil if the effect is not determined.
  public func isMet(by effect: Effect) -> Bool? {
    effect.measurement.map { found in
      found.estimate >= least ?? -.infinity && found.null.pValue <= pValue ?? 1
        && found.null.mean <= nullMean ?? .infinity
    }
  }
}
