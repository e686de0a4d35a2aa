import Analyses

/// The same machine for two classes by the plainest pairwise steps, in Double: what the fast solver is tested against.
///
/// Platt 1999 with the pair that violates most: nothing merged, nothing centred, no free set.
struct NaiveSVM {
  var weights: [Double]
  var bias = 0.0
  /// ½ |w|² + C Σ max(0, 1 − y (w·x + b)).
  var objective = 0.0

  init(_ examples: LabelledStates, cost: Double = 1, tolerance: Double = 1e-7) {
    let x = (0..<examples.count).map { examples.states.row($0).map(Double.init) }
    let first = examples.labels.min() ?? 0
    let y = examples.labels.map { $0 == first ? 1.0 : -1.0 }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    var alpha = [Double](repeating: 0, count: x.count)
    var w = [Double](repeating: 0, count: examples.units)
    while true {
      let gradient = x.indices.map { y[$0] - dot(w, x[$0]) }
      let rising = x.indices.filter { y[$0] > 0 ? alpha[$0] < cost : alpha[$0] > 0 }
      let falling = x.indices.filter { y[$0] > 0 ? alpha[$0] > 0 : alpha[$0] < cost }
      guard let i = rising.max(by: { gradient[$0] < gradient[$1] }),
        let j = falling.min(by: { gradient[$0] < gradient[$1] })
      else { break }
      bias = (gradient[i] + gradient[j]) / 2
      if gradient[i] - gradient[j] <= tolerance { break }
      let difference = zip(x[i], x[j]).map { $0 - $1 }
      let room = min(y[i] > 0 ? cost - alpha[i] : alpha[i], y[j] > 0 ? alpha[j] : cost - alpha[j])
      let step = min((gradient[i] - gradient[j]) / max(dot(difference, difference), 1e-12), room)
      alpha[i] += y[i] * step
      alpha[j] -= y[j] * step
      for unit in w.indices { w[unit] += step * difference[unit] }
    }
    weights = w
    let b = bias
    objective =
      dot(w, w) / 2 + cost * x.indices.reduce(0) { $0 + max(0, 1 - y[$1] * (dot(w, x[$1]) + b)) }
  }
}
