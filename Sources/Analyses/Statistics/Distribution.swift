import Base
import Foundation

/// Probabilities of distributions that intervals and exact tests need.
enum Distribution {
  /// The value below which a share of Student's t distribution lies.
  ///
  /// - Parameters:
  ///   - share: Strictly between 0 and 1.
  ///   - freedom: Degrees of freedom, at least 1.
  static func studentQuantile(_ share: Double, freedom: Int) -> Double {
    ensure(share > 0 && share < 1 && freedom >= 1, "no quantile \(share) of t with \(freedom) degrees")
    if share == 0.5 { return 0 }
    if share < 0.5 { return -studentQuantile(1 - share, freedom: freedom) }
    // By halving; P(T > t) = I_x(ν/2, 1/2) / 2 with x = ν / (ν + t²).
    var (low, high) = (0.0, 1.0)
    func above(_ t: Double) -> Double {
      let nu = Double(freedom)
      return incompleteBeta(nu / (nu + t * t), nu / 2, 0.5) / 2
    }
    while above(high) > 1 - share, high < 1e12 { high *= 2 }
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if above(middle) > 1 - share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The value below which a share of the standard normal distribution lies.
  ///
  /// - Parameter share: Strictly between 0 and 1.
  static func normalQuantile(_ share: Double) -> Double {
    ensure(share > 0 && share < 1, "no quantile \(share) of the normal distribution")
    if share < 0.5 { return -normalQuantile(1 - share) }
    // By halving.
    var (low, high) = (0.0, 40.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if erfc(middle / 2.0.squareRoot()) / 2 > 1 - share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// P(X ≥ count) of a binomial distribution, summed exactly.
  static func binomialTail(atLeast count: Int, of trials: Int, probability: Double) -> Double {
    if count <= 0 { return 1 }
    if count > trials || probability <= 0 { return 0 }
    if probability >= 1 { return 1 }
    let (p, q) = (log(probability), log1p(-probability))
    let sum = (count...trials).reduce(0.0) { sum, k in
      sum + exp(logChoose(trials, k) + Double(k) * p + Double(trials - k) * q)
    }
    return min(1, sum)
  }

  /// I_x(a, b), the regularised incomplete beta function, by its continued fraction (Abramowitz & Stegun 1964, 26.5.8), which
  /// is evaluated from the front by Lentz's method.
  static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    // The fraction converges fast on this side of the mean.
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    let tiny = 1e-300
    var (c, d) = (1.0, 1 - (a + b) * x / (a + 1))
    d = 1 / (abs(d) < tiny ? tiny : d)
    var fraction = d
    for m in 1...500 {
      let m = Double(m)
      let twice = a + 2 * m
      let even: Double = m * (b - m) * x / ((twice - 1) * twice)
      let odd: Double = -(a + m) * (a + b + m) * x / (twice * (twice + 1))
      for coefficient in [even, odd] {
        d = 1 + coefficient * d
        d = 1 / (abs(d) < tiny ? tiny : d)
        c = 1 + coefficient / c
        if abs(c) < tiny { c = tiny }
        fraction *= c * d
      }
      if abs(c * d - 1) < 1e-15 { break }
    }
    return front * fraction
  }
}
