import LinearAlgebra

/// The rows of two classes, laid out for the solver: one column a feature, equal rows merged, means taken off.
///
/// Rows with equal values and label are one row whose bound is their number times C: the dual has the same optimum,
/// and the thousand copies of one input in the published data cost as much as one. Since the bias is free, taking
/// each feature's mean off changes nothing but the rounding.
final class PairProblem {
  /// How many rows are left after merging.
  let rows: Int
  /// `rows` rounded up to whole vectors; the rows beyond are zero and bounded by zero.
  let stride: Int
  let features: Int
  /// `[features, stride]`.
  let columns: Scratch<Float>
  /// +1 for the first class, −1 for the second, `[stride]`.
  let targets: Scratch<Float>
  /// The largest dual coefficient of each row: C times the number of equal rows, `[stride]`.
  let bounds: Scratch<Float>
  /// What was taken off each feature, `[features]`.
  let means: [Double]
  /// C times the number of rows of the first class, copies counted.
  let positiveWeight: Double

  /// - Parameters:
  ///   - values: `[rows, features]`.
  ///   - first: The rows of the class that decides above zero.
  ///   - second: The rows of the other class.
  ///   - cost: C.
  init(_ values: Matrix, first: [Int], second: [Int], cost: Float) {
    let features = values.columns
    var merged: [(row: Int, target: Float, count: Int)] = []
    for (members, target) in [(first, Float(1)), (second, Float(-1))] {
      var places: [ArraySlice<Float>: Int] = [:]
      for row in members {
        let slice = values.storage[row * values.columns..<(row + 1) * values.columns]
        if let place = places[slice] {
          merged[place].count += 1
        } else {
          places[slice] = merged.count
          merged.append((row, target, 1))
        }
      }
    }
    let rows = merged.count
    (self.rows, self.features) = (rows, features)
    stride = paddedToLanes(rows)
    columns = Scratch(features * stride, repeating: 0)
    targets = Scratch(stride, repeating: 0)
    bounds = Scratch(stride, repeating: 0)
    positiveWeight = Double(cost) * Double(first.count)
    for (place, row) in merged.enumerated() {
      targets.base[place] = row.target
      bounds.base[place] = cost * Float(row.count)
    }
    var means = [Double](repeating: 0, count: features)
    for feature in 0..<features {
      let sum = merged.reduce(0.0) { $0 + Double(values.storage[$1.row * features + feature]) }
      means[feature] = sum / Double(max(rows, 1))
      let column = columns.base + feature * stride
      // A constant feature must become exactly zero: its weight is then zero, and it is the first to go.
      let opening = values.storage[(merged.first?.row ?? 0) * features + feature]
      if merged.allSatisfy({ values.storage[$0.row * features + feature] == opening }) { continue }
      for (place, row) in merged.enumerated() {
        column[place] = Float(Double(values.storage[row.row * features + feature]) - means[feature])
      }
    }
    self.means = means
  }
}
