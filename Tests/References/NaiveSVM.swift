import Analyses

/// The same machine for two classes by the plainest pairwise steps, in Double: what the fast solver is tested against.
///
/// Platt 1999 with the pair that violates most: nothing merged, nothing centred, no free set.
public struct NaiveSVM {
  public var weights: [Double]
  public var bias = 0.0
  /// ½ |w|² + C Σ max(0, 1 − y (w·x + b)).
  public var objective = 0.0

  /// - Parameter copies: How many times each row counts; once if not said.
  public init(_ examples: LabelledStates, cost: Double = 1, copies: [Double]? = nil, tolerance: Double = 1e-7)
  {
    let costs = (copies ?? [Double](repeating: 1, count: examples.count)).map { $0 * cost }
    let x = (0..<examples.count).map { examples.states.row($0).map(Double.init) }
    let first = examples.labels.min() ?? 0
    let y = examples.labels.map { $0 == first ? 1.0 : -1.0 }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    var alpha = [Double](repeating: 0, count: x.count)
    var w = [Double](repeating: 0, count: examples.units)
    while true {
      let gradient = x.indices.map { y[$0] - dot(w, x[$0]) }
      let rising = x.indices.filter { y[$0] > 0 ? alpha[$0] < costs[$0] : alpha[$0] > 0 }
      let falling = x.indices.filter { y[$0] > 0 ? alpha[$0] > 0 : alpha[$0] < costs[$0] }
      guard let i = rising.max(by: { gradient[$0] < gradient[$1] }),
        let j = falling.min(by: { gradient[$0] < gradient[$1] })
      else { break }
      bias = (gradient[i] + gradient[j]) / 2
      if gradient[i] - gradient[j] <= tolerance { break }
      let difference = zip(x[i], x[j]).map { $0 - $1 }
      let room = min(y[i] > 0 ? costs[i] - alpha[i] : alpha[i], y[j] > 0 ? alpha[j] : costs[j] - alpha[j])
      let step = min((gradient[i] - gradient[j]) / max(dot(difference, difference), 1e-12), room)
      alpha[i] += y[i] * step
      alpha[j] -= y[j] * step
      for unit in w.indices { w[unit] += step * difference[unit] }
    }
    weights = w
    objective = Self.objective(of: w, bias: bias, examples, costs: costs)
  }

  /// ½ |w|² + Σ C max(0, 1 − y (w·x + b)), with a C for each row; the lower label is y = 1.
  public static func objective(
    of weights: [Double], bias: Double, _ examples: LabelledStates, costs: [Double]
  )
    -> Double
  {
    let first = examples.labels.min() ?? 0
    var sum = weights.reduce(0) { $0 + $1 * $1 } / 2
    for row in 0..<examples.count {
      let decision = zip(weights, examples.states.row(row)).reduce(bias) { $0 + $1.0 * Double($1.1) }
      sum += costs[row] * max(0, 1 - (examples.labels[row] == first ? decision : -decision))
    }
    return sum
  }
}
