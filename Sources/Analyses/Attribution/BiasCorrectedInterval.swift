import Foundation

extension Interval {
  /// The bias-corrected percentile interval at 95 % (Efron 1981; Davison & Hinkley 1997, equation 5.21 with a = 0).
  ///
  /// If a share p of the resampled estimates lies below the estimate, it goes from their quantile Φ(2 Φ⁻¹(p) − 1.96) to
  /// Φ(2 Φ⁻¹(p) + 1.96). With p = ½ these are the quantiles 2.5 % and 97.5 %.
  ///
  /// - Parameter resampled: At least one estimate; equal ones count half as below.
  public static func biasCorrected(_ estimate: Double, resampled: [Double]) -> Interval {
    let count = Double(resampled.count)
    let below = Double(resampled.count { $0 < estimate }) + Double(resampled.count { $0 == estimate }) / 2
    // None below, or all, is less than half a draw, not a share of 0.
    let shift = 2 * normalQuantile(min(max(below, 0.5), count - 0.5) / count)
    let ends = [shift - 1.959963984540054, shift + 1.959963984540054].map { normalShare(below: $0) }
    return Interval(low: quantile(ends[0], of: resampled), high: quantile(ends[1], of: resampled))
  }
}

/// Φ: the share of a standard normal distribution below `z`.
private func normalShare(below z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }

/// Φ⁻¹, by halving.
private func normalQuantile(_ share: Double) -> Double {
  var (low, high) = (-9.0, 9.0)
  for _ in 0..<60 {
    let middle = (low + high) / 2
    if normalShare(below: middle) < share { low = middle } else { high = middle }
  }
  return (low + high) / 2
}
