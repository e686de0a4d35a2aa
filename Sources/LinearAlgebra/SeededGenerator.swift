import Base
import Foundation

/// A generator of random numbers whose whole sequence follows from a seed: xoshiro256** (Blackman & Vigna 2018).
///
/// A label gives an independent sequence, so that drawing more of one thing never shifts another:
/// `SeededGenerator(seed: 1, label: "dataset")`.
public struct SeededGenerator: RandomNumberGenerator, Codable, Sendable, Equatable {
  private var state: SIMD4<UInt64>

  /// The generator for `seed` and `label`; different labels give unrelated sequences.
  public init(seed: UInt64, label: String = "") {
    // FNV-1a over the label, then SplitMix64, as xoshiro's authors advise for filling its state.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in label.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var mixed = seed ^ (label.isEmpty ? 0 : hash)
    func nextOfSplitMix() -> UInt64 {
      mixed &+= 0x9e37_79b9_7f4a_7c15
      var z = mixed
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
    state = SIMD4(nextOfSplitMix(), nextOfSplitMix(), nextOfSplitMix(), nextOfSplitMix())
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let scrambled = state[1] &* 5
    let result = ((scrambled << 7) | (scrambled >> 57)) &* 9
    let shifted = state[1] << 17
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = (state[3] << 45) | (state[3] >> 19)
    return result
  }

  /// A number from [0, 1), 53 bits.
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number from [`range.lowerBound`, `range.upperBound`).
  public mutating func uniform(in range: Range<Float>) -> Float {
    range.lowerBound + Float(next() >> 40) * 0x1p-24 * (range.upperBound - range.lowerBound)
  }

  /// A whole number from 0..<`bound`, without bias (Lemire 2019); `bound` must be positive.
  public mutating func integer(below bound: Int) -> Int {
    ensure(bound > 0, "no whole number is below \(bound) and not negative")
    let bound = UInt64(bound)
    while true {
      let product = next().multipliedFullWidth(by: bound)
      // The remainder is below the bound, and costs more than all else here.
      if product.low >= bound || product.low >= (0 &- bound) % bound { return Int(product.high) }
    }
  }

  /// A draw from the normal distribution with mean 0 and standard deviation 1 (Box & Muller 1958).
  public mutating func normal() -> Double {
    (-2 * Foundation.log(1 - unit())).squareRoot() * Foundation.cos(2 * .pi * unit())
  }

  /// The elements in random order (Fisher & Yates).
  @inlinable public mutating func shuffled<Element>(_ elements: some Sequence<Element>) -> [Element] {
    var result = Array(elements)
    for i in stride(from: result.count - 1, to: 0, by: -1) { result.swapAt(i, integer(below: i + 1)) }
    return result
  }

  /// `count` different elements of `elements`, in random order.
  @inlinable public mutating func sample<Element>(_ count: Int, of elements: some Sequence<Element>)
    -> [Element]
  {
    var pool = Array(elements)
    ensure(count >= 0 && count <= pool.count, "can't draw \(count) different elements of \(pool.count)")
    for i in 0..<count { pool.swapAt(i, i + integer(below: pool.count - i)) }
    return Array(pool[0..<count])
  }
}
