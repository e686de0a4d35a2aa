import LinearAlgebra

/// Where each named tensor of a model lies in its one flat buffer of parameters; gradients lie the same way.
public struct ParameterLayout: Codable, Sendable, Hashable {
  /// One tensor: `[rows, columns]`, row-major, from `offset`. A bias has one row.
  public struct View: Codable, Sendable, Hashable {
    public let name: String
    public let rows: Int
    public let columns: Int
    public let offset: Int

    public var count: Int { rows * columns }

    /// The tensor inside the buffer that starts at `base`.
    package func matrix(at base: UnsafeMutablePointer<Float>) -> MatrixView {
      MatrixView(base + offset, rows: rows, columns: columns)
    }
  }

  /// All tensors, in the order of the buffer.
  public private(set) var views: [View] = []
  /// The length of the buffer. Tensors start at multiples of 16, and what lies between them stays zero.
  public private(set) var count = 0

  /// The tensor with this name, if there is one.
  public subscript(name: String) -> View? { views.first { $0.name == name } }

  mutating func add(_ name: String, rows: Int, columns: Int) -> View {
    let view = View(name: name, rows: rows, columns: columns, offset: count)
    views.append(view)
    count += (view.count + 15) / 16 * 16
    return view
  }
}
