import Base
import LinearAlgebra

/// The directions in which observations vary most, and the observations seen along them.
public struct PrincipalComponents: Codable, Sendable, Equatable {
  /// The mean that is taken off before projecting, `[features]`.
  public let mean: [Float]
  /// A direction of unit length in each row, the one of largest variance first: `[components, features]`.
  public let directions: Matrix
  /// The share of the whole variance along each direction.
  public let explained: [Double]

  /// The leading principal components of some observations.
  ///
  /// The sign of a direction is arbitrary in the method; here its largest weight is positive.
  ///
  /// - Parameters:
  ///   - observations: `[rows, features]`.
  ///   - count: How many components, at most the number of features.
  public init(_ observations: Matrix, count: Int) {
    ensure(
      count <= observations.columns, "\(count) components of \(observations.columns) features were asked for")
    mean = observations.columnMeans
    let eigen = SymmetricEigen(observations.covariance)
    let whole = eigen.values.reduce(0, +)
    explained = eigen.values.prefix(count).map { whole > 0 ? $0 / whole : 0 }
    var directions = Matrix(rows: count, columns: observations.columns)
    for component in 0..<count {
      let vector = eigen.vectors.row(component)
      let largest = vector.max { abs($0) < abs($1) } ?? 1
      for (feature, weight) in vector.enumerated() {
        directions[component, feature] = largest < 0 ? -weight : weight
      }
    }
    self.directions = directions
  }

  /// Observations along the components: `[rows, features]` becomes `[rows, components]`.
  public func project(_ observations: Matrix) -> Matrix {
    var centred = observations
    for row in 0..<centred.rows {
      for feature in 0..<centred.columns { centred[row, feature] -= mean[feature] }
    }
    return centred * directions.transposed
  }
}
