import Base
import LinearAlgebra

/// What may be changed while a decoder runs: each is a place on the path from a state to what it does.
///
/// Matrices of states are `[rows, state width × layers]`, lowest layer first; the state of an LSTM is h, then its
/// cell state. All must keep their shape.
public struct Interventions {
  /// h_t as soon as it is computed (t = 0: the encoder's last): its output and all later steps see the change.
  public var state: ((_ step: Int, _ states: inout Matrix) throws -> Void)?
  /// The top layer's h_t `[rows, units]` as the output sees it; what is carried on stays as it was.
  public var output: ((_ step: Int, _ output: inout Matrix) throws -> Void)?
  /// h_t as step t + 1 sees it; the output of step t stays as it was.
  public var carried: ((_ step: Int, _ states: inout Matrix) throws -> Void)?
  /// A gate `[rows, units]` of one layer as soon as it is computed, before anything reads it.
  public var gate: ((_ step: Int, _ layer: Int, _ gate: Gate, _ values: inout Matrix) throws -> Void)?

  /// Hooks for some places; where there is none, nothing is changed.
  public init(
    state: ((_ step: Int, _ states: inout Matrix) throws -> Void)? = nil,
    output: ((_ step: Int, _ output: inout Matrix) throws -> Void)? = nil,
    carried: ((_ step: Int, _ states: inout Matrix) throws -> Void)? = nil,
    gate: ((_ step: Int, _ layer: Int, _ gate: Gate, _ values: inout Matrix) throws -> Void)? = nil
  ) {
    self.state = state
    self.output = output
    self.carried = carried
    self.gate = gate
  }

  /// The same on the padded views of a pass.
  func edits(in network: Network, rows: Int) -> ForwardPass.Edits {
    let (stateColumns, units) = (network.stateColumns, network.configuration.units)
    func onViews(
      _ columns: [Int], _ edit: @escaping (inout Matrix) throws -> Void
    ) -> (_ views: [MatrixView]) throws -> Void {
      { views in
        var matrix = Matrix(rows: rows, columns: columns.count * views.count)
        matrix.load(views, columns)
        try edit(&matrix)
        ensure(
          matrix.rows == rows && matrix.columns == columns.count * views.count,
          "an edited matrix is \(matrix.rows) × \(matrix.columns), not \(rows) × \(columns.count * views.count)"
        )
        matrix.save(to: views, columns)
      }
    }
    var edits = ForwardPass.Edits()
    edits.states = state.map { edit in
      { step, views in try onViews(stateColumns) { try edit(step, &$0) }(views) }
    }
    edits.carried = carried.map { edit in
      { step, views in try onViews(stateColumns) { try edit(step, &$0) }(views) }
    }
    edits.output = output.map { edit in
      { step, view in try onViews(Array(0..<units)) { try edit(step, &$0) }([view]) }
    }
    edits.gates = gate.map { edit in
      { step, layer, block, view in
        try onViews(Array(0..<units)) { try edit(step, layer, network.cell.gates[block], &$0) }([view])
      }
    }
    return edits
  }
}

extension Recording {
  /// The decoder's states of one step, of all its layers and with the cell state of LSTMs, `[rows, state width × layers]`: as
  /// interventions get them and `decode(from:at:steps:)` takes them.
  public func states(at step: Int) -> Matrix {
    let parts = decoderLayers.flatMap { layer in
      [layer.states, layer.cellState].compactMap { $0?.step(step) }
    }
    let columns = parts.reduce(0) { $0 + $1.columns }
    return Matrix(
      rows: rows.count, columns: columns,
      storage: (0..<rows.count).flatMap { row in parts.flatMap { $0.row(row) } })
  }
}

extension Matrix {
  /// Takes the given columns of each layer's state: `[rows, columns × layers]`.
  mutating func load(_ layers: [MatrixView], _ columns: [Int]) {
    forEach(layers, columns) { ours, theirs in ours = theirs }
  }

  /// Gives them back.
  mutating func save(to layers: [MatrixView], _ columns: [Int]) {
    forEach(layers, columns) { ours, theirs in theirs = ours }
  }

  @inline(__always)
  private mutating func forEach(
    _ layers: [MatrixView], _ columns: [Int], _ body: (_ ours: inout Float, _ theirs: inout Float) -> Void
  ) {
    withMutableView { all in
      for (layer, state) in layers.enumerated() {
        for row in 0..<all.rows {
          let ours = all.base + row * all.stride + layer * columns.count
          let theirs = state.base + row * state.stride
          for (i, column) in columns.enumerated() { body(&ours[i], &theirs[column]) }
        }
      }
    }
  }
}
