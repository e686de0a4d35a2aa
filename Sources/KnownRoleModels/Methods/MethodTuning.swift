import Analyses
import Foundation

/// How many units of a ranking are taken.
public enum Cut: Codable, Sendable, Hashable {
  /// Those whose score is at least this share of the largest one.
  case relative(Double)
  /// This share of all units, rounded up.
  case share(Double)
  /// So many.
  case count(Int)

  /// All that are tried.
  public static let all: [Cut] =
    [0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map(Cut.relative)
    + [0.0625, 0.125, 0.1875, 0.25, 0.375, 0.5].map(Cut.share) + (1...16).map(Cut.count)

  /// How many units are taken by these scores, none of which is below 0; none if all are 0.
  public func size(_ scores: [Double]) -> Int {
    let largest = scores.max() ?? 0
    if !(largest > 0) { return 0 }
    switch self {
    case .relative(let share): return scores.count { $0 >= share * largest }
    case .share(let share): return min(scores.count, Int((share * Double(scores.count)).rounded(.up)))
    case .count(let count): return min(scores.count, max(0, count))
    }
  }

  fileprivate var kind: Int {
    switch self {
    case .relative: 0
    case .share: 1
    case .count: 2
    }
  }
}

/// What was chosen for one method and one role on some models: nothing, for methods that have their own rule.
public struct MethodTuning: Codable, Sendable, Equatable {
  /// The method that was tuned.
  public let method: RoleMethod
  /// The role that it was tuned for.
  public let role: SoughtRole
  /// The cut with the largest mean F1. Of equal ones relative cuts are preferred to shares, and these to counts; of those that are
  /// left the middle one is taken.
  public let cut: Cut?
  /// The role is there if a ranking's strength is at least this: what has the largest mean of the share of models with the role
  /// that are said to have it, and the share without that are not. Of equal ones the middle; nil if the models do not differ in
  /// whether they have the role, and every model is then said to have it.
  public let leastStrength: Double?
  /// The mean F1 on the models that it was tuned on; nil where none has the role in units that are scored.
  public let f1: Double?

  package init(_ method: RoleMethod, _ role: SoughtRole, on models: [MethodsOnModel]) {
    (self.method, self.role) = (method, role)
    guard method.kind == .ranking else {
      (cut, leastStrength, f1) = (nil, nil, nil)
      return
    }
    var (scored, judged) = (
      [(scores: [Double], model: MethodsOnModel)](), [(strength: Double, isThere: Bool)]()
    )
    for model in models {
      guard case .ranking(let scores, let strength)? = model[method, role]?.found else { continue }
      if model.truth[role] != nil, model.scoresUnits { scored.append((scores, model)) }
      judged.append((strength, model.has(role, for: method)))
    }
    let means = Cut.all.map { cut in
      scored.reduce(0) { sum, one in
        sum
          + SetScore(
            Self.units(of: one.scores, cut), truth: one.model.truth[role] ?? [],
            neutral: one.model.neutral[role] ?? []
          ).f1
      } / Double(max(1, scored.count))
    }
    let best = means.max() ?? 0
    let equal = Cut.all.indices.filter { means[$0] >= best - 1e-9 }.map { Cut.all[$0] }
    let preferred = equal.filter { $0.kind == equal[0].kind }
    cut = preferred[preferred.count / 2]
    f1 = scored.isEmpty ? nil : best
    leastStrength = Self.threshold(judged)
  }

  package static func units(of scores: [Double], _ cut: Cut) -> [Int] {
    Array(ranking(of: scores).prefix(cut.size(scores)))
  }

  /// The number that best parts models with the role from those without.
  package static func threshold(_ models: [(strength: Double, isThere: Bool)]) -> Double? {
    let (with, without) = (models.filter(\.isThere), models.filter { !$0.isThere })
    guard !with.isEmpty, !without.isEmpty else { return nil }
    let values = Set(models.map(\.strength)).sorted()
    // Below all, between each two, and above all.
    let candidates =
      [values[0]] + zip(values, values.dropFirst()).map { ($0 + $1) / 2 }
      + [values[values.count - 1].nextUp]
    let scores = candidates.map { least in
      Double(with.count { $0.strength >= least }) / Double(with.count)
        + Double(without.count { $0.strength < least }) / Double(without.count)
    }
    let best = scores.max() ?? 0
    let equal = candidates.indices.filter { scores[$0] >= best - 1e-9 }
    return candidates[equal[equal.count / 2]]
  }
}
