import LinearAlgebra

/// A gate, or another quantity that a cell computes for each unit at each step.
public enum Gate: String, Codable, Sendable, CaseIterable {
  /// z of a GRU: 1 holds the old state in the paper's form.
  case update
  /// r of a GRU: 0 hides the old state from the candidate.
  case reset
  /// c: the tanh of what the step would write.
  case candidate
}

/// The kinds of recurrent cell. A new kind is a case here and a file that conforms to `Cell`.
public enum CellKind: String, Codable, Sendable, CaseIterable {
  /// The paper's GRU, Keras's first: hard-sigmoid gates, one bias, reset before the product.
  case gru

  package func cell(units: Int) -> any Cell {
    switch self {
    case .gru: PaperGRU(units: units)
    }
  }
}

/// One step of a recurrent layer, forward and backward, over all rows of a batch.
///
/// The input's part of the gates, x W + b, is already in the tape when `forward` is called, so a cell adds only
/// what depends on its state. A state is `[rows, stateWidth]`, of which the first `units` columns are the output.
package protocol Cell: Sendable {
  var units: Int { get }
  /// What each step computes, in the order of the columns of kernel, bias and tape.
  var gates: [Gate] { get }
  /// Floats that a row carries from step to step; more than `units` if there is a hidden memory.
  var stateWidth: Int { get }
  /// Floats that a row's step keeps for the backward pass, besides gates and state.
  var extraWidth: Int { get }

  func addParameters(to layout: inout ParameterLayout, prefix: String, inputs: Int) -> CellParameters

  /// From state(step) and the input's part of gates(step) to gates(step), extra(step) and state(step + 1).
  /// Rows that `tape.keeps(step)` marks carry their state over unchanged.
  func forward(_ step: Int, _ tape: Tape, _ parameters: CellParameters.Views)

  /// Replaces `stateGradient` `[rows, stateWidth]`, the loss by state(step + 1), with that by state(step), and
  /// gates(step) with the gradients by their input's part; `outputGradient` `[rows, units]` is added first.
  /// `scratch` has room for `[rows, gates × units]`.
  func backward(
    _ step: Int, _ tape: Tape, _ parameters: CellParameters.Views, stateGradient: MatrixView,
    outputGradient: MatrixView?, scratch: UnsafeMutablePointer<Float>)

  /// Adds the gradients of the recurrent parameters over `steps`, which `backward` has been through.
  func addRecurrentGradients(_ steps: Range<Int>, _ tape: Tape, to gradients: CellParameters.Views)
}

extension Cell {
  package var gateWidth: Int { gates.count * units }
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

  package struct Views {
    package let kernel: MatrixView
    package let recurrent: MatrixView
    package let bias: MatrixView

    package init(kernel: MatrixView, recurrent: MatrixView, bias: MatrixView) {
      self.kernel = kernel
      self.recurrent = recurrent
      self.bias = bias
    }
  }

  /// The tensors inside the buffer, of parameters or of gradients, that starts at `base`.
  package func views(at base: UnsafeMutablePointer<Float>) -> Views {
    Views(kernel: kernel.matrix(at: base), recurrent: recurrent.matrix(at: base), bias: bias.matrix(at: base))
  }
}
