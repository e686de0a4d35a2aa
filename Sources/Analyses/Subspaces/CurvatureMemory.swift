import LinearAlgebra

/// What an ascent remembers of the curvature: its last steps, and how the slope fell along them (L-BFGS, Liu & Nocedal 1989).
struct CurvatureMemory {
  private var pairs: [(step: Matrix, change: Matrix)] = []
  /// How many steps are remembered.
  private static let size = 10

  var isEmpty: Bool { pairs.isEmpty }

  /// Moves all that is remembered to another point.
  mutating func carry(_ transport: (Matrix) -> Matrix) {
    pairs = pairs.map { (transport($0.step), transport($0.change)) }
  }

  /// Remembers a step and what the slope lost along it, unless it curved the wrong way.
  mutating func add(step: Matrix, change: Matrix) {
    guard step.dot(change) > 1e-6 * step.norm * change.norm else { return }
    pairs.append((step, change))
    if pairs.count > Self.size { pairs.removeFirst() }
  }

  /// The step to where the slope should be 0.
  func direction(_ slope: Matrix) -> Matrix {
    guard let last = pairs.last else { return slope }
    var direction = slope
    var shares: [Double] = []
    for (step, change) in pairs.reversed() {
      let share = step.dot(direction) / nonzero(step.dot(change))
      shares.append(share)
      direction = direction.less(change.scaled(by: share))
    }
    direction = direction.scaled(by: last.step.dot(last.change) / nonzero(last.change.dot(last.change)))
    for ((step, change), share) in zip(pairs, shares.reversed()) {
      let back = change.dot(direction) / nonzero(step.dot(change))
      direction = direction.less(step.scaled(by: back - share))
    }
    return direction
  }

  /// A pair that was carried on may have lost its curvature.
  private func nonzero(_ product: Double) -> Double { product > 0 ? max(product, 1e-30) : .infinity }
}

extension Matrix {
  /// The sum of products, in Double.
  func dot(_ other: Matrix) -> Double {
    zip(storage, other.storage).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  var norm: Double { dot(self).squareRoot() }

  func scaled(by factor: Double) -> Matrix {
    Matrix(rows: rows, columns: columns, storage: storage.map { Float(factor * Double($0)) })
  }

  func less(_ other: Matrix) -> Matrix {
    Matrix(rows: rows, columns: columns, storage: zip(storage, other.storage).map { $0 - $1 })
  }
}
