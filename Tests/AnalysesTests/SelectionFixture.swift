import Analyses
import Foundation
import LinearAlgebra
import Testing

/// What Scripts/selection_fixtures.py computed with scikit-learn.
struct SelectionFixture: Decodable, CustomTestStringConvertible {
  let name: String
  let units: Int
  let trainingLabels: [Int]
  let heldOutLabels: [Int]
  let weights: [Double]
  let biases: [Double]
  let predictions: [Int]
  let sets: [[Int]]
  let correct: [Int]
  private let training: [Float]
  private let heldOut: [Float]

  var testDescription: String { name }

  func trainingRows() throws -> LabelledStates { try states(training, trainingLabels) }
  func heldOutRows() throws -> LabelledStates { try states(heldOut, heldOutLabels) }

  private func states(_ values: [Float], _ labels: [Int]) throws -> LabelledStates {
    try LabelledStates(
      states: Matrix(rows: labels.count, columns: units, storage: values), labels: labels,
      inputs: Array(labels.indices))
  }

  static func load() throws -> [SelectionFixture] {
    struct File: Decodable { let cases: [SelectionFixture] }
    let url = try #require(Bundle.module.url(forResource: "Fixtures/selection", withExtension: "json"))
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: url)).cases
  }
}

/// Rows of `classes` in turn; unit 0 … differ between classes by `strengths` in units of the noise.
func noisyStates(
  rows: Int, units: Int, strengths: [Int: Float] = [:], classes: Int = 2, seed: UInt64
) throws -> LabelledStates {
  var generator = SeededGenerator(seed: seed, label: "noisy states")
  var states = Matrix.normal(rows: rows, columns: units, using: &generator)
  let labels = (0..<rows).map { $0 % classes }
  for row in 0..<rows {
    for (unit, strength) in strengths { states[row, unit] += strength * Float(labels[row]) }
  }
  return try LabelledStates(states: states, labels: labels, inputs: Array(0..<rows))
}
