import Analyses
import Foundation
import LinearAlgebra
import Testing

@Suite struct VisitedStatesTests {
  /// Distances in Double, one number at a time.
  private func naive(_ visited: Matrix, _ state: [Float], above limit: Double) -> Double {
    (0..<visited.rows).map { row in
      zip(visited.row(row), state).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }.squareRoot()
    }.filter { $0 > limit }.min() ?? .infinity
  }

  @Test(arguments: [1, 5, 16, 32, 40]) func distancesAreThoseOfTheNearest(_ units: Int) {
    var generator = SeededGenerator(seed: 3)
    func drawn(_ rows: Int) -> Matrix {
      Matrix(
        rows: rows, columns: units, storage: (0..<rows * units).map { _ in generator.uniform(in: -1..<1) })
    }
    let (visited, others) = (drawn(50), drawn(7))
    let found = VisitedStates(visited).distances(from: others)
    for row in 0..<7 {
      // Sums of `units` squares of at most 4.
      #expect(abs(found[row] - naive(visited, others.row(row), above: -1)) < 1e-5 * Double(units))
    }
    #expect(VisitedStates(visited).distances(from: visited).allSatisfy { $0 == 0 })
    let apart = VisitedStates(visited).distances(from: visited, toOthers: true)
    for row in 0..<50 {
      #expect(abs(apart[row] - naive(visited, visited.row(row), above: 1e-5)) < 1e-5 * Double(units))
    }
    #expect(
      VisitedStates(visited.rows([3, 3])).distances(from: visited.rows([3]), toOthers: true) == [.infinity])
  }

  /// Both widths are padded to the same lanes.
  @Test func statesOfOtherUnitsAreRefused() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = VisitedStates(Matrix(rows: 1, columns: 20)).distances(from: Matrix(rows: 1, columns: 30))
    }
    let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(said.contains("states of 30 units can't be compared with states of 20"), "\(said)")
  }
}
