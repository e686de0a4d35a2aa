/// The eigenvalues and eigenvectors of a symmetric matrix, largest value first.
public struct SymmetricEigen: Codable, Sendable, Equatable {
  /// `[n]`, descending.
  public let values: [Double]
  /// `[n, n]`: row i is the unit eigenvector of `values[i]`, its largest component positive.
  public let vectors: Matrix

  /// Decomposes `matrix`, `[n, n]`, by cyclic Jacobi rotations in Double; only its upper triangle is read.
  ///
  /// O(n³) a sweep and some ten sweeps: made for PCA of up to a few hundred units.
  public init(_ matrix: Matrix) {
    precondition(
      matrix.rows == matrix.columns, "a \(matrix.rows) × \(matrix.columns) matrix is not symmetric")
    let n = matrix.rows
    var a = [Double](repeating: 0, count: n * n)
    var v = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      v[i * n + i] = 1
      for j in 0..<n { a[i * n + j] = Double(matrix[min(i, j), max(i, j)]) }
    }
    let scale = a.reduce(0) { $0 + $1 * $1 }
    for _ in 0..<60 where Self.offDiagonal(a, n) > 1e-26 * scale {
      for p in 0..<max(n - 1, 0) {
        for q in p + 1..<n { Self.rotate(&a, &v, p, q, n) }
      }
    }
    let order = (0..<n).sorted { a[$0 * n + $0] > a[$1 * n + $1] }
    values = order.map { a[$0 * n + $0] }
    vectors = Matrix(
      order.map { column in
        let vector = (0..<n).map { v[$0 * n + column] }
        let largest = vector.max { abs($0) < abs($1) } ?? 1
        return vector.map { Float(largest < 0 ? -$0 : $0) }
      })
  }

  private static func offDiagonal(_ a: [Double], _ n: Int) -> Double {
    var sum = 0.0
    for i in 0..<n { for j in 0..<n where i != j { sum += a[i * n + j] * a[i * n + j] } }
    return sum
  }

  /// The rotation in the plane (p, q) that makes a[p, q] zero (Golub & Van Loan, section 8.5).
  private static func rotate(_ a: inout [Double], _ v: inout [Double], _ p: Int, _ q: Int, _ n: Int) {
    let apq = a[p * n + q]
    if apq == 0 { return }
    let tau = (a[q * n + q] - a[p * n + p]) / (2 * apq)
    let t = (tau >= 0 ? 1.0 : -1.0) / (abs(tau) + (1 + tau * tau).squareRoot())
    let c = 1 / (1 + t * t).squareRoot()
    let s = t * c
    for k in 0..<n {
      let (kp, kq) = (a[k * n + p], a[k * n + q])
      a[k * n + p] = c * kp - s * kq
      a[k * n + q] = s * kp + c * kq
    }
    for k in 0..<n {
      let (pk, qk) = (a[p * n + k], a[q * n + k])
      a[p * n + k] = c * pk - s * qk
      a[q * n + k] = s * pk + c * qk
    }
    for k in 0..<n {
      let (kp, kq) = (v[k * n + p], v[k * n + q])
      v[k * n + p] = c * kp - s * kq
      v[k * n + q] = s * kp + c * kq
    }
  }
}
