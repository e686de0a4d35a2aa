import LinearAlgebra

/// Units less their mean over some rows, divided by their standard deviation, so that a penalty means the same for
/// every unit and every model: the states of an untrained GRU are ten times smaller than those of a trained one.
///
/// Units that do not vary become 0.
package struct Standardization {
  let means: [Double]
  let deviations: [Double]

  package init(_ states: Matrix) {
    let units = states.columns
    var (sums, squares) = ([Double](repeating: 0, count: units), [Double](repeating: 0, count: units))
    for row in 0..<states.rows {
      for unit in 0..<units { sums[unit] += Double(states.storage[row * units + unit]) }
    }
    let means = sums.map { $0 / Double(max(states.rows, 1)) }
    for row in 0..<states.rows {
      for unit in 0..<units {
        let distance = Double(states.storage[row * units + unit]) - means[unit]
        squares[unit] += distance * distance
      }
    }
    self.means = means
    deviations = squares.map { ($0 / Double(max(states.rows, 1))).squareRoot() }
  }

  package func callAsFunction(_ states: Matrix) -> Matrix {
    var result = states
    // Below the resolution of Float a unit is constant.
    let scales = zip(deviations, means).map { $0 > 1e-6 * max(1, abs($1)) ? 1 / $0 : 0 }
    for row in 0..<states.rows {
      for unit in 0..<states.columns {
        let place = row * states.columns + unit
        result.storage[place] = Float((Double(states.storage[place]) - means[unit]) * scales[unit])
      }
    }
    return result
  }
}
