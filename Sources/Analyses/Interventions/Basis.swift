import Base
import LinearAlgebra

/// Orthonormal directions in the space of a layer's units: an edit may treat the coordinates along them as it else does
/// units.
///
/// As many directions as units are a rotation of the whole space; fewer span a subspace.
public struct Basis: Codable, Sendable, Equatable {
  /// `[directions, units]`: row i is direction i.
  public let directions: Matrix

  /// Takes directions that are orthonormal.
  ///
  /// - Throws: `AnalysisError.invalidOption` if they are not, to 10⁻⁴ in any of their products; `.setLargerThanModel` if
  ///   there are more than units.
  public init(_ directions: Matrix) throws {
    guard directions.rows <= directions.columns else {
      throw AnalysisError.setLargerThanModel(size: directions.rows, units: directions.columns)
    }
    let products = directions * directions.transposed
    for row in 0..<products.rows {
      for column in 0..<products.columns {
        let found = products[row, column]
        guard abs(found - (row == column ? 1 : 0)) < 1e-4 else {
          throw AnalysisError.invalidOption(
            name: "the product of directions \(row) and \(column)", value: "\(found)",
            expected: row == column ? "1: directions of unit length" : "0: directions at right angles")
        }
      }
    }
    self.directions = directions
  }

  private init(trusted directions: Matrix) { self.directions = directions }

  /// A rotation of the whole space, uniform over all of them (and over reflections, which do not matter here).
  public static func random(units: Int, seed: UInt64) -> Basis {
    random(directions: units, of: units, seed: seed)
  }

  /// A subspace of some directions, uniform over all of them.
  public static func random(directions: Int, of units: Int, seed: UInt64) -> Basis {
    ensure(directions <= units, "\(directions) orthonormal directions of \(units) units were asked for")
    var generator = SeededGenerator(seed: seed, label: "random directions")
    return Basis(trusted: .orthogonal(rows: directions, columns: units, using: &generator))
  }

  /// The directions made orthonormal, one after the other (Gram–Schmidt in Double, twice over against cancellation); nil
  /// if they are linearly dependent. With another basis, the part of them at right angles to it.
  init?(orthonormalizing directions: Matrix, besides other: Basis? = nil) {
    let fixed = other?.count ?? 0
    var basis = (0..<fixed).map { row in other?.directions.row(row).map(Double.init) ?? [] }
    for row in 0..<directions.rows {
      var vector = directions.row(row).map(Double.init)
      let before = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for _ in 0..<2 {
        for other in basis {
          let shared = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
          for i in vector.indices { vector[i] -= shared * other[i] }
        }
      }
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 1e-6 * before, length > 0, length.isFinite else { return nil }
      basis.append(vector.map { $0 / length })
    }
    self.directions = Matrix(
      rows: directions.rows, columns: directions.columns,
      storage: basis.dropFirst(fixed).flatMap { $0.map { Float($0) } })
  }

  /// How many directions there are.
  public var count: Int { directions.rows }
  /// How many units a state has.
  public var units: Int { directions.columns }

  /// States `[rows, units]` along the directions, `[rows, directions]`.
  public func coordinates(of states: Matrix) -> Matrix { states * directions.transposed }

  /// The part of states `[rows, units]` that lies in the span of the directions, `[rows, units]`.
  public func projection(of states: Matrix) -> Matrix { coordinates(of: states) * directions }

  /// The cosines of the principal angles between two spans, largest first (Björck & Golub 1973): all 1 if one contains
  /// the other.
  public func cosines(with other: Basis) -> [Double] {
    let products = directions * other.directions.transposed
    let smaller = count <= other.count ? products * products.transposed : products.transposed * products
    return SymmetricEigen(smaller).values.map { min(1, max(0, $0)).squareRoot() }
  }
}
