import LinearAlgebra
import Networks
import Testing

struct CellTests {
  @Test func theGRUKernelEqualsTheNaiveOne() {
    var generator = SeededGenerator(seed: 1)
    let (rows, units) = (5, 16)
    let cell = PaperGRU(units: units)
    let memory = TapeMemory(cell: cell, rows: rows, depth: 1)
    var keeps = [UInt8](repeating: 0, count: rows)
    keeps[2] = 1
    let input = Matrix.normal(rows: rows, columns: 3 * units, using: &generator)
    let state = Matrix.normal(rows: rows, columns: units, using: &generator)
    var recurrent = Matrix.normal(rows: units, columns: 3 * units, using: &generator)
    keeps.withUnsafeBufferPointer { keeps in
      let tape = memory.tape(rows: rows, keeps: keeps.baseAddress)
      for row in 0..<rows {
        for column in 0..<units { tape.state(0)[row, column] = state[row, column] }
        for column in 0..<3 * units { tape.gates(0)[row, column] = input[row, column] }
      }
      recurrent.withMutableView { view in
        cell.forward(0, tape, CellParameters.Views(kernel: view, recurrent: view, bias: view))
      }
      for row in 0..<rows {
        let expected = cell.forwardNaively(input: input.row(row), state: state.row(row), recurrent: recurrent)
        for unit in 0..<units {
          if row == 2 {
            #expect(tape.state(1)[row, unit] == state[row, unit])
            #expect(tape.gates(0)[row, unit] == 1)
          } else {
            #expect(abs(tape.gates(0)[row, unit] - expected.update[unit]) < 1e-5)
            #expect(abs(tape.gates(0)[row, units + unit] - expected.reset[unit]) < 1e-5)
            #expect(abs(tape.gates(0)[row, 2 * units + unit] - expected.candidate[unit]) < 1e-5)
            #expect(abs(tape.state(1)[row, unit] - expected.state[unit]) < 1e-5)
          }
        }
      }
    }
  }
}
