import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// What Scripts/attribution_fixtures.py computed in float64.
struct AttributionFixture: Decodable {
  struct Entry: Decodable {
    let step: Int
    let target: String
    let baseline: String
    let rule: String
    let nodes: Int
    let values: [Double]
    let baselineValues: [Double]
    let integrated: [Double]
    let gradientTimesState: [Double]
    let firstOrder: [Double]
    let patched: [Double]
  }

  struct Direct: Decodable {
    let others: [Int32]
    let attributions: [Double]
    let carried: [Double]
    let written: [Double]
  }

  struct Case: Decodable, CustomTestStringConvertible {
    let cell: CellKind
    let units: Int
    let words: Int
    let position: Int
    let parameters: [String: [Double]]
    let inputs: [[Int32]]
    let asked: [Int32]
    let partners: [Int]
    let entries: [Entry]
    let direct: Direct

    var testDescription: String { "\(cell)" }

    /// The model, and its greedy run over the fixture's inputs.
    func run() throws -> (model: Seq2Seq, recording: Recording) {
      var model = Seq2Seq(Configuration(units: units, vocabularySize: words, cell: cell), seed: 0)
      for view in model.layout.views {
        let values = try #require(parameters[view.name])
        try model.setParameter(
          view.name, to: Matrix(rows: view.rows, columns: view.columns, storage: values.map { Float($0) }))
      }
      let rows = zip(inputs, asked).map {
        Row(input: $0, target: [$1, Vocabulary.eos], word: $1, position: position, length: position)
      }
      return (model, try model.record(Rows(rows), steps: position + 1))
    }

    func baseline(_ entry: Entry) -> BaselineState {
      switch entry.baseline {
      case "zero": .zero
      case "meanAtStep": .meanAtStep
      default: .counterfactual(partners: partners)
      }
    }
  }

  struct Nodes: Decodable {
    let places: [Double]
    let weights: [Double]
  }

  struct Correlation: Decodable {
    let first: [Double]
    let second: [Double]
    let pearson: Double
    let spearman: Double
  }

  struct Resampled: Decodable {
    let estimate: Double
    let draws: [Double]
    let low: Double
    let high: Double
  }

  let cases: [Case]
  let gaussLegendre: [String: Nodes]
  let correlations: [Correlation]
  let intervals: [Resampled]

  static func load() throws -> AttributionFixture {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/attribution", withExtension: "json"))
    return try JSONDecoder().decode(AttributionFixture.self, from: Data(contentsOf: url))
  }
}

extension AttributionFixture.Entry {
  /// `logitDifference` is taken from word 4.
  var stateTarget: StateTarget {
    switch target {
    case "probability": .probability
    case "logProbability": .logProbability
    case "logit": .logit
    case "logitDifference": .logitDifference(from: 4)
    default: .margin
    }
  }

  var integrationRule: IntegrationRule {
    rule == "leftRiemann" ? .leftRiemann(nodes) : .gaussLegendre(nodes)
  }
}

/// Whether all elements are within `tolerance` of the size of the largest, or of 1 if all are smaller.
func agree(_ found: [Float], _ expected: [Double], tolerance: Double = 1e-5) -> Bool {
  let size = expected.reduce(1) { max($0, abs($1)) }
  return found.count == expected.count
    && zip(found, expected).allSatisfy { abs(Double($0) - $1) <= tolerance * size }
}
