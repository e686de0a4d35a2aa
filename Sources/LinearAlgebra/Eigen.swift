import Base
import CBLAS
import Foundation

/// A complex number in Double, such as an eigenvalue.
public struct ComplexNumber: Codable, Sendable, Hashable {
  /// The real part.
  public var real: Double
  /// The imaginary part; 0 for a real number.
  public var imaginary: Double

  /// A number by its two parts.
  public init(_ real: Double, _ imaginary: Double = 0) {
    self.real = real
    self.imaginary = imaginary
  }

  /// |λ|.
  public var magnitude: Double { hypot(real, imaginary) }
  /// The angle in radians, above −π and at most π.
  public var angle: Double { atan2(imaginary, real) }
}

/// The eigenvalues of a square matrix that need not be symmetric, with its right and left eigenvectors, by LAPACK's
/// `dgeev` in Double.
///
/// A v = λ v for a right eigenvector v, uᴴ A = λ uᴴ for a left one u. Of a deviation δ from a fixed point, v says how the
/// mode moves the state, u how much of the mode there is in δ.
public struct Eigen: Codable, Sendable, Equatable {
  /// `[n]`, the largest in magnitude first; of a conjugate pair, the one above the real axis first.
  public let values: [ComplexNumber]
  /// `[n][n]`: the unit vector v of each value.
  public let right: [[ComplexNumber]]
  /// `[n][n]`: the unit vector u of each value.
  public let left: [[ComplexNumber]]

  /// Decomposes `matrix`, `[n, n]`. Nil if it holds a number that is not finite, or the iteration does not converge.
  public init?(_ matrix: Matrix) {
    ensure(
      matrix.rows == matrix.columns, "a \(matrix.rows) × \(matrix.columns) matrix has no eigenvalues")
    guard matrix.storage.allSatisfy(\.isFinite) else { return nil }
    _ = OpenBLAS.ready
    let n = matrix.rows
    // LAPACK's matrices lie column after column.
    var a = matrix.transposed.storage.map { Double($0) }
    var (real, imaginary) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n))
    var (left, right) = ([Double](repeating: 0, count: n * n), [Double](repeating: 0, count: n * n))
    var (size, stride, info) = (blasint(n), blasint(max(n, 1)), blasint(0))
    var workCount = blasint(max(1, 34 * n))
    var work = [Double](repeating: 0, count: Int(workCount))
    dgeev_(
      "V", "V", &size, &a, &stride, &real, &imaginary, &left, &stride, &right, &stride, &work, &workCount,
      &info, 1, 1)
    guard info == 0 else { return nil }
    let found = (0..<n).map { ComplexNumber(real[$0], imaginary[$0]) }
    let order = (0..<n).sorted {
      let (a, b) = (found[$0], found[$1])
      // The two of a pair have equal magnitudes, bit by bit.
      return (-a.magnitude, -a.real, -a.imaginary) < (-b.magnitude, -b.real, -b.imaginary)
    }
    values = order.map { found[$0] }
    // A pair shares two columns: real part, then imaginary part, of the vector of the value above the axis.
    func vectors(_ columns: [Double]) -> [[ComplexNumber]] {
      order.map { index in
        let sign = imaginary[index]
        let first = sign < 0 ? index - 1 : index
        return (0..<n).map { i in
          ComplexNumber(
            columns[first * n + i], sign == 0 ? 0 : (sign < 0 ? -1 : 1) * columns[(first + 1) * n + i])
        }
      }
    }
    self.right = vectors(right)
    self.left = vectors(left)
  }
}
