import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// What Scripts/seq2seq_fixtures.py computed in float64.
struct Fixture: Decodable, CustomTestStringConvertible {
  struct Pass: Decodable {
    let teacherForced: Bool
    let loss: Double
    let gradients: [String: [Double]]
    let logits: [Double]
    let tokens: [Int32]
    let encoderStates: [[Double]]
    let decoderStates: [[Double]]
    let decoderGates: [Gate: [Double]]

    private enum CodingKeys: CodingKey {
      case teacherForced, loss, gradients, logits, tokens, encoderStates, decoderStates, decoderGates
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      teacherForced = try container.decode(Bool.self, forKey: .teacherForced)
      loss = try container.decode(Double.self, forKey: .loss)
      gradients = try container.decode([String: [Double]].self, forKey: .gradients)
      logits = try container.decode([Double].self, forKey: .logits)
      tokens = try container.decode([Int32].self, forKey: .tokens)
      encoderStates = try container.decode([[Double]].self, forKey: .encoderStates)
      decoderStates = try container.decode([[Double]].self, forKey: .decoderStates)
      let gates = try container.decode([String: [Double]].self, forKey: .decoderGates)
      decoderGates = Dictionary(
        uniqueKeysWithValues: gates.compactMap { name, values in
          Gate(rawValue: name).map { ($0, values) }
        })
    }
  }

  struct Training: Decodable {
    let teacherForced: [Bool]
    let losses: [Double]
    let parameters: [String: [Double]]
  }

  let cell: CellKind
  let units: Int
  let words: Int
  let encoderLayers: Int
  let decoderLayers: Int
  let parameters: [String: [Double]]
  let inputs: [[Int32]]
  let targets: [[Int32]]
  let passes: [Pass]
  let adam: Training

  static let names = [
    "gru", "gru-deep", "gru-narrow", "resetAfterGRU", "resetAfterGRU-deep", "lstm", "lstm-deep", "simpleRNN",
    "simpleRNN-deep",
  ]

  static func load(_ name: String) throws -> Fixture {
    guard let url = Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "json") else {
      throw CocoaError(.fileNoSuchFile)
    }
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
  }

  var testDescription: String { "\(cell) \(encoderLayers)+\(decoderLayers) layers" }

  var configuration: Configuration {
    Configuration(
      units: units, vocabularySize: words, cell: cell, encoderLayers: encoderLayers,
      decoderLayers: decoderLayers)
  }

  /// The model with the fixture's parameters.
  func model() throws -> Seq2Seq {
    var model = Seq2Seq(configuration, seed: 0)
    for view in model.layout.views {
      model = try model.with(view.name, parameters[view.name] ?? [])
    }
    return model
  }

  var rows: Rows { Rows(inputs: inputs, targets: targets) }
}

extension Rows {
  /// Rows as a fixture has them, padded.
  init(inputs: [[Int32]], targets: [[Int32]]) {
    let rows = zip(inputs, targets).map { input, target in
      Row(
        input: input.filter { $0 != Vocabulary.pad }, target: target.filter { $0 != Vocabulary.pad }, word: 3,
        position: 1, length: target.filter { $0 != Vocabulary.pad }.count - 1)
    }
    self.init(rows, inputSteps: inputs[0].count, targetSteps: targets[0].count)
  }
}

extension Seq2Seq {
  /// The same model with other values for one tensor.
  func with(_ name: String, _ values: [Double]) throws -> Seq2Seq {
    var model = self
    guard let view = layout[name] else { throw NetworkError.unknownParameter(name: name, known: []) }
    try model.setParameter(
      name, to: Matrix(rows: view.rows, columns: view.columns, storage: values.map { Float($0) }))
    return model
  }

  /// Parameters or gradients by the names of their tensors.
  func named(_ buffer: [Float]) -> [String: [Float]] {
    Dictionary(
      uniqueKeysWithValues: layout.views.map { ($0.name, Array(buffer[$0.offset..<$0.offset + $0.count])) })
  }
}

/// The names of the tensors that differ anywhere by more than `tolerance` of their largest value.
func mismatches(
  _ found: [String: [Float]], _ expected: [String: [Double]], tolerance: Double
) -> [String] {
  expected.keys.sorted().filter { name in
    guard let values = expected[name], let ours = found[name], ours.count == values.count else { return true }
    let scale = values.map { abs($0) }.max() ?? 0
    return zip(ours, values).contains { !(abs(Double($0) - $1) <= tolerance * max(scale, 1e-6)) }
  }
}

func largestDifference(_ a: [Float], _ b: [Double]) -> Double {
  a.count == b.count ? zip(a, b).map { abs(Double($0) - $1) }.max() ?? 0 : .infinity
}
