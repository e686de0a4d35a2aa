import Foundation

/// Where on a path from 0 to 1 an integral is sampled, and with what weights.
public enum IntegrationRule: Codable, Sendable, Hashable {
  /// k / n for k = 0 … n − 1, all with weight 1 / n: the published rule with n = 50. Its error falls as 1 / n.
  case leftRiemann(Int)
  /// The roots of the Legendre polynomial of degree n: exact for polynomials up to degree 2 n − 1.
  case gaussLegendre(Int)

  /// The rule of the published code.
  public static let published = IntegrationRule.leftRiemann(50)

  /// How many places the path is sampled at.
  public var count: Int {
    switch self {
    case .leftRiemann(let count), .gaussLegendre(let count): count
    }
  }

  /// The places in ascending order, and their weights, whose sum is 1.
  ///
  /// - Throws: `AnalysisError.invalidOption` for fewer than 1 place.
  public func nodes() throws -> (places: [Double], weights: [Double]) {
    guard count >= 1 else {
      throw AnalysisError.invalidOption(
        name: "the number of places on the path", value: "\(count)", expected: "at least 1")
    }
    switch self {
    case .leftRiemann(let n):
      return (
        (0..<n).map { Double($0) / Double(n) }, [Double](repeating: 1 / Double(n), count: n)
      )
    case .gaussLegendre(let n):
      let roots = (0..<n).map { legendreRoot($0, degree: n) }
      // From [−1, 1] to [0, 1]; there the weights are 2 / ((1 − x²) P'(x)²), Abramowitz & Stegun 1964, 25.4.29.
      return (
        roots.map { ($0.root + 1) / 2 },
        roots.map { 1 / ((1 - $0.root * $0.root) * $0.slope * $0.slope) }
      )
    }
  }
}

/// Root `index`, counted from the lowest, of the Legendre polynomial of this degree, and its slope there, by Newton's
/// method from the estimate of Abramowitz & Stegun 1964, 22.16.6.
private func legendreRoot(_ index: Int, degree: Int) -> (root: Double, slope: Double) {
  let n = Double(degree)
  var x = -cos(.pi * (Double(index) + 0.75) / (n + 0.5))
  var slope = 1.0
  // Newton's method doubles the digits each time: from this estimate, four steps reach the last one.
  for _ in 0..<10 {
    // (k + 1) P(k + 1) = (2 k + 1) x P(k) − k P(k − 1), and (x² − 1) P'(n) = n (x P(n) − P(n − 1)).
    var (last, value) = (1.0, x)
    for k in 1..<max(degree, 1) {
      (last, value) = (value, ((2 * Double(k) + 1) * x * value - Double(k) * last) / Double(k + 1))
    }
    slope = n * (x * value - last) / (x * x - 1)
    x -= value / slope
  }
  return (x, slope)
}
