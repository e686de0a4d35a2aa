import Base

/// A dense matrix of `Float`, stored row after row in one flat array.
///
/// A value type for the edges of the code: analyses, records, checkpoints. Inner loops work on `MatrixView`.
public struct Matrix: Codable, Sendable, Equatable {
  /// How many rows there are.
  public let rows: Int
  /// How many columns there are.
  public let columns: Int
  /// The elements, `[rows, columns]` row-major, so that (r, c) is at `r * columns + c`.
  public var storage: [Float]

  /// A matrix over existing elements; `storage.count` must be `rows * columns`.
  public init(rows: Int, columns: Int, storage: [Float]) {
    ensure(
      rows >= 0 && columns >= 0 && storage.count == rows * columns,
      "a \(rows) × \(columns) matrix can't be made of \(storage.count) elements")
    self.rows = rows
    self.columns = columns
    self.storage = storage
  }

  /// A matrix that holds one value everywhere.
  public init(rows: Int, columns: Int, repeating value: Float = 0) {
    self.init(rows: rows, columns: columns, storage: [Float](repeating: value, count: rows * columns))
  }

  /// A matrix from its rows, which must all have one length.
  public init(_ rows: [[Float]]) {
    let columns = rows.first?.count ?? 0
    ensure(rows.allSatisfy { $0.count == columns }, "the rows of a matrix must have one length")
    self.init(rows: rows.count, columns: columns, storage: rows.flatMap { $0 })
  }

  /// The element in a row and a column, both counted from 0; others end the program with a sentence.
  @inlinable public subscript(row: Int, column: Int) -> Float {
    get {
      ensure(
        row >= 0 && row < rows && column >= 0 && column < columns,
        "(\(row), \(column)) is outside a \(rows) × \(columns) matrix")
      return storage[row &* columns &+ column]
    }
    set {
      ensure(
        row >= 0 && row < rows && column >= 0 && column < columns,
        "(\(row), \(column)) is outside a \(rows) × \(columns) matrix")
      storage[row &* columns &+ column] = newValue
    }
  }

  /// The elements of one row, `[columns]`.
  public func row(_ row: Int) -> [Float] {
    check(row)
    return Array(storage[row * columns..<(row + 1) * columns])
  }

  /// The elements of one column, `[rows]`.
  public func column(_ column: Int) -> [Float] {
    (0..<rows).map { self[$0, column] }
  }

  /// The matrix of the rows with these indices, in this order, `[indices.count, columns]`.
  public func rows(_ indices: some Collection<Int>) -> Matrix {
    var selected = [Float]()
    selected.reserveCapacity(indices.count * columns)
    for row in indices { check(row) }
    for row in indices { selected.append(contentsOf: storage[row * columns..<(row + 1) * columns]) }
    return Matrix(rows: indices.count, columns: columns, storage: selected)
  }

  private func check(_ row: Int) {
    ensure(
      row >= 0 && row < rows, "row \(row) of a \(rows) × \(columns) matrix was asked for (rows count from 0)")
  }

  /// `[columns, rows]`.
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    withView { view in result.withMutableView { transpose(view, into: $0) } }
    return result
  }

  /// The matrix product, `[rows, columns] × [columns, n] → [rows, n]`.
  public static func * (left: Matrix, right: Matrix) -> Matrix {
    ensure(
      left.columns == right.rows,
      "can't multiply \(left.rows) × \(left.columns) by \(right.rows) × \(right.columns)")
    var result = Matrix(rows: left.rows, columns: right.columns)
    left.withView { a in
      right.withView { b in
        result.withMutableView { c in multiply(a, b, into: c) }
      }
    }
    return result
  }

  /// The mean of each column, `[columns]`, summed in Double.
  public var columnMeans: [Float] {
    var sums = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
      for column in 0..<columns { sums[column] += Double(storage[row * columns + column]) }
    }
    return sums.map { Float($0 / Double(max(rows, 1))) }
  }

  /// The covariance of the columns over the rows, `[columns, columns]`, divided by `rows` − 1.
  public var covariance: Matrix {
    let means = columnMeans
    var centred = self
    for row in 0..<rows {
      for column in 0..<columns { centred.storage[row * columns + column] -= means[column] }
    }
    var result = Matrix(rows: columns, columns: columns)
    centred.withView { a in
      result.withMutableView { c in
        multiply(a, a, into: c, transposeA: true, scale: 1 / Float(max(rows - 1, 1)))
      }
    }
    return result
  }

  /// Lends the elements, for reading, to a product or kernel.
  public func withView<Result>(_ body: (MatrixView) throws -> Result) rethrows -> Result {
    try storage.withUnsafeBufferPointer { buffer in
      // An empty array may lend no address; no kernel reads through a view without rows or columns.
      let base = buffer.baseAddress.map { UnsafeMutablePointer(mutating: $0) } ?? MatrixView.nowhere
      return try body(MatrixView(base, rows: rows, columns: columns))
    }
  }

  /// Lends the elements, for writing, to a product or kernel.
  public mutating func withMutableView<Result>(_ body: (MatrixView) throws -> Result) rethrows -> Result {
    let (rows, columns) = (rows, columns)
    return try storage.withUnsafeMutableBufferPointer { buffer in
      try body(MatrixView(buffer.baseAddress ?? MatrixView.nowhere, rows: rows, columns: columns))
    }
  }
}
