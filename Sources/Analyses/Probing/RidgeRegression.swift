import Base
import LinearAlgebra

/// A linear prediction of a number from a state, with a penalty on the squared weights: scikit-learn's `Ridge`.
///
/// Minimises Σ (y − b − w·x)² + penalty · |w|², with the intercept b unpenalised (Hoerl & Kennard 1970), by Cholesky's
/// decomposition in Double.
public struct RidgeRegression: Codable, Sendable, Equatable {
  /// `[units]`.
  public let weights: [Double]
  /// b: the prediction for a state of zeros.
  public let intercept: Double
  /// The factor of |w|², above 0.
  public let penalty: Double

  /// Fits one regression.
  ///
  /// - Parameters:
  ///   - states: `[rows, units]`.
  ///   - targets: `[rows]`.
  ///   - penalty: Above 0, so that there is one solution even if units are copies of each other.
  /// - Throws: `AnalysisError.countMismatch`, `.tooFewRows`, `.invalidOption`, `.valueNotFinite`.
  public init(_ states: Matrix, targets: [Double], penalty: Double = 1) throws {
    self = try Self.fits(states, targets: [targets], penalty: penalty)[0]
  }

  private init(weights: [Double], intercept: Double, penalty: Double) {
    self.weights = weights
    self.intercept = intercept
    self.penalty = penalty
  }

  /// One regression for each of several targets, which share the decomposition.
  package static func fits(_ states: Matrix, targets: [[Double]], penalty: Double) throws -> [RidgeRegression]
  {
    guard penalty > 0, penalty.isFinite else {
      throw AnalysisError.invalidOption(name: "penalty", value: "\(penalty)", expected: "above 0")
    }
    guard states.rows >= 2 else {
      throw AnalysisError.tooFewRows(condition: "a state to fit", found: states.rows, needed: 2)
    }
    for target in targets where target.count != states.rows {
      throw AnalysisError.countMismatch(what: "targets", expected: states.rows, found: target.count)
    }
    let (rows, units) = (states.rows, states.columns)
    if let place = states.storage.firstIndex(where: { !$0.isFinite }) {
      throw AnalysisError.valueNotFinite(what: "the state", row: place / units, unit: place % units)
    }
    for target in targets {
      if let row = target.firstIndex(where: { !$0.isFinite }) {
        throw AnalysisError.valueNotFinite(what: "the target", row: row, unit: 0)
      }
    }
    let means = Standardization(states).means
    let targetMeans = targets.map { $0.reduce(0, +) / Double(rows) }
    var gram = [Double](repeating: 0, count: units * units)
    var products = targets.map { _ in [Double](repeating: 0, count: units) }
    var centred = [Double](repeating: 0, count: units)
    for row in 0..<rows {
      for unit in 0..<units { centred[unit] = Double(states.storage[row * units + unit]) - means[unit] }
      for unit in 0..<units {
        let value = centred[unit]
        for other in 0...unit { gram[unit * units + other] += value * centred[other] }
      }
      for target in targets.indices {
        let value = targets[target][row] - targetMeans[target]
        for unit in 0..<units { products[target][unit] += value * centred[unit] }
      }
    }
    for unit in 0..<units { gram[unit * units + unit] += penalty }
    factor(&gram, units)
    return targets.indices.map { target in
      let weights = solve(gram, units, products[target])
      let shift = zip(weights, means).reduce(0) { $0 + $1.0 * $1.1 }
      return RidgeRegression(weights: weights, intercept: targetMeans[target] - shift, penalty: penalty)
    }
  }

  /// The prediction for each row of states `[rows, units]`.
  public func predict(_ states: Matrix) -> [Double] {
    ensure(
      states.columns == weights.count,
      "a regression on \(weights.count) units can't judge states of \(states.columns)")
    return (0..<states.rows).map { row in
      let first = row * states.columns
      return weights.indices.reduce(intercept) { $0 + weights[$1] * Double(states.storage[first + $1]) }
    }
  }

  /// R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)², ȳ the mean of these targets: scikit-learn's `r2_score`. Below 0 if the mean
  /// would predict better; nil if the targets are all equal.
  public func rSquared(on states: Matrix, targets: [Double]) -> Double? {
    let mean = targets.reduce(0, +) / Double(max(targets.count, 1))
    let whole = targets.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let left = zip(predict(states), targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return whole > 0 ? 1 - left / whole : nil
  }
}

/// The lower triangle L of a positive definite matrix A = L Lᵀ, in place (Golub & Van Loan).
private func factor(_ a: inout [Double], _ n: Int) {
  for column in 0..<n {
    for row in column..<n {
      var sum = a[row * n + column]
      for k in 0..<column { sum -= a[row * n + k] * a[column * n + k] }
      a[row * n + column] = row == column ? sum.squareRoot() : sum / a[column * n + column]
    }
  }
}

/// The solution of L Lᵀ x = b.
private func solve(_ l: [Double], _ n: Int, _ b: [Double]) -> [Double] {
  var x = b
  for row in 0..<n {
    for k in 0..<row { x[row] -= l[row * n + k] * x[k] }
    x[row] /= l[row * n + row]
  }
  for row in (0..<n).reversed() {
    for k in row + 1..<max(n, row + 1) { x[row] -= l[k * n + row] * x[k] }
    x[row] /= l[row * n + row]
  }
  return x
}
