/// Sixteen floats: one AVX-512 register, two AVX ones. Every fused kernel works on these.
///
/// Only operations that the compiler turns into vector instructions are used. `clamped`, `squareRoot`,
/// `.&` on masks and conversions from integers are not among them (seen in the assembly of Swift 6.3).
public typealias Lanes = SIMD16<Float>

extension Lanes {
  /// The `count` floats at `pointer`, at most 16; missing lanes are zero.
  @inlinable @inline(__always)
  public init(_ pointer: UnsafePointer<Float>, count: Int) {
    if count >= 16 {
      self = UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self)
    } else {
      self = Lanes(repeating: 0)
      for lane in 0..<count { self[lane] = pointer[lane] }
    }
  }

  /// Writes the first `count` lanes, at most 16.
  @inlinable @inline(__always)
  public func store(to pointer: UnsafeMutablePointer<Float>, count: Int) {
    if count >= 16 {
      UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Lanes.self)
    } else {
      for lane in 0..<count { pointer[lane] = self[lane] }
    }
  }

  @inlinable @inline(__always)
  func limited(from low: Float, to high: Float) -> Lanes {
    pointwiseMax(pointwiseMin(self, Lanes(repeating: high)), Lanes(repeating: low))
  }
}

/// target ← target + source, `[count]`.
@inlinable @inline(__always)
public func add(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int) {
  var i = 0
  while i < count {
    (Lanes(target + i, count: count &- i) + Lanes(source + i, count: count &- i))
      .store(to: target + i, count: count &- i)
    i &+= 16
  }
}
