import CellRecords
import Foundation

@_exported import struct CellRecords.ShownClaim

/// A claim, the criterion that was fixed before looking, and what was found: the page shows the verdict.
///
///     show(Claim(
///       "R0", "The model positions tokens", criterion: "token accuracy ≥ .99 on unseen inputs",
///       estimate: 0.998, interval: Interval.wilson(499, of: 500), null: "chance: 0.125", count: 500,
///       isMet: { $0.low >= 0.99 }))
///
/// All claims of a book are also written to `scorecard.json`.
public struct Claim: Sendable {
  /// What the page shows of it.
  public let shown: ShownClaim

  init(_ shown: ShownClaim) { self.shown = shown }

  /// A claim about an estimate.
  ///
  /// - Parameters:
  ///   - null: What the estimate would be if the claim were wrong.
  ///   - count: The number of sentences behind the estimate; with 0, the claim is undetermined. nil where the
  ///     estimate does not rest on sentences, such as that no set of units could have a role.
  ///   - isMet: Whether the criterion is met, which makes the verdict "everywhere". It is given the interval: a criterion judged on its near end can't be
  ///     met by chance.
  ///   - isAboveNull: Whether, where it is not met, the estimate is above its null, which makes it "in part" instead of "no".
  public init(
    _ name: String, _ statement: String, criterion: String, estimate: Double, interval: Interval,
    null: String,
    count: Int?, isMet: (Interval) -> Bool, isAboveNull: (Interval) -> Bool = { _ in false }
  ) {
    let isDetermined = count != 0 && estimate.isFinite && interval.low.isFinite && interval.high.isFinite
    shown = ShownClaim(
      name: name, statement: statement, criterion: criterion,
      evidence: [
        .init(name: "estimate", value: displayText(estimate)),
        .init(name: "95 % interval", value: "\(displayText(interval.low)) to \(displayText(interval.high))"),
        .init(name: "null", value: null),
      ] + (count.map { [.init(name: "sentences", value: displayText($0))] } ?? []),
      verdict: !isDetermined
        ? .cannotBeTold : isMet(interval) ? .everywhere : isAboveNull(interval) ? .inPart : .no,
      reason: isDetermined ? nil : count == 0 ? "no input" : "the estimate is not a number",
      numbers: isDetermined
        ? .init(estimate: estimate, low: interval.low, high: interval.high, sentences: count) : .init())
  }

  /// A claim that can't be told, and why.
  public init(_ name: String, _ statement: String, criterion: String, untoldBecause reason: String) {
    shown = ShownClaim(
      name: name, statement: statement, criterion: criterion,
      evidence: [.init(name: "reason", value: reason)],
      verdict: .cannotBeTold, reason: reason)
  }
}

/// Puts a claim with its verdict on the page, at the place of its cell.
public func show(_ claim: Claim) {
  ChapterProgram.append(.shown(.claim(claim.shown)))
}
