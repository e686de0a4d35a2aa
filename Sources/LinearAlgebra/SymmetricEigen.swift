import Base
import CBLAS

/// The eigenvalues and eigenvectors of a symmetric matrix, largest value first.
public struct SymmetricEigen: Codable, Sendable, Equatable {
  /// `[n]`, descending.
  public let values: [Double]
  /// `[n, n]`: row i is the unit eigenvector of `values[i]`, its largest component positive.
  public let vectors: Matrix

  /// Decomposes `matrix`, `[n, n]`, in Double, by LAPACK's `dsyev`; only its upper triangle is read.
  public init(_ matrix: Matrix) {
    ensure(
      matrix.rows == matrix.columns, "a \(matrix.rows) × \(matrix.columns) matrix is not symmetric")
    let n = matrix.rows
    // Column by column its lower triangle.
    var a = (0..<n * n).map { Double(matrix[min($0 / n, $0 % n), max($0 / n, $0 % n)]) }
    var ascending = [Double](repeating: 0, count: n)
    if n > 0 {
      var (order, info, count) = (blasint(n), blasint(0), blasint(-1))
      var best = 0.0
      dsyev_("V", "L", &order, &a, &order, &ascending, &best, &count, &info, 1, 1)
      count = blasint(best)
      var work = [Double](repeating: 0, count: Int(count))
      dsyev_("V", "L", &order, &a, &order, &ascending, &work, &count, &info, 1, 1)
      ensure(info == 0, "the eigenvalues of a \(n) × \(n) matrix did not converge: \(info)")
    }
    values = ascending.reversed()
    vectors = Matrix(
      (0..<n).reversed().map { column in
        let vector = a[column * n..<(column + 1) * n]
        let largest = vector.max { abs($0) < abs($1) } ?? 1
        return vector.map { Float(largest < 0 ? -$0 : $0) }
      })
  }
}
