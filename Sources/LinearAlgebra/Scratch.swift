/// Floats that are allocated once, aligned to a cache line, and freed with their owner.
///
/// Training and decoding make all of theirs before the first step, so that no step allocates.
public final class Scratch {
  public let base: UnsafeMutablePointer<Float>
  public let count: Int

  /// `count` floats, all zero.
  public init(_ count: Int) {
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      .bindMemory(to: Float.self, capacity: max(count, 1))
    clear()
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  /// Sets every float to zero.
  public func clear() { base.update(repeating: 0, count: count) }

  /// The floats as an array, `[count]`.
  public var array: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
