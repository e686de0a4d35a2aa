import LinearAlgebra

/// Where each named tensor of a model lies in its one flat buffer of parameters; gradients lie the same way.
public struct ParameterLayout: Codable, Sendable, Hashable {
  /// One tensor: `[rows, columns]`, row-major, from `offset`. A bias has one row.
  public struct View: Codable, Sendable, Hashable {
    /// Such as "encoder.embedding"; no two views share one.
    public let name: String
    /// How many rows the tensor has; 1 for a bias.
    public let rows: Int
    /// How many columns it has.
    public let columns: Int
    /// How many gates lie side by side in the columns: 3 for the kernels and bias of a GRU, else 1.
    public let blocks: Int
    /// Where it begins in the buffer, in numbers.
    public let offset: Int

    /// How many numbers it holds.
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

  /// Appends a tensor of `blocks` blocks of `columns` columns.
  mutating func add(_ name: String, rows: Int, columns: Int, blocks: Int = 1) -> View {
    let view = View(name: name, rows: rows, columns: columns * blocks, blocks: blocks, offset: count)
    views.append(view)
    count += paddedToLanes(view.count)
    return view
  }

  /// Copies every tensor from `source`, laid out as `other` is, which has the same tensors in larger or smaller
  /// sizes. What the larger has more, on the right of each block and below, is left alone.
  func copy(
    from source: UnsafePointer<Float>, laidOutAs other: ParameterLayout,
    to target: UnsafeMutablePointer<Float>
  ) {
    for (ours, theirs) in zip(views, other.views) {
      let (ourWidth, theirWidth) = (ours.columns / ours.blocks, theirs.columns / theirs.blocks)
      for row in 0..<min(ours.rows, theirs.rows) {
        for block in 0..<ours.blocks {
          (target + ours.offset + row * ours.columns + block * ourWidth)
            .update(
              from: source + theirs.offset + row * theirs.columns + block * theirWidth,
              count: min(ourWidth, theirWidth))
        }
      }
    }
  }
}
