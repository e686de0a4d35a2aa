/// How near a set of units comes to the one that is there.
public struct SetScore: Codable, Sendable, Hashable {
  /// Of the units of the set those that are right, as a share; nil for no unit.
  public let precision: Double?
  /// Of the right units those that are in the set, as a share.
  public let recall: Double
  /// 2 · right / (units of the set + right units), the harmonic mean of the two; 0 for no unit.
  public let f1: Double

  /// Scores a set that a method found.
  ///
  /// - Parameters:
  ///   - truth: The right units, at least one.
  ///   - neutral: Units that count neither for the set nor against it.
  public init(_ found: [Int], truth: [Int], neutral: [Int] = []) {
    let truth = Set(truth)
    let found = Set(found).subtracting(Set(neutral).subtracting(truth))
    let right = Double(found.intersection(truth).count)
    precision = found.isEmpty ? nil : right / Double(found.count)
    recall = truth.isEmpty ? 0 : right / Double(truth.count)
    f1 = found.isEmpty && truth.isEmpty ? 0 : 2 * right / Double(found.count + truth.count)
  }
}
