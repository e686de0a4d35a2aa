import LinearAlgebra
import Networks

/// Sets single numbers of a model whose tensors are all zero at first, or of one that is there.
package struct ParameterBuilder {
  package private(set) var model: Seq2Seq

  /// The model with every parameter 0.
  package init(_ model: Seq2Seq) throws {
    self.model = model
    for view in model.layout.views {
      try self.model.setParameter(view.name, to: Matrix(rows: view.rows, columns: view.columns))
    }
  }

  /// Changes single numbers of a model that is there.
  package init(editing model: Seq2Seq) { self.model = model }

  /// Throws `NetworkError.unknownParameter`.
  package mutating func set(_ name: String, _ row: Int, _ column: Int, _ value: Float) throws {
    try edit(name) { $0[row, column] = value }
  }

  /// Throws `NetworkError.unknownParameter`, and `.wrongShape` if the change is one of the shape.
  package mutating func edit(_ name: String, _ change: (inout Matrix) -> Void) throws {
    var matrix = try model.parameter(name)
    change(&matrix)
    try model.setParameter(name, to: matrix)
  }
}
