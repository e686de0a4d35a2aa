import Foundation

/// Finds nice places for ticks, after Talbot, Lin and Hanrahan, "An Extension of Wilkinson's Algorithm for
/// Positioning Tick Labels on Axes" (InfoVis 2010), with all ticks inside the domain.
package enum TickSearch {
  /// Step sizes with their niceness; 2.5 needs a decimal more than the others.
  private static let steps = [(1.0, 1.0), (5, 0.9), (2, 0.85), (2.5, 0.5), (4, 0.1), (3, 0)]

  /// Multiples of a nice step inside the domain, about as many as the target; whole numbers only if asked.
  package static func values(in domain: ClosedRange<Double>, target: Int, whole: Bool) -> [Double] {
    let (low, high) = (domain.lowerBound, domain.upperBound)
    let length = high - low
    guard length > 1e-300, length.isFinite else { return [low] }
    let tolerance = length * 1e-9
    var best: (score: Double, values: [Double]) = (-.infinity, [])
    let decade = Int(floor(log10(length / Double(max(target, 1)))))
    for power in (decade - 1)...(decade + 2) {
      for (base, niceness) in steps {
        let step = base * pow(10, Double(power))
        if whole, step != step.rounded() || step < 1 { continue }
        let first = ceil((low - tolerance) / step)
        let last = floor((high + tolerance) / step)
        let count = Int(min(last - first + 1, 1000))
        guard count >= 1, count < 200 else { continue }
        let hasZero = first <= 0 && last >= 0
        let simplicity = niceness + (hasZero ? 0.25 : 0)
        let left = first * step - low
        let right = high - last * step
        let coverage = 1 - 0.5 * (left * left + right * right) / ((0.1 * length) * (0.1 * length))
        let ratio = Double(count) / Double(max(target, 1))
        let density = 2 - max(ratio, 1 / ratio)
        let lonely = count == 1 ? 1.0 : 0
        let score = 0.4 * simplicity + 0.1 * max(coverage, -2) + 0.5 * density - lonely
        if score > best.score + 1e-12 {
          let values = (0..<count).map { (first + Double($0)) * step }
          best = (score, values)
        }
      }
    }
    return best.values
  }
}
