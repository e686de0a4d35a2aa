import Base
import LinearAlgebra

/// A quantity of each unit over rows and steps, `[rows, steps, units]`, flat and row-major.
///
/// Steps keep their own numbers: states start at step 0, gates and logits at step 1, so that the same t means the
/// same moment in all of them.
public struct Traces: Codable, Sendable, Equatable {
  /// How many rows were recorded.
  public let rows: Int
  /// The numbers of the steps, such as 0...14.
  public let steps: ClosedRange<Int>
  /// How many units, or logits, there are at each step.
  public let units: Int
  /// `[rows, steps, units]`.
  public internal(set) var storage: [Float]

  init(rows: Int, steps: ClosedRange<Int>, units: Int) {
    self.rows = rows
    self.steps = steps
    self.units = units
    storage = [Float](repeating: 0, count: rows * steps.count * units)
  }

  /// The value of `unit` at `step` of `row`.
  public subscript(row: Int, step: Int, unit: Int) -> Float {
    storage[offset(row, step) + unit]
  }

  /// All units of one row at one step, `[units]`.
  public func units(row: Int, step: Int) -> ArraySlice<Float> {
    storage[offset(row, step)..<offset(row, step) + units]
  }

  /// One row as a matrix `[steps, units]`.
  public func row(_ row: Int) -> Matrix {
    let first = offset(row, steps.lowerBound)
    return Matrix(
      rows: steps.count, columns: units, storage: Array(storage[first..<first + steps.count * units]))
  }

  /// One step as a matrix `[rows, units]`.
  public func step(_ step: Int) -> Matrix {
    Matrix(rows: rows, columns: units, storage: (0..<rows).flatMap { units(row: $0, step: step) })
  }

  /// One unit of one row over the steps, `[steps]`.
  public func trace(row: Int, unit: Int) -> [Float] { steps.map { self[row, $0, unit] } }

  /// All rows and steps as one matrix, `[rows × steps, units]`.
  public var matrix: Matrix { Matrix(rows: rows * steps.count, columns: units, storage: storage) }

  private func offset(_ row: Int, _ step: Int) -> Int {
    ensure(
      row >= 0 && row < rows && steps.contains(step),
      "row \(row), step \(step) is outside \(rows) rows and steps \(steps)")
    return (row * steps.count + step - steps.lowerBound) * units
  }

  /// Copies `values` `[rows, units]` to one step.
  mutating func set(step: Int, to values: MatrixView) {
    storage.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for row in 0..<rows {
        (base + (row * steps.count + step - steps.lowerBound) * units)
          .update(from: values.base + row * values.stride, count: units)
      }
    }
  }
}
