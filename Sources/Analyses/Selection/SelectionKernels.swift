import LinearAlgebra

/// Eight doubles, for the small systems of the solver.
typealias DoubleLanes = SIMD8<Double>

extension DoubleLanes {
  @inline(__always)
  init(at pointer: UnsafePointer<Double>) {
    self = UnsafeRawPointer(pointer).loadUnaligned(as: DoubleLanes.self)
  }

  @inline(__always)
  func store(at pointer: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: DoubleLanes.self)
  }
}

/// The loops of the elimination, over whole vectors: `count` and `stride` are multiples of 16, of 8 for doubles.
enum SelectionKernels {
  /// Σ a b, in two accumulators and a fixed order.
  @inline(__always)
  static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
    var (even, odd) = (Lanes.zero, Lanes.zero)
    var i = 0
    while i &+ 32 <= count {
      even.addProduct(Lanes(at: a + i), Lanes(at: b + i))
      odd.addProduct(Lanes(at: a + i + 16), Lanes(at: b + i + 16))
      i &+= 32
    }
    if i < count { even.addProduct(Lanes(at: a + i), Lanes(at: b + i)) }
    return (even + odd).total
  }

  /// target ← target + scale · source.
  @inline(__always)
  static func add(
    _ source: UnsafePointer<Float>, scale: Float, to target: UnsafeMutablePointer<Float>, count: Int
  ) {
    let factor = Lanes(repeating: scale)
    var i = 0
    while i < count {
      Lanes(at: target + i).addingProduct(Lanes(at: source + i), factor).store(at: target + i)
      i &+= 16
    }
  }

  /// target ← target + scale · source.
  @inline(__always)
  static func add(
    _ source: UnsafePointer<Double>, scale: Double, to target: UnsafeMutablePointer<Double>, count: Int
  ) {
    let factor = DoubleLanes(repeating: scale)
    var i = 0
    while i < count {
      DoubleLanes(at: target + i).addingProduct(DoubleLanes(at: source + i), factor).store(at: target + i)
      i &+= 8
    }
  }

  /// target ← target + Σ over the chosen columns of scale · column, eight columns a sweep.
  ///
  /// `columns` holds the whole `[features, stride]`; `scales` are those of all features.
  static func addColumns(
    _ columns: UnsafePointer<Float>, stride: Int, chosen: [Int], scales: UnsafePointer<Float>,
    to target: UnsafeMutablePointer<Float>
  ) {
    var c = 0
    while c &+ 8 <= chosen.count {
      let (c0, c1, c2, c3) = (chosen[c], chosen[c &+ 1], chosen[c &+ 2], chosen[c &+ 3])
      let (c4, c5, c6, c7) = (chosen[c &+ 4], chosen[c &+ 5], chosen[c &+ 6], chosen[c &+ 7])
      let (p0, p1) = (columns + c0 &* stride, columns + c1 &* stride)
      let (p2, p3) = (columns + c2 &* stride, columns + c3 &* stride)
      let (p4, p5) = (columns + c4 &* stride, columns + c5 &* stride)
      let (p6, p7) = (columns + c6 &* stride, columns + c7 &* stride)
      let (w0, w1) = (Lanes(repeating: scales[c0]), Lanes(repeating: scales[c1]))
      let (w2, w3) = (Lanes(repeating: scales[c2]), Lanes(repeating: scales[c3]))
      let (w4, w5) = (Lanes(repeating: scales[c4]), Lanes(repeating: scales[c5]))
      let (w6, w7) = (Lanes(repeating: scales[c6]), Lanes(repeating: scales[c7]))
      var i = 0
      while i < stride {
        var even = Lanes(at: target + i)
        var odd = Lanes(at: p1 + i) * w1
        even.addProduct(Lanes(at: p0 + i), w0)
        even.addProduct(Lanes(at: p2 + i), w2)
        odd.addProduct(Lanes(at: p3 + i), w3)
        even.addProduct(Lanes(at: p4 + i), w4)
        odd.addProduct(Lanes(at: p5 + i), w5)
        even.addProduct(Lanes(at: p6 + i), w6)
        odd.addProduct(Lanes(at: p7 + i), w7)
        (even + odd).store(at: target + i)
        i &+= 16
      }
      c &+= 8
    }
    while c < chosen.count {
      add(columns + chosen[c] &* stride, scale: scales[chosen[c]], to: target, count: stride)
      c &+= 1
    }
  }
}
