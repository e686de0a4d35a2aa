import LinearAlgebra

/// A gate, or another quantity that a cell computes for each unit at each step.
public enum Gate: String, Codable, Sendable, CaseIterable {
  /// z of a GRU: 1 holds the old state in the paper's form.
  case update
  /// r of a GRU: 0 hides the old state from the candidate.
  case reset
  /// c: the tanh of what the step would write; of a simple RNN, the state itself.
  case candidate
  /// i of an LSTM: how much of the candidate is written.
  case input
  /// f of an LSTM: 1 holds the old cell state.
  case forget
  /// o of an LSTM: how much of the cell state is shown.
  case output
}

/// The kinds of recurrent cell. A new kind is a case here and a file that conforms to `Cell`.
public enum CellKind: String, Codable, Sendable, CaseIterable {
  /// The paper's GRU, Keras's first: hard-sigmoid gates, one bias, reset before the product.
  case gru
  /// PyTorch's and cuDNN's GRU: logistic gates, two biases, reset after the product.
  case resetAfterGRU
  /// The long short-term memory with a forget gate (Hochreiter & Schmidhuber 1997; Gers and others 2000), as in Keras
  /// and PyTorch.
  case lstm
  /// h_t = tanh(x W + h_{t−1} U + b), without gates (Elman 1990).
  case simpleRNN

  package func cell(units: Int) -> any Cell {
    switch self {
    case .gru: PaperGRU(units: units)
    case .resetAfterGRU: ResetAfterGRU(units: units)
    case .lstm: LSTM(units: units)
    case .simpleRNN: SimpleRNN(units: units)
    }
  }
}

/// What may change gates while a step is computed: called with the blocks of columns of gates(step) that have just
/// got their values, before anything reads them.
package typealias GateEdit = (_ blocks: Range<Int>) throws -> Void

/// One step of a recurrent layer, forward and backward, over all rows of a batch.
///
/// The input's part of the gates, x W + b, is already in the tape when `forward` is called, so a cell adds only
/// what depends on its state. A state is `[rows, stateWidth]`, of which the first `units` columns are the output.
package protocol Cell: Sendable {
  var units: Int { get }
  /// What each step computes, in the order of the columns of kernel, bias and tape.
  var gates: [Gate] { get }
  /// Floats that a row carries from step to step; more than `units` if there is a cell state beside h.
  var stateWidth: Int { get }
  /// Floats that a row's step keeps for the backward pass, besides gates and state.
  var extraWidth: Int { get }

  /// Whether the recurrent part of the gates has a bias of its own.
  var hasRecurrentBias: Bool { get }

  /// From state(step) and the input's part of gates(step) to gates(step), extra(step) and state(step + 1).
  /// Rows that `tape.keeps(step)` marks carry their state over unchanged.
  func forward(_ step: Int, _ tape: Tape, _ parameters: CellParameters.Views, edit: GateEdit?) rethrows

  /// Replaces `stateGradient` `[rows, stateWidth]`, the loss by state(step + 1), with that by state(step), and
  /// gates(step) with the gradients by their input's part; `outputGradient` `[rows, units]` is added first.
  /// `recurrentTransposed` is `[gates × units, units]`; `scratch` has room for `[rows, gates × units]`.
  func backward(
    _ step: Int, _ tape: Tape, recurrentTransposed: MatrixView, stateGradient: MatrixView,
    outputGradient: MatrixView?, scratch: UnsafeMutablePointer<Float>)

  /// Adds the gradients of the recurrent parameters over `steps`, which `backward` has been through.
  func addRecurrentGradients(_ steps: Range<Int>, _ tape: Tape, to gradients: CellParameters.Views)

  /// One step of one row, unit by unit from the equations: what the kernel is tested against.
  ///
  /// Shapes: `input` `[gates × units]` is x W + b; `state` and the result's `[stateWidth]`; `recurrent`
  /// `[units, gates × units]`; `recurrentBias` `[gates × units]`, or empty.
  func stepNaively(
    input: [Float], state: [Float], recurrent: Matrix, recurrentBias: [Float]
  ) -> (gates: [[Float]], state: [Float])
}

extension Cell {
  package var gateWidth: Int { gates.count * units }
  package var hasRecurrentBias: Bool { false }

  /// Appends the tensors of one layer.
  package func addParameters(
    to layout: inout ParameterLayout, prefix: String, inputs: Int
  ) -> CellParameters {
    CellParameters(
      kernel: layout.add("\(prefix).kernel", rows: inputs, columns: units, blocks: gates.count),
      recurrent: layout.add(
        "\(prefix)\(CellParameters.recurrentName)", rows: units, columns: units, blocks: gates.count),
      bias: layout.add("\(prefix).bias", rows: 1, columns: units, blocks: gates.count),
      recurrentBias: hasRecurrentBias
        ? layout.add("\(prefix).recurrentBias", rows: 1, columns: units, blocks: gates.count) : nil)
  }

  /// Σ over units of from[unit] · recurrent[unit, column], added to `start`: the sum behind one gate of one unit.
  func sumNaively(_ start: Float, _ from: [Float], _ recurrent: Matrix, column: Int) -> Float {
    (0..<units).reduce(start) { $0 + from[$1] * recurrent[$1, column] }
  }
}

/// The tensors of one recurrent layer.
package struct CellParameters: Sendable {
  static let recurrentName = ".recurrent"

  /// `[inputs, gates × units]`.
  package let kernel: ParameterLayout.View
  /// `[units, gates × units]`.
  package let recurrent: ParameterLayout.View
  /// `[1, gates × units]`.
  package let bias: ParameterLayout.View
  /// `[1, gates × units]`, for cells that have one.
  package let recurrentBias: ParameterLayout.View?

  package var all: [ParameterLayout.View] { [kernel, recurrent, bias] + (recurrentBias.map { [$0] } ?? []) }

  package struct Views {
    package let kernel: MatrixView
    package let recurrent: MatrixView
    package let bias: MatrixView
    package let recurrentBias: MatrixView?

    package init(
      kernel: MatrixView, recurrent: MatrixView, bias: MatrixView, recurrentBias: MatrixView? = nil
    ) {
      self.kernel = kernel
      self.recurrent = recurrent
      self.bias = bias
      self.recurrentBias = recurrentBias
    }
  }

  /// The tensors inside the buffer, of parameters or of gradients, that starts at `base`.
  package func views(at base: UnsafeMutablePointer<Float>) -> Views {
    Views(
      kernel: kernel.matrix(at: base), recurrent: recurrent.matrix(at: base), bias: bias.matrix(at: base),
      recurrentBias: recurrentBias?.matrix(at: base))
  }
}
