/// A window onto floats that something else owns: `[rows, columns]`, with `stride` floats from row to row.
///
/// The currency of products and kernels. It is as safe as a pointer: whoever makes one keeps the memory alive.
public struct MatrixView {
  public let base: UnsafeMutablePointer<Float>
  public let rows: Int
  public let columns: Int
  public let stride: Int

  @inlinable public init(
    _ base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil
  ) {
    self.base = base
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
  }

  /// The columns in `range`, as a view of the same rows.
  @inlinable public func columns(_ range: Range<Int>) -> MatrixView {
    MatrixView(base + range.lowerBound, rows: rows, columns: range.count, stride: stride)
  }

  /// The rows in `range`, as a view of the same columns.
  @inlinable public func rows(_ range: Range<Int>) -> MatrixView {
    MatrixView(base + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
  }

  @inlinable public subscript(row: Int, column: Int) -> Float {
    get { base[row &* stride &+ column] }
    nonmutating set { base[row &* stride &+ column] = newValue }
  }

  /// A well-formed address for views without elements; never read or written.
  static var nowhere: UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped.assumingMemoryBound(to: Float.self)
  }
}
