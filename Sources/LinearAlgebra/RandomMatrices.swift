extension Matrix {
  /// Elements drawn evenly from `range`, row after row.
  public static func uniform(
    rows: Int, columns: Int, in range: Range<Float>, using generator: inout SeededGenerator
  ) -> Matrix {
    Matrix(
      rows: rows, columns: columns, storage: (0..<rows * columns).map { _ in generator.uniform(in: range) })
  }

  /// Elements drawn from the standard normal distribution, row after row.
  public static func normal(rows: Int, columns: Int, using generator: inout SeededGenerator) -> Matrix {
    Matrix(
      rows: rows, columns: columns, storage: (0..<rows * columns).map { _ in Float(generator.normal()) })
  }

  /// A random matrix whose rows (or columns, if there are more rows than columns) are orthonormal.
  ///
  /// Saxe, McClelland & Ganguli 2014, as Keras's `orthogonal`: normal draws made orthonormal, here by
  /// Gram–Schmidt in Double, twice over against cancellation, which gives the same uniform distribution.
  public static func orthogonal(
    rows: Int, columns: Int, using generator: inout SeededGenerator
  ) -> Matrix {
    if rows > columns { return orthogonal(rows: columns, columns: rows, using: &generator).transposed }
    var basis = [[Double]]()
    while basis.count < rows {
      var vector = (0..<columns).map { _ in generator.normal() }
      for _ in 0..<2 {
        for other in basis {
          let shared = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
          for i in 0..<columns { vector[i] -= shared * other[i] }
        }
      }
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      // A draw that lies in the span of the others has probability 0 but must not divide by it.
      if length > 1e-8 { basis.append(vector.map { $0 / length }) }
    }
    return Matrix(rows: rows, columns: columns, storage: basis.flatMap { $0.map { Float($0) } })
  }
}
