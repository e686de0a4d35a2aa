import LinearAlgebra
import Networks
import Testing

struct CellTests {
  @Test(arguments: CellKind.allCases) func theKernelEqualsTheNaiveOne(kind: CellKind) {
    var generator = SeededGenerator(seed: 1)
    let (rows, units, kept) = (5, 16, 2)
    let cell = kind.cell(units: units)
    let (gateWidth, stateWidth) = (cell.gateWidth, cell.stateWidth)
    let scratch = TapeScratch(cell: cell, rows: rows, depth: 1)
    var keeps = [UInt8](repeating: 0, count: rows)
    keeps[kept] = 1
    let input = Matrix.normal(rows: rows, columns: gateWidth, using: &generator)
    let state = Matrix.normal(rows: rows, columns: stateWidth, using: &generator)
    var recurrent = Matrix.normal(rows: units, columns: gateWidth, using: &generator)
    var bias = Matrix.normal(rows: 1, columns: gateWidth, using: &generator)
    keeps.withUnsafeBufferPointer { keeps in
      let tape = scratch.tape(rows: rows, keeps: keeps.baseAddress)
      for row in 0..<rows {
        for column in 0..<stateWidth { tape.state(0)[row, column] = state[row, column] }
        for column in 0..<gateWidth { tape.gates(0)[row, column] = input[row, column] }
      }
      recurrent.withMutableView { recurrent in
        bias.withMutableView { bias in
          let views = CellParameters.Views(
            kernel: recurrent, recurrent: recurrent, bias: bias, recurrentBias: bias)
          cell.forward(0, tape, views, edit: nil)
        }
      }
      for row in 0..<rows {
        let expected = cell.stepNaively(
          input: input.row(row), state: state.row(row), recurrent: recurrent,
          recurrentBias: cell.hasRecurrentBias ? bias.row(0) : [])
        for column in 0..<stateWidth {
          let value = row == kept ? state[row, column] : expected.state[column]
          #expect(abs(tape.state(1)[row, column] - value) < 1e-5)
        }
        for (block, gate) in expected.gates.enumerated() where row != kept {
          for unit in 0..<units {
            #expect(abs(tape.gates(0)[row, block * units + unit] - gate[unit]) < 1e-5)
          }
        }
      }
    }
  }
}
