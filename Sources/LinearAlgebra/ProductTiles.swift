import CBLAS

/// Products of small matrices, a tile of sums in registers at a time.
///
/// A library packs its operands before it multiplies, which pays for large ones; here nothing is copied. Each number of
/// a result is one chain of fused multiplications and additions along the inner dimension. So its bits depend neither on
/// the other rows nor on the processor, as long as that can fuse.
enum ProductTiles {
  /// Whether this processor's tiles are faster than OpenBLAS for a right side, or a result, of so many numbers: 32 KiB, near
  /// which its panels leave the first cache.
  @inline(__always)
  static func suit(_ numbers: Int, columns: Int) -> Bool {
    PRODUCT_TILE_VECTORS > 0 && numbers <= 8192 && columns % 16 == 0 && OpenBLAS.allowsTiles
  }

  /// A left side that may be transposed: element (row, i) lies at `base[row × rowStride + i × innerStride]`.
  struct Left {
    let base: UnsafePointer<Float>
    let rowStride: Int
    let innerStride: Int

    @inline(__always)
    func at(_ row: Int, _ inner: Int) -> Left {
      Left(
        base: base + (row &* rowStride &+ inner &* innerStride), rowStride: rowStride,
        innerStride: innerStride)
    }
  }

  /// c ← a b + keep · c, where b is `[inner, columns]` and c `[rows, columns]`, whose columns are whole vectors.
  static func multiply(_ a: Left, _ b: MatrixView, into c: MatrixView, keep: Float) {
    // So much of a and b stays in the first cache while it is used again.
    for inner in stride(from: 0, to: b.rows, by: 256) {
      let some = b.rows(inner..<min(inner + 256, b.rows))
      for row in stride(from: 0, to: c.rows, by: 128) {
        let rows = c.rows(row..<min(row + 128, c.rows))
        multiplyBlock(a.at(row, inner), some, into: rows, keep: inner == 0 ? keep : 1)
      }
    }
  }

  private static func multiplyBlock(_ a: Left, _ b: MatrixView, into c: MatrixView, keep: Float) {
    var column = 0
    if PRODUCT_TILE_VECTORS == 2 {
      let eight = InlineArray<8, InlineArray<2, Lanes>>(repeating: InlineArray(repeating: .zero))
      while column &+ 32 <= c.columns {
        multiplyColumns(
          a, b.columns(column..<column + 32), into: c.columns(column..<column + 32), keep, eight)
        column &+= 32
      }
    }
    while column < c.columns {
      let (right, result) = (b.columns(column..<column + 16), c.columns(column..<column + 16))
      if PRODUCT_TILE_VECTORS == 2 {
        let eight = InlineArray<8, InlineArray<1, Lanes>>(repeating: InlineArray(repeating: .zero))
        multiplyColumns(a, right, into: result, keep, eight)
      } else {
        let four = InlineArray<4, InlineArray<1, Lanes>>(repeating: InlineArray(repeating: .zero))
        multiplyColumns(a, right, into: result, keep, four)
      }
      column &+= 16
    }
  }

  /// All rows of one tile's width: as many whole tiles as there are, then four rows at a time, and then one.
  @inline(__always)
  private static func multiplyColumns<let height: Int, let width: Int>(
    _ a: Left, _ b: MatrixView, into c: MatrixView, _ keep: Float,
    _ zero: InlineArray<height, InlineArray<width, Lanes>>
  ) {
    var row = 0
    multiplyRows(a, b, into: c, keep, from: &row, zero)
    let none = InlineArray<width, Lanes>(repeating: .zero)
    multiplyRows(a, b, into: c, keep, from: &row, InlineArray<4, InlineArray<width, Lanes>>(repeating: none))
    multiplyRows(a, b, into: c, keep, from: &row, InlineArray<1, InlineArray<width, Lanes>>(repeating: none))
  }

  /// As many tiles of one height as there are rows for.
  @inline(__always)
  private static func multiplyRows<let height: Int, let width: Int>(
    _ a: Left, _ b: MatrixView, into c: MatrixView, _ keep: Float, from row: inout Int,
    _ zero: InlineArray<height, InlineArray<width, Lanes>>
  ) {
    while row &+ height <= c.rows {
      multiplyTile(a.at(row, 0), b, into: c.base + row &* c.stride, c.stride, keep, zero)
      row &+= height
    }
  }

  /// One tile, whose sums the compiler keeps in registers: the sizes are known to it.
  @inline(__always)
  private static func multiplyTile<let height: Int, let width: Int>(
    _ a: Left, _ b: MatrixView, into c: UnsafeMutablePointer<Float>, _ stride: Int, _ keep: Float,
    _ zero: InlineArray<height, InlineArray<width, Lanes>>
  ) {
    var sums = zero
    // As in BLAS, keep = 0 means that c is not read: it may hold anything.
    if keep != 0 {
      for row in 0..<height {
        for vector in 0..<width {
          sums[unchecked: row][unchecked: vector] = Lanes(at: c + (row &* stride &+ 16 &* vector)) * keep
        }
      }
    }
    var (left, right) = (a.base, UnsafePointer(b.base))
    var inner = b.rows
    while inner > 0 {
      for row in 0..<height {
        let factor = Lanes(repeating: left[row &* a.rowStride])
        for vector in 0..<width {
          sums[unchecked: row][unchecked: vector].addProduct(factor, Lanes(at: right + 16 &* vector))
        }
      }
      left += a.innerStride
      right += b.stride
      inner &-= 1
    }
    for row in 0..<height {
      for vector in 0..<width {
        sums[unchecked: row][unchecked: vector].store(at: c + (row &* stride &+ 16 &* vector))
      }
    }
  }
}
