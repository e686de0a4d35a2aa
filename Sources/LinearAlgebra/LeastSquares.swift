import Base
import CBLAS

/// The x that makes ‖A x − b‖² + λ ‖x‖² smallest, in Double: (AᵀA + λ I) x = Aᵀ b, by Cholesky's decomposition.
///
/// - Parameters:
///   - a: The matrix A, `[rows × columns]`, row after row.
///   - b: `[rows]`.
///   - damping: λ, as in ridge regression or in a step of Levenberg and Marquardt; above 0 there always is one x.
/// - Returns: The x, `[columns]`; nil if AᵀA + λ I is not positive definite, or not finite.
public func leastSquares(_ a: [Double], columns: Int, _ b: [Double], damping: Double) -> [Double]? {
  let rows = b.count
  ensure(a.count == rows * columns, "\(a.count) numbers are no \(rows) × \(columns) matrix")
  guard columns > 0 else { return [] }
  _ = OpenBLAS.ready
  var gram = [Double](repeating: 0, count: columns * columns)
  for i in 0..<columns { gram[i * columns + i] = damping }
  var x = [Double](repeating: 0, count: columns)
  let stride = blasint(columns)
  cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, stride, blasint(rows), 1, a, stride, 1, &gram, stride)
  cblas_dgemv(CblasRowMajor, CblasTrans, blasint(rows), stride, 1, a, stride, b, 1, 0, &x, 1)
  return solvePositiveDefinite(gram, x)
}

/// The x of G x = b for a symmetric positive definite G `[n × n]`, of which the upper triangle is read; nil if G is not
/// positive definite, or the result not finite.
public func solvePositiveDefinite(_ matrix: [Double], _ b: [Double]) -> [Double]? {
  ensure(matrix.count == b.count * b.count, "\(matrix.count) numbers are no square of \(b.count)")
  _ = OpenBLAS.ready
  var (matrix, x) = (matrix, b)
  var (size, one, info) = (blasint(b.count), blasint(1), blasint(0))
  var stride = blasint(max(1, b.count))
  // The upper triangle row after row is LAPACK's lower one column after column.
  dposv_("L", &size, &one, &matrix, &stride, &x, &stride, &info, 1)
  return info == 0 && x.allSatisfy(\.isFinite) ? x : nil
}
