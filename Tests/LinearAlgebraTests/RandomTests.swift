import LinearAlgebra
import Testing

struct RandomTests {
  @Test func aSeedFixesTheSequenceAndALabelSeparatesIt() {
    var (a, b) = (SeededGenerator(seed: 1, label: "x"), SeededGenerator(seed: 1, label: "x"))
    var (c, d) = (SeededGenerator(seed: 1, label: "y"), SeededGenerator(seed: 2, label: "x"))
    let first = (0..<4).map { _ in a.next() }
    #expect(first == (0..<4).map { _ in b.next() })
    #expect(first != (0..<4).map { _ in c.next() })
    #expect(first != (0..<4).map { _ in d.next() })
  }

  @Test func theSequenceIsXoshirosOwn() {
    // The first outputs after SplitMix64(0) fills the state, as in the authors' C code.
    var generator = SeededGenerator(seed: 0)
    #expect((0..<2).map { _ in generator.next() } == [0x99ec_5f36_cb75_f2b4, 0xbf6e_1f78_4956_452a])
  }

  @Test func drawsHaveTheirMoments() {
    var generator = SeededGenerator(seed: 5)
    let normal = (0..<100_000).map { _ in generator.normal() }
    let mean = normal.reduce(0, +) / 1e5
    #expect(abs(mean) < 0.01)
    #expect(abs(normal.reduce(0) { $0 + $1 * $1 } / 1e5 - 1) < 0.02)
    let uniform = (0..<100_000).map { _ in generator.uniform(in: -0.08..<0.08) }
    #expect(uniform.allSatisfy { $0 >= -0.08 && $0 < 0.08 })
    #expect(abs(uniform.reduce(0, +) / 1e5) < 0.001)
    var counts = [Int](repeating: 0, count: 3)
    for _ in 0..<30_000 { counts[generator.integer(below: 3)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
  }

  @Test func shufflesAndSamplesKeepTheElements() {
    var generator = SeededGenerator(seed: 6)
    let shuffled = generator.shuffled(0..<50)
    #expect(shuffled != Array(0..<50) && shuffled.sorted() == Array(0..<50))
    #expect(Set(generator.sample(20, of: 0..<50)).count == 20)
  }

  @Test(arguments: [(4, 12), (12, 4), (5, 5)]) func orthogonalMatricesAre(rows: Int, columns: Int) {
    var generator = SeededGenerator(seed: 7)
    let matrix = Matrix.orthogonal(rows: rows, columns: columns, using: &generator)
    let product = rows <= columns ? matrix * matrix.transposed : matrix.transposed * matrix
    for i in 0..<product.rows {
      for j in 0..<product.columns { #expect(abs(product[i, j] - (i == j ? 1 : 0)) < 1e-6) }
    }
  }

  @Test func eigenvectorsReassembleTheMatrix() {
    var generator = SeededGenerator(seed: 8)
    let symmetric = Matrix.normal(rows: 20, columns: 6, using: &generator).covariance
    let eigen = SymmetricEigen(symmetric)
    #expect(eigen.values == eigen.values.sorted(by: >))
    var scaled = eigen.vectors
    for i in 0..<6 { for j in 0..<6 { scaled[i, j] *= Float(eigen.values[i]) } }
    #expect(largestDifference((eigen.vectors.transposed * scaled).storage, symmetric.storage) < 1e-5)
  }
}
