import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Batches whose rows exchange units: beside what Scripts/interchange_fixtures.py computed in PyTorch, beside finite differences
/// in Double, and beside decoding with interventions.
struct StateExchangeTests {
  struct Case: Decodable {
    struct Batch: Decodable {
      let exchanges: [StateExchange]
      let crossEntropy: Double
      let gradients: [String: [Double]]
    }

    let cell: CellKind
    let units: Int
    let words: Int
    let parameters: [String: [Double]]
    let inputs: [[Int32]]
    let targets: [[Int32]]
    let batches: [Batch]

    var rows: Rows { Rows(inputs: inputs, targets: targets) }

    func model() throws -> Seq2Seq {
      let model = Seq2Seq(Configuration(units: units, vocabularySize: words, cell: cell), seed: 0)
      return try parameters.reduce(model) { try $0.with($1.key, $1.value) }
    }
  }

  let cases: [Case]

  init() throws {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/interchange", withExtension: "json"))
    cases = try JSONDecoder().decode([Case].self, from: Data(contentsOf: url))
  }

  private func gradients(
    _ one: Case, _ exchanges: [StateExchange], teacherForced: Bool = true
  ) throws -> (loss: Double, gradients: [String: [Float]]) {
    let model = try one.model()
    let (loss, gradients) = try model.gradients(
      on: one.rows, teacherForced: teacherForced, objective: .crossEntropy, exchanging: exchanges)
    return (Foundation.log(Double(loss)), model.named(gradients))
  }

  @Test func lossesAndGradientsAreThoseOfPyTorch() throws {
    #expect(cases.map(\.cell) == CellKind.allCases)
    for one in cases {
      for batch in one.batches {
        let found = try gradients(one, batch.exchanges)
        #expect(abs(found.loss / batch.crossEntropy - 1) < 1e-5)
        #expect(
          mismatches(found.gradients, batch.gradients, tolerance: 1e-4) == [],
          "\(one.cell) \(batch.exchanges)")
      }
      #expect(Set(one.batches.map(\.crossEntropy)).count == one.batches.count)
    }
  }

  /// A cycle turned round is another exchange: none of the permutations is its own inverse.
  @Test func aCycleTurnedRoundHasOtherGradients() throws {
    for one in cases {
      for batch in one.batches {
        for (number, exchange) in batch.exchanges.enumerated() where Set(exchange.partners).count == 5 {
          var turned = batch.exchanges
          for (row, partner) in exchange.partners.enumerated() { turned[number].partners[partner] = row }
          let found = try gradients(one, turned)
          #expect(mismatches(found.gradients, batch.gradients, tolerance: 1e-3).count > 6)
        }
      }
    }
  }

  @Test(arguments: [true, false]) func gradientsEqualFiniteDifferences(teacherForced: Bool) throws {
    let one = try #require(cases.first { $0.cell == .gru })
    let (model, rows) = (try one.model(), one.rows)
    let reference = Reference(units: one.units, words: one.words, parameters: one.parameters)
    for batch in one.batches {
      let chosen = try decode(model, rows, batch.exchanges).tokens
      func fed(_ row: Int, _ position: Int) -> Int32 {
        (teacherForced ? rows.targets : chosen)[row, at: position]
      }
      let (loss, gradients) = try model.gradients(
        on: rows, teacherForced: teacherForced, exchanging: batch.exchanges)
      #expect(abs(Double(loss) / reference.loss(rows, exchanging: batch.exchanges, fed: fed) - 1) < 1e-5)
      let expected = reference.gradients(rows, exchanging: batch.exchanges, fed: fed)
      #expect(mismatches(model.named(gradients), expected, tolerance: 1e-4) == [], "\(batch.exchanges)")
    }
  }

  /// The exchange made by an intervention on what is carried on, or on what the output sees.
  private func decode(
    _ model: Seq2Seq, _ rows: Rows, _ exchanges: [StateExchange], feeding: Feeding = .greedy
  ) throws -> Recording {
    let units = model.configuration.units
    var left = [Matrix]()
    return try model.record(
      rows, feeding: feeding,
      interventions: Interventions(
        output: { step, output in
          let own = output
          for exchange in exchanges where exchange.step == step && exchange.reader == .output {
            for (row, partner) in exchange.partners.enumerated() {
              for unit in exchange.units { output[row, unit] = own[partner, unit] }
            }
          }
        },
        carried: { step, states in
          left.append(states)
          for exchange in exchanges where exchange.step == step && exchange.reader == .nextStep {
            for (row, partner) in exchange.partners.enumerated() {
              for column in stride(from: 0, to: states.columns, by: units) {
                for unit in exchange.units {
                  states[row, column + unit] = left[exchange.sourceStep][partner, column + unit]
                }
              }
            }
          }
        }))
  }

  @Test(arguments: CellKind.allCases, [true, false])
  func aBatchDoesWhatDecodingWithTheExchangeDoes(cell: CellKind, teacherForced: Bool) throws {
    let one = try #require(cases.first { $0.cell == cell })
    let (model, rows) = (try one.model(), one.rows)
    for batch in one.batches {
      let decoded = try decode(
        model, rows, batch.exchanges, feeding: teacherForced ? .teacherForced : .greedy)
      var (sum, count) = (0.0, 0)
      for row in 0..<rows.count {
        for position in 1...rows.targets.steps where rows.targets[row, at: position] != Vocabulary.pad {
          sum -= Foundation.log(
            Double(decoded.probability(of: rows.targets[row, at: position], row: row, at: position)))
          count += 1
        }
      }
      let found = try gradients(one, batch.exchanges, teacherForced: teacherForced)
      #expect(abs(found.loss / (sum / Double(count)) - 1) < 1e-5)
    }
  }

  @Test func badExchangesAreNamed() throws {
    let one = cases[0]
    let (model, rows) = (try one.model(), one.rows)
    let good = one.batches[3].exchanges
    func name(_ change: (inout [StateExchange]) -> Void) throws -> String? {
      var exchanges = good
      change(&exchanges)
      let error = #expect(throws: NetworkError.self) {
        try model.gradients(on: rows, teacherForced: true, exchanging: exchanges)
      }
      guard case .invalidOption(let name, _, _) = error else { return nil }
      return name
    }
    #expect(try name { $0[0].units[0] = 5 } == "units")
    #expect(try name { $0[0].units[0] = -1 } == "units")
    #expect(try name { $0[1].units[0] = $0[0].units[0] } == "units")
    #expect(try name { $0[0].units.append($0[0].units[0]) } == "units")
    #expect(try name { $0[0].partners.removeLast() } == "partners")
    #expect(try name { $0[0].partners[2] = 5 } == "partners")
    #expect(
      try name {
        $0[0].step = 6
        $0[1].step = 6
      } == "step")
    #expect(try name { $0[0].step = 2 } == "sourceStep")
    #expect(
      try name {
        $0[0].step = 2
        $0[0].sourceStep = 2
      } == "step")
    #expect(try name { $0[0].sourceStep = -1 } == "sourceStep")
    // The output reads its own step, of which there is none before the first.
    func output(_ step: Int, from source: Int? = nil) throws -> String? {
      try name {
        $0 = [
          StateExchange(
            units: [1], partners: [1, 2, 3, 4, 0], step: step, sourceStep: source, reader: .output)
        ]
      }
    }
    #expect(try output(0) == "step")
    #expect(try output(7) == "step")
    #expect(try output(3, from: 2) == "sourceStep")
    let deep = Seq2Seq(Configuration(units: 5, vocabularySize: 7, decoderLayers: 2), seed: 1)
    #expect(
      throws: NetworkError.invalidOption(
        name: "decoderLayers", value: "2", expected: "1 where units are exchanged")
    ) { try deep.gradients(on: rows, teacherForced: true, exchanging: good) }
    #expect(throws: Never.self) { try deep.gradients(on: rows, teacherForced: true) }
  }

  /// A batch that would be cut in two without an exchange has the bits of one thread.
  @Test func threadsDoNotChangeABit() throws {
    var generator = SeededGenerator(seed: 9)
    let rows = Rows(
      (0..<96).map { _ in
        let tokens = (0..<6).map { _ in Int32(3 + generator.integer(below: 37)) }
        return Row(input: Array(tokens.prefix(4)), target: tokens, word: 3, position: 1, length: 5)
      })
    let model = Seq2Seq(Configuration(units: 128, vocabularySize: 40), seed: 1)
    let exchange = StateExchange(
      units: [3, 100], partners: generator.shuffled(0..<96), step: 3, sourceStep: 1)
    func gradients(threads: Int, _ exchanges: [StateExchange]) throws -> [Float] {
      try Threads.$count.withValue(threads) {
        try model.gradients(on: rows, teacherForced: true, exchanging: exchanges).gradients
      }
    }
    #expect(try gradients(threads: 1, [exchange]) == gradients(threads: 2, [exchange]))
    // An exchange of each row with itself changes nothing but the cut of the batch.
    let none = try gradients(threads: 2, [])
    let itself = try gradients(
      threads: 2, [StateExchange(units: [3, 100], partners: Array(0..<96), step: 3)])
    let expected = model.named(none).mapValues { $0.map { Double($0) } }
    #expect(mismatches(model.named(itself), expected, tolerance: 1e-4) == [])
  }
}
