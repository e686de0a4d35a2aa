import Base
import LinearAlgebra

/// Sets of units drawn at random, the null against which a chosen set is compared.
public enum RandomSets {
  /// Draws of `size` different units out of `units`, each draw uniform over all such sets.
  public static func uniform(count: Int, size: Int, of units: Int, seed: UInt64) -> [[Int]] {
    ensure(count >= 0, "\(count) random sets were asked for")
    ensure(size >= 0 && size <= units, "sets of \(size) out of \(units) units were asked for")
    var generator = SeededGenerator(seed: seed, label: "random sets")
    return (0..<count).map { _ in generator.sample(size, of: 0..<units).sorted() }
  }

  /// How often a random set does at least what the chosen one does: p = (1 + count) / (draws + 1).
  ///
  /// The chosen set is counted among the draws, so that p is never 0 (Phipson & Smyth 2010).
  public static func pValue(effect: Double, null: [Double]) -> Double {
    Double(1 + null.count { $0 >= effect }) / Double(null.count + 1)
  }
}
