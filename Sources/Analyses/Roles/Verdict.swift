/// What became of a claim.
public enum Verdict: String, Codable, Sendable {
  case met
  case notMet
  /// Nothing could be measured that would tell.
  case notDetermined
}

/// A claim of the paper with its criterion, fixed before looking, and what was found at each condition.
public struct ClaimFinding: Codable, Sendable, Equatable {
  /// What was found at one condition, such as one (T, t).
  public struct Cell: Codable, Sendable, Equatable {
    /// Such as "T = 5, t = 2".
    public let condition: String
    /// What the criterion is about, such as "token kept"; cells of one claim may be about several.
    public let quantity: String
    /// The number that the criterion is about.
    public let effect: Effect
    /// Whether the criterion holds; nil if it can't be told.
    public let isMet: Bool?

    public init(_ condition: String, _ quantity: String, _ effect: Effect, isMet: Bool?) {
      (self.condition, self.quantity, self.effect, self.isMet) = (condition, quantity, effect, isMet)
    }
  }

  /// R0 … R9.
  public let name: String
  public let statement: String
  public let criterion: String
  public let cells: [Cell]

  public init(_ name: String, _ statement: String, criterion: String, _ cells: [Cell]) {
    (self.name, self.statement, self.criterion, self.cells) = (name, statement, criterion, cells)
  }

  /// How many conditions meet the criterion, of those that can be told.
  public var met: Int { cells.count { $0.isMet == true } }
  public var told: Int { cells.count { $0.isMet != nil } }

  /// Met if every condition that can be told meets the criterion.
  public var verdict: Verdict { told == 0 ? .notDetermined : met == told ? .met : .notMet }

  /// The condition that is farthest from the criterion: of those that fail it, if any, the one with the smallest
  /// estimate; one without an estimate only if none has one.
  public var worst: Cell? {
    let failed = cells.filter { $0.isMet == false }
    let candidates = failed.isEmpty ? cells.filter { $0.isMet != nil } : failed
    return candidates.min {
      ($0.effect.measurement?.estimate ?? .infinity) < ($1.effect.measurement?.estimate ?? .infinity)
    }
  }
}

/// All claims of one arm, on one model.
public struct Scorecard: Codable, Sendable, Equatable {
  public enum Arm: String, Codable, Sendable {
    /// As published, faults included.
    case faithful
    /// With unseen inputs, nulls and intervals.
    case corrected
  }

  public let arm: Arm
  public let claims: [ClaimFinding]

  public init(_ arm: Arm, _ claims: [ClaimFinding]) {
    (self.arm, self.claims) = (arm, claims)
  }

  public subscript(name: String) -> ClaimFinding? { claims.first { $0.name == name } }
}
