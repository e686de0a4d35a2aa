import Base
import Networks
import Tasks

/// A claim of the paper: what is measured for it in each arm, and what each measured quantity must be. One file each.
public protocol ClaimTest: Sendable {
  /// R0 … R9.
  var name: String { get }
  /// Such as "Storing units are necessary".
  var statement: String { get }
  /// Every quantity that is measured, with its criterion.
  func quantities(_ criteria: Criteria) -> [ClaimQuantity]
  /// The corrected arm: on rows that chose nothing, beside a null.
  func measure(on bench: ClaimBench) throws -> [Measured]
  /// The faithful arm: as published; by default nothing, and why.
  func measureAsPublished(on bench: PublishedBench) throws -> [Measured]
  /// Why the published procedure can't judge it; nil if it can.
  var notJudgedAsPublished: String? { get }
}

/// A quantity that a claim is about, such as "token kept", and what it must be.
public struct ClaimQuantity: Sendable, Hashable {
  /// Such as "token kept"; no two of a claim share one.
  public let name: String
  /// What its effect must be.
  public let criterion: Criterion

  /// A quantity and what it must be at each condition.
  public init(_ name: String, _ criterion: Criterion) {
    (self.name, self.criterion) = (name, criterion)
  }
}

/// What was found at one condition, not yet judged.
public struct Measured: Sendable {
  /// Such as "T = 5, t = 2".
  public let condition: String
  /// One of the claim's quantities.
  public let quantity: String
  /// The number with its null, or why there is none.
  public let effect: Effect
  /// The largest effect that there can be; nil where there is none.
  public let best: Double?
  /// Why nothing can be told there, whatever the effect is: such as a floor that can't be exceeded.
  public let untold: String?

  /// A finding at one condition, for one of the claim's quantities.
  public init(
    _ condition: String, _ quantity: String, _ effect: Effect, best: Double? = nil, untold: String? = nil
  ) {
    (self.condition, self.quantity, self.effect) = (condition, quantity, effect)
    (self.best, self.untold) = (best, untold)
  }
}

extension ClaimTest {
  public func measureAsPublished(on bench: PublishedBench) throws -> [Measured] { [] }
  public var notJudgedAsPublished: String? { "the published procedure has nothing that could tell" }

  /// The claim on one model, judged by the criteria.
  public func finding(_ measured: [Measured], _ criteria: Criteria) -> ClaimFinding {
    let quantities = quantities(criteria)
    return ClaimFinding(
      name, statement,
      criterion: quantities.map { "\($0.name) \($0.criterion.text)" }.joined(separator: "; "),
      measured.map { found in
        let quantity = quantities.first { $0.name == found.quantity }
        ensure(quantity != nil, "\(name) measures \(found.quantity), for which it has no criterion")
        return ClaimFinding.Cell(found, quantity?.criterion ?? Criterion())
      })
  }
}

/// R0 to R9, in their order: both arms go through this list.
public enum Claims {
  /// One of each claim; the names are "R0" … "R9".
  public static let all: [any ClaimTest] = [
    R0PositionsTokens(), R1StoringCarriesTheWord(), R2StoringIsNecessary(), R3StoringSuffices(),
    R4CountingKeepsTheTime(), R5CountsDown(), R6TriggeringStarts(), R7OutputtingWrites(), R8FormsAChain(),
    R9SetsDiffer(),
  ]
}
