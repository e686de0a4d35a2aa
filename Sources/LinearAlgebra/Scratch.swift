/// Numbers that are allocated once, aligned to a cache line, and freed with their owner.
///
/// Training and decoding make all of theirs before the first step, so that no step allocates.
public final class Scratch<Element: BitwiseCopyable> {
  public let base: UnsafeMutablePointer<Element>
  public let count: Int

  /// `count` elements, all equal to `value`.
  public init(_ count: Int, repeating value: Element) {
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Element>.stride
    base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      .bindMemory(to: Element.self, capacity: max(count, 1))
    base.update(repeating: value, count: count)
  }

  /// The elements of `array`.
  public init(_ array: [Element]) {
    count = array.count
    let bytes = max(count, 1) * MemoryLayout<Element>.stride
    base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      .bindMemory(to: Element.self, capacity: max(count, 1))
    array.withUnsafeBufferPointer { buffer in
      guard let source = buffer.baseAddress else { return }
      base.initialize(from: source, count: buffer.count)
    }
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  /// A copy of the elements, `[count]`.
  public var array: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
