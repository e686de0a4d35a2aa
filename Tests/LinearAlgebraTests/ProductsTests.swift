import LinearAlgebra
import Testing

struct ProductsTests {
  @Test(arguments: [(1, 1, 1), (3, 5, 2), (64, 32, 96), (7, 33, 17)])
  func productsEqualTheNaiveOnes(m: Int, k: Int, n: Int) {
    var generator = SeededGenerator(seed: 1)
    for (transposeA, transposeB) in [(false, false), (true, false), (false, true), (true, true)] {
      var a = Matrix.normal(rows: transposeA ? k : m, columns: transposeA ? m : k, using: &generator)
      var b = Matrix.normal(rows: transposeB ? n : k, columns: transposeB ? k : n, using: &generator)
      var fast = Matrix.normal(rows: m, columns: n, using: &generator)
      var slow = fast
      a.withMutableView { a in
        b.withMutableView { b in
          fast.withMutableView {
            multiply(a, b, into: $0, transposeA: transposeA, transposeB: transposeB, scale: 0.5, keep: 2)
          }
          slow.withMutableView {
            multiplyNaively(
              a, b, into: $0, transposeA: transposeA, transposeB: transposeB, scale: 0.5, keep: 2)
          }
        }
      }
      #expect(largestDifference(fast.storage, slow.storage) < 1e-4)
    }
  }

  /// Shapes at the edges of tiles of 8 × 32 and 4 × 16, of blocks of 256 and 128, and of what tiles take at all.
  @Test(arguments: [
    (1, 1, 16), (8, 7, 32), (9, 16, 48), (13, 300, 16), (131, 64, 128), (260, 33, 80), (64, 128, 64),
    (31, 257, 31), (5, 513, 16), (7, 86, 96), (64, 700, 128), (65, 700, 128),
  ])
  func smallProductsEqualTheNaiveOnes(m: Int, k: Int, n: Int) {
    var generator = SeededGenerator(seed: 4)
    for transposeA in [false, true] {
      var a = Matrix.normal(rows: transposeA ? k : m, columns: transposeA ? m : k, using: &generator)
      var b = Matrix.normal(rows: k, columns: n, using: &generator)
      let before = Matrix.normal(rows: m, columns: n, using: &generator)
      for keep: Float in [0, 1, -0.5] {
        // What is not kept may be anything.
        var fast = keep == 0 ? Matrix(rows: m, columns: n, repeating: .nan) : before
        var slow = before
        a.withMutableView { a in
          b.withMutableView { b in
            fast.withMutableView { multiply(a, b, into: $0, transposeA: transposeA, keep: keep) }
            slow.withMutableView { multiplyNaively(a, b, into: $0, transposeA: transposeA, keep: keep) }
          }
        }
        // k roundings of sums that grow as √k come to some k / 5 half units in the last place; the largest of
        // thousands is several times that.
        #expect(largestDifference(fast.storage, slow.storage) < 4e-7 * Float(k) + 2e-6)
      }
    }
  }

  /// The gates of a small model are columns of wider matrices.
  @Test func smallProductsWorkOnWindowsAndLeaveTheRestAlone() {
    var generator = SeededGenerator(seed: 5)
    let a = Matrix.normal(rows: 21, columns: 40, using: &generator)
    let b = Matrix.normal(rows: 30, columns: 100, using: &generator)
    let before = Matrix.normal(rows: 21, columns: 90, using: &generator)
    var (fast, slow) = (before, before)
    a.withView { a in
      b.withView { b in
        let (left, right) = (a.columns(3..<33), b.columns(5..<53))
        fast.withMutableView { multiply(left, right, into: $0.columns(7..<55), keep: 1) }
        slow.withMutableView { multiplyNaively(left, right, into: $0.columns(7..<55), keep: 1) }
      }
    }
    #expect(largestDifference(fast.storage, slow.storage) < 1e-5)
    for row in 0..<21 {
      for column in Array(0..<7) + Array(55..<90) { #expect(fast[row, column] == before[row, column]) }
    }
  }

  @Test(arguments: [(0, 3), (1, 1), (16, 16), (33, 70), (5, 100)])
  func transposedIsRowByColumn(rows: Int, columns: Int) {
    var generator = SeededGenerator(seed: 6)
    let a = Matrix.normal(rows: rows, columns: columns, using: &generator)
    var result = Matrix(rows: columns, columns: rows)
    a.withView { a in result.withMutableView { transpose(a, into: $0) } }
    #expect(result == a.transposed)
    for row in 0..<rows {
      for column in 0..<columns { #expect(result[column, row] == a[row, column]) }
    }
  }

  @Test func productsWorkOnWindowsAndLeaveTheRestAlone() {
    var generator = SeededGenerator(seed: 2)
    let a = Matrix.normal(rows: 4, columns: 6, using: &generator)
    let b = Matrix.normal(rows: 3, columns: 5, using: &generator)
    var c = Matrix(rows: 4, columns: 9, repeating: 7)
    a.withView { a in
      b.withView { b in
        c.withMutableView { multiply(a.columns(1..<4), b.columns(2..<5), into: $0.columns(3..<6)) }
      }
    }
    var expected = Matrix(rows: 4, columns: 9, repeating: 7)
    for row in 0..<4 {
      for column in 0..<3 {
        expected[row, 3 + column] = (0..<3).reduce(0) { $0 + a[row, 1 + $1] * b[$1, 2 + column] }
      }
    }
    #expect(largestDifference(c.storage, expected.storage) < 1e-5)
  }

  @Test func columnSumsAddToWhatIsThere() {
    let a = Matrix([[1, 2, 3], [10, 20, 30]])
    var sums: [Float] = [100, 100, 100]
    a.withView { addColumnSums(of: $0, to: &sums) }
    #expect(sums == [111, 122, 133])
  }

  @Test func covarianceIsThatOfTheColumns() {
    let covariance = Matrix([[1, 2], [3, 6], [5, 10]]).covariance
    #expect(largestDifference(covariance.storage, [4, 8, 8, 16]) < 1e-5)
  }
}

func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
  a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
}
