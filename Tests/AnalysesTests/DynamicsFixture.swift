import Foundation
import LinearAlgebra
import Networks
import Testing

/// What Scripts/dynamics_fixtures.py computed with NumPy and SciPy in float64.
struct DynamicsFixture: Decodable {
  struct Tensor: Decodable {
    let shape: [Int]
    let values: [Float]
  }

  struct Step: Decodable, CustomTestStringConvertible {
    let cell: CellKind
    let layers: Int
    let units: Int
    let words: Int
    let tensors: [String: Tensor]
    let tokens: [Int32]
    private let states: [Float]
    let next: [Double]
    let jacobians: [[Double]]
    let fixedPoint: [Double]?
    let fixedPointEigenvalues: [Double]

    var testDescription: String { "\(cell), \(layers) layers" }
    var start: Matrix { Matrix(rows: tokens.count, columns: states.count / tokens.count, storage: states) }

    func model() throws -> Seq2Seq {
      var model = Seq2Seq(
        Configuration(units: units, vocabularySize: words, cell: cell, decoderLayers: layers), seed: 1)
      for (name, tensor) in tensors {
        try model.setParameter(
          name, to: Matrix(rows: tensor.shape[0], columns: tensor.shape[1], storage: tensor.values))
      }
      return model
    }
  }

  struct General: Decodable, CustomTestStringConvertible {
    let name: String
    let n: Int
    let matrix: [Float]
    let real: [Double]
    let imaginary: [Double]
    let right: [Double]
    let left: [Double]

    var testDescription: String { name }
  }

  let steps: [Step]
  let matrices: [General]

  static func load() throws -> DynamicsFixture {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/dynamics", withExtension: "json"))
    return try JSONDecoder().decode(DynamicsFixture.self, from: Data(contentsOf: url))
  }
}
