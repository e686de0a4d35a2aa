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
