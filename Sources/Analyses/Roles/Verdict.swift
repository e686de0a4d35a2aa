/// What became of a claim, over all conditions and trainings.
///
/// Decided for each quantity that the claim is about: what no outcome could have met can't be told, which looks at nulls, floors
/// and numbers of sentences, never at estimates; else the best of the others that holds. A claim asks for all of its
/// quantities: where one fails it is *no*, else where one can't be told it can't, else it is the least of them.
public enum Verdict: String, Codable, Sendable, CaseIterable {
  /// Every condition of every training meets the criterion.
  case everywhere
  /// The interval of the mean is above the criterion.
  case onAverage
  /// Above its null, not above the criterion.
  case inPart
  /// Not above its null.
  case no
  /// No outcome could have met it.
  case cannotBeTold
}

/// A claim of the paper with its criterion, fixed before looking, and what was found at each condition on one model.
public struct ClaimFinding: Codable, Sendable, Equatable {
  /// What was found at one condition, such as one (T, t).
  public struct Cell: Codable, Sendable, Equatable {
    /// Such as "T = 5, t = 2".
    public let condition: String
    /// What the criterion is about, such as "token kept"; cells of one claim may be about several.
    public let quantity: String
    /// The number that the criterion is about.
    public let effect: Effect
    /// What the effect must be.
    public let criterion: Criterion
    /// Met, not met, or why it can't be told.
    public let judgement: Judgement

    /// Judges what was measured by a criterion.
    public init(_ found: Measured, _ criterion: Criterion) {
      (condition, quantity, effect) = (found.condition, found.quantity, found.effect)
      self.criterion = criterion
      judgement =
        found.untold.map { .cannotBeTold($0) } ?? criterion.judge(found.effect, best: found.best)
    }

    /// Whether the criterion holds; nil if it can't be told.
    public var isMet: Bool? {
      switch judgement {
      case .met: true
      case .notMet: false
      case .cannotBeTold: nil
      }
    }

    /// Why it can't be told; nil if it can.
    public var untold: String? { if case .cannotBeTold(let reason) = judgement { reason } else { nil } }
  }

  /// R0 … R9.
  public let name: String
  /// What is claimed, in a sentence.
  public let statement: String
  /// What must be found, in words.
  public let criterion: String
  /// One for each condition and quantity.
  public let cells: [Cell]

  /// A claim with what was found at each of its conditions.
  public init(_ name: String, _ statement: String, criterion: String, _ cells: [Cell]) {
    (self.name, self.statement, self.criterion, self.cells) = (name, statement, criterion, cells)
  }

  /// How many conditions meet the criterion, of those that can be told.
  public var met: Int { cells.count { $0.isMet == true } }
  /// How many conditions can be told.
  public var told: Int { cells.count { $0.isMet != nil } }

  /// Why the claim can't be told: the most frequent reason of a quantity of which no condition can; nil if it can.
  public var untold: String? {
    guard !cells.isEmpty else { return "no condition was measured" }
    for quantity in Set(cells.map(\.quantity)).sorted() {
      let own = cells.filter { $0.quantity == quantity }
      guard own.allSatisfy({ $0.isMet == nil }) else { continue }
      let reasons = Dictionary(grouping: own.compactMap(\.untold)) { $0 }.mapValues(\.count)
      return reasons.min { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\(quantity): \($0.key)" }
    }
    return nil
  }

  /// Whether every condition that can be told meets the criterion, and some can of every quantity.
  public var isMetEverywhere: Bool { untold == nil && met == told }

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
  /// How the claims were judged.
  public enum Arm: String, Codable, Sendable {
    /// As published, faults included.
    case faithful
    /// With unseen inputs, nulls and intervals.
    case corrected
  }

  /// As published, or corrected.
  public let arm: Arm
  /// R0 to R9, in this order.
  public let claims: [ClaimFinding]

  /// The claims of one arm.
  public init(_ arm: Arm, _ claims: [ClaimFinding]) {
    (self.arm, self.claims) = (arm, claims)
  }

  /// The finding of a claim, by its name, such as "R3"; nil if there is none.
  public subscript(name: String) -> ClaimFinding? { claims.first { $0.name == name } }
}
