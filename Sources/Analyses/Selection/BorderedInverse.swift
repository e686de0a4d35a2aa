import LinearAlgebra

/// The inverse of the optimality conditions' matrix on the free rows, changed by one row or one feature at a time.
///
/// The matrix is [0 1ᵀ; 1 K] with K the products x·x of the free rows; place 0 belongs to the bias, place 1 + i to the
/// free row i. Each change is one of rank one and costs size² (Cauwenberghs & Poggio 2001, for free rows coming and
/// going; Sherman & Morrison 1950, for a feature).
final class BorderedInverse {
  /// The number of free rows and one.
  private(set) var size = 0
  let stride: Int
  private let elements: Scratch<Double>
  private let scratch: Scratch<Double>

  init(capacity: Int) {
    stride = (capacity + 7) / 8 * 8
    elements = Scratch(stride * stride, repeating: 0)
    scratch = Scratch(stride, repeating: 0)
  }

  func row(_ place: Int) -> UnsafeMutablePointer<Double> { elements.base + place &* stride }

  /// The inverse for one free row of this squared length.
  func reset(squaredLength: Double) {
    elements.base.update(repeating: 0, count: stride * stride)
    size = 2
    row(0)[0] = -squaredLength
    row(0)[1] = 1
    row(1)[0] = 1
  }

  /// result ← inverse · vector, both `[stride]`.
  func multiply(_ vector: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    let count = (size &+ 7) & ~7
    result.update(repeating: 0, count: stride)
    var place = 0
    while place &+ 4 <= size {
      let (p0, p1, p2, p3) = (row(place), row(place &+ 1), row(place &+ 2), row(place &+ 3))
      let (f0, f1) = (DoubleLanes(repeating: vector[place]), DoubleLanes(repeating: vector[place &+ 1]))
      let (f2, f3) = (DoubleLanes(repeating: vector[place &+ 2]), DoubleLanes(repeating: vector[place &+ 3]))
      var i = 0
      while i < count {
        var sum = DoubleLanes(at: result + i)
        var other = DoubleLanes(at: p1 + i) * f1
        sum.addProduct(DoubleLanes(at: p0 + i), f0)
        sum.addProduct(DoubleLanes(at: p2 + i), f2)
        other.addProduct(DoubleLanes(at: p3 + i), f3)
        (sum + other).store(at: result + i)
        i &+= 8
      }
      place &+= 4
    }
    while place < size {
      SelectionKernels.add(row(place), scale: vector[place], to: result, count: count)
      place &+= 1
    }
  }

  /// inverse ← inverse + factor · vector vectorᵀ.
  func addOuterProduct(of vector: UnsafePointer<Double>, factor: Double) {
    let count = (size &+ 7) & ~7
    for place in 0..<size where vector[place] != 0 {
      SelectionKernels.add(vector, scale: factor * vector[place], to: row(place), count: count)
    }
  }

  /// A free row comes: `solved` is inverse · its column, `curvature` what that leaves of its squared length.
  func append(solved: UnsafePointer<Double>, curvature: Double) {
    addOuterProduct(of: solved, factor: 1 / curvature)
    let last = row(size)
    for place in 0..<size {
      last[place] = -solved[place] / curvature
      row(place)[size] = last[place]
    }
    last[size] = 1 / curvature
    size += 1
  }

  /// The free row at `place` goes; the last one takes its place.
  func remove(_ place: Int) {
    let pivot = row(place)[place]
    scratch.base.update(from: row(place), count: stride)
    addOuterProduct(of: scratch.base, factor: -1 / pivot)
    let last = size - 1
    if place != last {
      for other in 0..<size { row(other)[place] = row(other)[last] }
      row(place).update(from: row(last), count: stride)
      row(place)[place] = row(last)[last]
    }
    row(last).update(repeating: 0, count: stride)
    for other in 0..<last { row(other)[last] = 0 }
    size = last
  }

  struct Snapshot {
    fileprivate let size: Int
    fileprivate let elements: [Double]
  }

  func snapshot() -> Snapshot { Snapshot(size: size, elements: elements.array) }

  func restore(_ snapshot: Snapshot) {
    size = snapshot.size
    snapshot.elements.withUnsafeBufferPointer { buffer in
      guard let source = buffer.baseAddress else { return }
      elements.base.update(from: source, count: buffer.count)
    }
  }
}
