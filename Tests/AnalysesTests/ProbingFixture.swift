import Foundation
import LinearAlgebra
import Testing

/// What Scripts/probing_fixtures.py computed with scikit-learn, SciPy and NumPy.
struct ProbingFixture: Decodable {
  struct Ridge: Decodable {
    let units: Int
    let penalty: Double
    let training: [Float]
    let targets: [Double]
    let heldOut: [Float]
    let heldOutTargets: [Double]
    let weights: [Double]
    let intercept: Double
    let rSquared: Double
  }

  struct Clusters: Decodable {
    let units: Int
    let cut: Double
    let states: [Float]
    let merges: [[Double]]
    let labels: [Int]
  }

  struct ClassMeans: Decodable {
    let units: Int
    let states: [Float]
    let labels: [Int]
    let scores: [Double]
  }

  struct Angles: Decodable {
    let units: Int
    let first: [Float]
    let second: [Float]
    let cosines: [Double]
  }

  let ridge: [Ridge]
  let clusters: [Clusters]
  let classMeans: [ClassMeans]
  let angles: [Angles]

  static func load() throws -> ProbingFixture {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/probing", withExtension: "json"))
    return try JSONDecoder().decode(ProbingFixture.self, from: Data(contentsOf: url))
  }
}

/// A matrix of flat values with so many columns.
func matrix(_ values: [Float], columns: Int) -> Matrix {
  Matrix(rows: values.count / columns, columns: columns, storage: values)
}
