import Networks

/// A hypothesis about a mechanism: sets of units, and what the state of each depends on.
///
///     let chain = try Hypothesis([
///       .init("storing", storing, dependsOn: .word), .init("counting", counting, dependsOn: .timeLeft),
///       .init("triggering", triggering, dependsOn: .timeLeft),
///       .init("outputting", outputting, dependsOn: .wordAndTimeLeft),
///     ])
///
/// Units in no part do nothing, the hypothesis says.
public struct Hypothesis: Codable, Sendable, Hashable {
  /// What may be exchanged with a row that agrees in it.
  public enum Dependence: String, Codable, Sendable, CaseIterable {
    /// The word w, as long as it is due, and apart from that once it was.
    case word
    /// T − t.
    case timeLeft
    /// The pair of them.
    case wordAndTimeLeft
    /// Neither: any row will do.
    case nothing
  }

  /// A set of units, and what it is said to hold.
  public struct Part: Codable, Sendable, Hashable {
    /// What the set is called.
    public let role: String
    /// Counted from 0; no unit is in two parts.
    public let units: [Int]
    /// What the units are said to depend on.
    public let dependence: Dependence

    /// A set with the name of its role.
    public init(_ role: String, _ units: [Int], dependsOn dependence: Dependence) {
      (self.role, self.units, self.dependence) = (role, units, dependence)
    }
  }

  /// The sets, none of which share a unit.
  public let parts: [Part]

  /// A hypothesis that names a unit at least, and none twice.
  ///
  /// - Throws: `AnalysisError.repeatedUnit` for a unit in two parts or twice in one, `.tooFewRows` for a part, or a
  ///   hypothesis, without units.
  public init(_ parts: [Part]) throws {
    guard !parts.isEmpty else {
      throw AnalysisError.tooFewRows(condition: "a part of the hypothesis", found: 0, needed: 1)
    }
    for part in parts where part.units.isEmpty {
      throw AnalysisError.tooFewRows(condition: "a unit in the part “\(part.role)”", found: 0, needed: 1)
    }
    var seen = Set<Int>()
    for unit in parts.flatMap(\.units) {
      guard seen.insert(unit).inserted else { throw AnalysisError.repeatedUnit(unit: unit) }
    }
    self.parts = parts
  }

  /// The units of all parts, in their order.
  public var units: [Int] { parts.flatMap(\.units) }

  /// The same parts with other units, taken in order.
  func replacing(_ units: [Int]) throws -> Hypothesis {
    var left = units[...]
    return try Hypothesis(
      parts.map { part in
        defer { left = left.dropFirst(part.units.count) }
        return Part(part.role, Array(left.prefix(part.units.count)), dependsOn: part.dependence)
      })
  }
}
