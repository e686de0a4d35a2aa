/// The generator that sentences are drawn with: SplitMix64 (Steele, Lea & Flood 2014), started by one draw of the
/// caller's generator.
///
/// It is a concrete type, since the compiler can't specialise a loop over a generator that another module brings;
/// that made rows five times slower.
public struct Draws: RandomNumberGenerator {
  private var state: UInt64

  /// The generator whose sequence follows from `seed`.
  public init(seed: UInt64) { state = seed }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
