import LinearAlgebra

/// The features that are in, a row's beside each other, so that the product of two rows is one short loop.
final class PackedRows {
  private let problem: PairProblem
  /// The features in the order in which they lie; those taken off since packing are zero in every row.
  private(set) var packed: [Int] = []
  private var placeOfFeature: [Int]
  /// The features that are in, ascending.
  private(set) var active: [Int] = []
  /// Floats from row to row.
  private(set) var width = 0
  private let values: Scratch<Float>

  init(_ problem: PairProblem) {
    self.problem = problem
    placeOfFeature = [Int](repeating: -1, count: problem.features)
    values = Scratch(problem.rows * paddedToLanes(problem.features), repeating: 0)
    pack(Array(0..<problem.features))
  }

  func row(_ row: Int) -> UnsafePointer<Float> { UnsafePointer(values.base + row &* width) }

  func product(_ first: Int, _ second: Int) -> Float {
    SelectionKernels.dot(row(first), row(second), count: width)
  }

  /// The same in Double, in which rows that are nearly equal are still told apart.
  func exactProduct(_ first: Int, _ second: Int) -> Double {
    let (first, second) = (row(first), row(second))
    var sum = 0.0
    for place in 0..<width { sum += Double(first[place]) * Double(second[place]) }
    return sum
  }

  func value(row: Int, feature: Int) -> Float { problem.columns.base[feature &* problem.stride &+ row] }

  func remove(_ feature: Int) {
    active.removeAll { $0 == feature }
    if paddedToLanes(active.count) < width { return pack(active) }
    let place = placeOfFeature[feature]
    let (values, width) = (values.base, width)
    for row in 0..<problem.rows { values[row &* width &+ place] = 0 }
  }

  /// Lays the rows out anew with these features.
  func pack(_ features: [Int]) {
    active = features
    packed = features
    width = paddedToLanes(features.count)
    for (place, feature) in features.enumerated() { placeOfFeature[feature] = place }
    let (values, columns, width) = (values.base, problem.columns.base, width)
    // Sixteen rows at a time, which stay in the first cache while every column is read in long pieces.
    for first in stride(from: 0, to: problem.rows, by: 16) {
      let last = min(first + 16, problem.rows)
      for (place, feature) in features.enumerated() {
        let column = columns + feature &* problem.stride
        for row in first..<last { values[row &* width &+ place] = column[row] }
      }
      for row in first..<last {
        for place in features.count..<width { values[row &* width &+ place] = 0 }
      }
    }
  }
}
