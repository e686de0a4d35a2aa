import Base
import Foundation

/// Numbers that are allocated once, aligned to a cache line, and freed with their owner.
///
/// Training and decoding make all of theirs before the first step, so that no step allocates.
public final class Scratch<Element: BitwiseCopyable> {
  /// The first element, aligned to a cache line.
  public let base: UnsafeMutablePointer<Element>
  /// How many elements there are.
  public let count: Int
  private let memory: UnsafeMutableRawPointer

  /// `count` elements whose bytes are zero; memory that is never touched is never taken from the system.
  public init(zeros count: Int) {
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Element>.stride + 64
    guard let memory = calloc(bytes, 1) else { refuse("no memory for \(bytes) bytes") }
    self.memory = memory
    base = memory.alignedUp(toMultipleOf: 64).bindMemory(to: Element.self, capacity: max(count, 1))
  }

  /// `count` elements, all equal to `value`.
  public convenience init(_ count: Int, repeating value: Element) {
    self.init(zeros: count)
    base.update(repeating: value, count: count)
  }

  /// The elements of `array`.
  public convenience init(_ array: [Element]) {
    self.init(zeros: array.count)
    array.withUnsafeBufferPointer { buffer in
      guard let source = buffer.baseAddress else { return }
      base.update(from: source, count: buffer.count)
    }
  }

  deinit { free(memory) }

  /// A copy of the elements, `[count]`.
  public var array: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
