import Base
import LinearAlgebra

/// What a recurrent layer keeps of its steps, time-major: gates, states and what else the way back needs.
///
/// Step s leads from state(s) to state(s + 1). A tape keeps its last `depth` steps: all of them for training, one
/// for decoding, where step s then lies where step s − 1 lay.
package struct Tape {
  package let rows: Int
  package let depth: Int
  let units: Int
  let gateWidth: Int
  let stateWidth: Int
  let extraWidth: Int
  let gateBase: UnsafeMutablePointer<Float>
  let stateBase: UnsafeMutablePointer<Float>
  let extraBase: UnsafeMutablePointer<Float>
  /// `[steps, rows]`, 1 where a row carries its state over, or nil.
  let keepBase: UnsafePointer<UInt8>?

  /// `[rows, gates × units]`.
  package func gates(_ step: Int) -> MatrixView {
    MatrixView(gateBase + step % depth * rows * gateWidth, rows: rows, columns: gateWidth)
  }

  /// `[rows, stateWidth]`.
  package func state(_ step: Int) -> MatrixView {
    MatrixView(stateBase + step % (depth + 1) * rows * stateWidth, rows: rows, columns: stateWidth)
  }

  /// The part of state(step) that other layers see, `[rows, units]`.
  package func output(_ step: Int) -> MatrixView { state(step).columns(0..<units) }

  /// `[rows, extraWidth]`.
  package func extra(_ step: Int) -> MatrixView {
    MatrixView(extraBase + step % depth * rows * extraWidth, rows: rows, columns: extraWidth)
  }

  /// The rows of `step` that carry their state over, `[rows]`, or nil if none ever does.
  package func keeps(_ step: Int) -> UnsafePointer<UInt8>? { keepBase.map { $0 + step * rows } }

  /// Consecutive steps as one matrix, `[steps × rows, gates × units]`; they must all be on the tape.
  package func gates(_ steps: Range<Int>) -> MatrixView { join(gates(steps.lowerBound), steps) }

  /// Consecutive outputs as one matrix, `[steps × rows, units]`.
  package func outputs(_ steps: Range<Int>) -> MatrixView { join(output(steps.lowerBound), steps) }

  /// `[steps × rows, extraWidth]`.
  package func extras(_ steps: Range<Int>) -> MatrixView { join(extra(steps.lowerBound), steps) }

  private func join(_ first: MatrixView, _ steps: Range<Int>) -> MatrixView {
    ensure(steps.count <= depth, "\(steps.count) steps asked of a tape that keeps \(depth)")
    return MatrixView(
      first.base, rows: steps.count * rows, columns: first.columns, stride: first.stride)
  }
}

/// The scratch of a tape, for at most `rows` rows.
package final class TapeScratch {
  let cell: any Cell
  let depth: Int
  private let gates: Scratch<Float>
  private let states: Scratch<Float>
  private let extras: Scratch<Float>

  package init(cell: any Cell, rows: Int, depth: Int) {
    self.cell = cell
    self.depth = depth
    gates = Scratch(depth * rows * cell.gateWidth, repeating: 0)
    states = Scratch((depth + 1) * rows * cell.stateWidth, repeating: 0)
    extras = Scratch(depth * rows * cell.extraWidth, repeating: 0)
  }

  /// The tape for a batch of `rows` rows.
  package func tape(rows: Int, keeps: UnsafePointer<UInt8>?) -> Tape {
    Tape(
      rows: rows, depth: depth, units: cell.units, gateWidth: cell.gateWidth, stateWidth: cell.stateWidth,
      extraWidth: cell.extraWidth, gateBase: gates.base, stateBase: states.base, extraBase: extras.base,
      keepBase: keeps)
  }
}
