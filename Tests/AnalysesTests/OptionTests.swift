import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Options of analyses that make no sense are named.
struct OptionTests {
  private let states: LabelledStates

  init() throws {
    states = try LabelledStates(
      states: Matrix([[0, 1], [1, 0], [0, 2], [2, 0]]), labels: [0, 1, 0, 1], inputs: [0, 1, 2, 3])
  }

  private func name(_ body: () throws -> Void) -> String? {
    let error = #expect(throws: AnalysisError.self) { try body() }
    if case .invalidOption(let name, _, _) = error { return name }
    return nil
  }

  @Test(arguments: [Double.nan, .infinity, -1]) func numbersAreNamed(value: Double) {
    let small = Float(value)
    #expect(name { _ = try LinearSVM(states, cost: small) } == "cost")
    #expect(name { _ = try LinearSVM(states, precision: SVMPrecision(gap: value)) } == "gap")
    #expect(name { _ = try LinearSVM(states, precision: SVMPrecision(violation: small)) } == "violation")
    #expect(
      name { _ = try RidgeRegression(states.states, targets: [0, 1, 2, 3], penalty: value) } == "penalty")
    #expect(name { _ = try SufficiencyTest(faithfulness: 0.5, random: [0.1], quantile: value) } == "quantile")
    #expect(
      name { _ = try MinimalityTest(units: [0], changes: [1], random: [0.5], resolution: value) }
        == "resolution")
    #expect(name { _ = try UnitClusters(states.states, cut: value) } == "cut")
  }

  @Test func countsAreNamed() {
    #expect(name { _ = try LinearSVM(states, precision: SVMPrecision(pivots: 0)) } == "pivots")
  }
}
