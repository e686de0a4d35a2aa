/// A window onto floats that something else owns: `[rows, columns]`, with `stride` floats from row to row.
///
/// The currency of products and kernels. It is as safe as a pointer: whoever makes one keeps the memory alive.
public struct MatrixView {
  /// The first element; whoever made the view keeps its memory alive.
  public let base: UnsafeMutablePointer<Float>
  /// How many rows there are.
  public let rows: Int
  /// How many columns there are.
  public let columns: Int
  /// How many numbers lie from the start of one row to that of the next; `columns` or more.
  public let stride: Int

  /// A view of memory that is laid out row after row, without gaps unless a stride is given.
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

  /// The element in a row and a column, both counted from 0; nothing is checked.
  @inlinable public subscript(row: Int, column: Int) -> Float {
    get { base[row &* stride &+ column] }
    nonmutating set { base[row &* stride &+ column] = newValue }
  }

  /// A well-formed address for views without elements; never read or written.
  static var nowhere: UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped.assumingMemoryBound(to: Float.self)
  }
}
