/// Sixteen floats: one AVX-512 register, two AVX ones. Every fused kernel works on these.
///
/// Only operations that the compiler turns into vector instructions are used. `clamped`, `squareRoot`, `.&` on
/// masks, lanes with a variable index and conversions from integers are not among them (seen in the assembly of
/// Swift 6.3). So kernels take whole vectors only: whoever calls them pads to a multiple of 16.
public typealias Lanes = SIMD16<Float>

extension Lanes {
  /// The sixteen floats at `pointer`.
  @inlinable @inline(__always)
  public init(at pointer: UnsafePointer<Float>) {
    self = UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self)
  }

  /// Writes sixteen floats to `pointer`.
  @inlinable @inline(__always)
  public func store(at pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Lanes.self)
  }

  /// The sum of the lanes, halves added to halves, so that the bits never change.
  @inlinable @inline(__always)
  public var total: Float {
    let eight = lowHalf + highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }

  /// The largest of the lanes.
  @inlinable @inline(__always)
  public var largest: Float {
    let eight = lowHalf.replacing(with: highHalf, where: highHalf .> lowHalf)
    let four = eight.lowHalf.replacing(with: eight.highHalf, where: eight.highHalf .> eight.lowHalf)
    let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .> four.lowHalf)
    return two[0] > two[1] ? two[0] : two[1]
  }

  /// The larger of two in each lane.
  @inlinable @inline(__always)
  public func orLarger(_ other: Lanes) -> Lanes { replacing(with: other, where: other .> self) }

  @inlinable @inline(__always)
  func limited(from low: Float, to high: Float) -> Lanes {
    pointwiseMax(pointwiseMin(self, Lanes(repeating: high)), Lanes(repeating: low))
  }
}

/// `count` rounded up to whole vectors of sixteen.
@inlinable public func paddedToLanes(_ count: Int) -> Int { (count + 15) / 16 * 16 }

/// target ← target + source, `[count]`, of any length.
@inlinable
public func add(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int) {
  var i = 0
  while i &+ 16 <= count {
    (Lanes(at: target + i) + Lanes(at: source + i)).store(at: target + i)
    i &+= 16
  }
  while i < count {
    target[i] += source[i]
    i &+= 1
  }
}
