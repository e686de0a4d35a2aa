import Base
import CBLAS

/// c ← scale · op(a) · op(b) + keep · c, where op transposes or not, in Float: small products by tiles, others by OpenBLAS.
///
/// Shapes: op(a) is `[m, k]`, op(b) is `[k, n]`, c is `[m, n]`; c may not overlap a or b.
/// The result has the same bits for the same shapes, whatever the number of threads.
public func multiply(
  _ a: MatrixView, _ b: MatrixView, into c: MatrixView,
  transposeA: Bool = false, transposeB: Bool = false, scale: Float = 1, keep: Float = 0
) {
  _ = OpenBLAS.ready
  let inner = transposeA ? a.rows : a.columns
  checkShapes(a, b, c, transposeA, transposeB)
  guard c.rows > 0, c.columns > 0 else { return }
  if scale == 1, !transposeB, inner > 0,
    ProductTiles.suit(transposeA ? c.rows * c.columns : b.rows * c.columns, columns: c.columns)
  {
    let left = ProductTiles.Left(
      base: a.base, rowStride: transposeA ? 1 : a.stride, innerStride: transposeA ? a.stride : 1)
    ProductTiles.multiply(left, b, into: c, keep: keep)
    return
  }
  cblas_sgemm(
    CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
    blasint(c.rows), blasint(c.columns), blasint(inner),
    scale, a.base, blasint(max(a.stride, 1)), b.base, blasint(max(b.stride, 1)),
    keep, c.base, blasint(max(c.stride, 1)))
}

/// The same product as three loops, summed in Double: what `multiply` is tested against.
public func multiplyNaively(
  _ a: MatrixView, _ b: MatrixView, into c: MatrixView,
  transposeA: Bool = false, transposeB: Bool = false, scale: Float = 1, keep: Float = 0
) {
  checkShapes(a, b, c, transposeA, transposeB)
  for row in 0..<c.rows {
    for column in 0..<c.columns {
      var sum = 0.0
      for i in 0..<(transposeA ? a.rows : a.columns) {
        let left = transposeA ? a[i, row] : a[row, i]
        let right = transposeB ? b[column, i] : b[i, column]
        sum += Double(left) * Double(right)
      }
      // As in BLAS, keep = 0 means that c is not read: it may hold anything.
      c[row, column] = Float(Double(scale) * sum + (keep == 0 ? 0 : Double(keep) * Double(c[row, column])))
    }
  }
}

@inline(__always)
private func checkShapes(
  _ a: MatrixView, _ b: MatrixView, _ c: MatrixView, _ transposeA: Bool, _ transposeB: Bool
) {
  ensure(
    (transposeA ? a.columns : a.rows) == c.rows && (transposeB ? b.rows : b.columns) == c.columns
      && (transposeA ? a.rows : a.columns) == (transposeB ? b.columns : b.rows),
    """
    can't multiply \(a.rows) × \(a.columns)\(transposeA ? " transposed" : "") by \
    \(b.rows) × \(b.columns)\(transposeB ? " transposed" : "") into \(c.rows) × \(c.columns)
    """)
}

/// sums[column] ← sums[column] + Σ over rows of a[row, column], row after row.
public func addColumnSums(of a: MatrixView, to sums: UnsafeMutablePointer<Float>) {
  for row in 0..<a.rows { add(a.base + row * a.stride, to: sums, count: a.columns) }
}

/// Copies the bias into each row of c: the start of an affine map.
public func fillRows(of c: MatrixView, with bias: UnsafePointer<Float>) {
  for row in 0..<c.rows { (c.base + row * c.stride).update(from: bias, count: c.columns) }
}

/// result ← aᵀ, `[a.columns, a.rows]`, in blocks that stay near the core.
public func transpose(_ a: MatrixView, into result: MatrixView) {
  ensure(
    a.rows == result.columns && a.columns == result.rows,
    "can't transpose \(a.rows) × \(a.columns) into \(result.rows) × \(result.columns)")
  for top in stride(from: 0, to: a.rows, by: 16) {
    for left in stride(from: 0, to: a.columns, by: 16) {
      for row in top..<min(top + 16, a.rows) {
        for column in left..<min(left + 16, a.columns) { result[column, row] = a[row, column] }
      }
    }
  }
}
