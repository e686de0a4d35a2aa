import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

struct InterventionTests {
  let data = LastTokenAutoencoder(longest: 6, rowsPerCell: 60).heldOut(seed: 1)

  private func model(_ cell: CellKind) throws -> Seq2Seq {
    var model = Seq2Seq(
      .init(units: 12, vocabulary: data.vocabulary, cell: cell, decoderLayers: 2), seed: 2)
    try model.train(on: data, TrainingOptions(batchSize: 32, epochs: 4, learningRate: 0.01))
    return model
  }

  private func largestDifference(_ a: Matrix, _ b: Matrix) -> Float {
    zip(a.storage, b.storage).map { abs($0 - $1) }.max() ?? .infinity
  }

  @Test(arguments: CellKind.allCases) func decodingGoesOnFromGivenStates(cell: CellKind) throws {
    let (model, rows) = (try model(cell), data.test)
    let recording = try model.record(rows)
    for step in 0...6 {
      let decoding = try model.decode(from: recording.states(at: step), at: step, steps: 7)
      for t in max(step, 1)...7 {
        #expect(largestDifference(decoding.logits.step(t), recording.logits.step(t)) < 1e-5)
        for row in 0..<rows.count { #expect(decoding.tokens[row, at: t] == recording.tokens[row, at: t]) }
      }
      for t in 1..<max(step, 1) { #expect(decoding.tokens[0, at: t] == Vocabulary.pad) }
    }
    // Another token than the states write is fed, once.
    let states = recording.states(at: 2)
    let other = [Int32](repeating: 5, count: rows.count)
    let fed = try model.decode(from: states, at: 2, steps: 7, previousTokens: other)
    #expect(fed.logits.step(2) == (try model.decode(from: states, at: 2, steps: 7).logits.step(2)))
    let grid = TokenGrid(rows: rows.count, steps: 2, storage: other + other)
    let same = try model.decode(from: states, at: 2, steps: 3, feeding: .tokens(grid))
    #expect(fed.logits.step(3) == same.logits.step(3))
    #expect(throws: NetworkError.wrongShape(name: "states", expected: [1, states.columns], found: [1, 3])) {
      try model.decode(from: Matrix(rows: 1, columns: 3), at: 1, steps: 2)
    }
    #expect(throws: NetworkError.invalidOption(name: "steps", value: "2", expected: "at least 3")) {
      try model.decode(from: states, at: 3, steps: 2)
    }
  }

  @Test(arguments: CellKind.allCases) func outputAndCarriedAreTheTwoPathsOfAState(cell: CellKind) throws {
    let (model, rows) = (try model(cell), data.test)
    let feeding = Feeding.tokens(rows.targets)
    let plain = try model.decode(rows, feeding: feeding)
    func zero(_ step: Int, _ states: inout Matrix) {
      if step == 2 { states = Matrix(rows: states.rows, columns: states.columns) }
    }
    let both = try model.decode(rows, feeding: feeding, interventions: .init(state: zero))
    let shown = try model.decode(rows, feeding: feeding, interventions: .init(output: zero))
    let carried = try model.decode(rows, feeding: feeding, interventions: .init(carried: zero))
    #expect(both.logits.step(2) != plain.logits.step(2) && both.logits.step(3) != plain.logits.step(3))
    #expect(shown.logits.step(2) == both.logits.step(2) && carried.logits.step(2) == plain.logits.step(2))
    for t in 3...7 {
      #expect(shown.logits.step(t) == plain.logits.step(t))
      #expect(carried.logits.step(t) == both.logits.step(t))
    }
  }

  @Test(arguments: CellKind.allCases) func gatesAreChangedBeforeAnythingReadsThem(cell: CellKind) throws {
    let (model, rows) = (try model(cell), data.test)
    let recording = try model.record(rows)
    var seen = [Gate: Matrix]()
    let plain = try model.decode(
      rows,
      interventions: .init(gate: { step, layer, gate, values in
        if step == 3 && layer == 1 { seen[gate] = values }
      }))
    #expect(plain.tokens == recording.tokens)
    for (gate, values) in seen {
      #expect(largestDifference(values, recording.decoder[gate]?.step(3) ?? values) < 1e-6)
    }
    #expect(Set(seen.keys) == Set(recording.decoder.gates.keys))
    // What a clamped gate must do to the state, by the cell's own equation.
    let before = recording.decoder.states.step(2)
    var after = Matrix(rows: 0, columns: 0)
    let clamped: Gate = cell == .lstm ? .output : cell == .simpleRNN ? .candidate : .update
    _ = try model.decode(
      rows,
      interventions: .init(
        state: { step, states in
          if step == 3 { after = states }
        },
        gate: { step, layer, gate, values in
          if step == 3 && layer == 1 && gate == clamped {
            values = Matrix(rows: values.rows, columns: values.columns, repeating: cell == .lstm ? 0 : 1)
          }
        }))
    let width = after.columns / 2
    for row in 0..<rows.count {
      for unit in 0..<12 {
        let value = after[row, width + unit]
        switch cell {
        case .gru, .resetAfterGRU: #expect(abs(value - before[row, unit]) < 1e-6)
        case .lstm: #expect(value == 0)
        case .simpleRNN: #expect(value == 1)
        }
      }
    }
    // A closed reset gate hides the state from the candidate, which is computed after it.
    if cell == .gru {
      func candidate(state: Float) throws -> Matrix? {
        var result: Matrix?
        _ = try model.decode(
          rows, feeding: .tokens(rows.targets),
          interventions: .init(
            state: { step, states in
              if step == 2 {
                for row in 0..<states.rows { for unit in 12..<24 { states[row, unit] = state } }
              }
            },
            gate: { step, layer, gate, values in
              if step == 3 && layer == 1 && gate == .reset {
                values = Matrix(rows: values.rows, columns: values.columns)
              }
              if step == 3 && layer == 1 && gate == .candidate { result = values }
            }))
        return result
      }
      #expect(try candidate(state: 0.5) == candidate(state: -0.5))
    }
  }

  @Test(
    arguments: CellKind.allCases,
    [StateTarget.probability, .logProbability, .logit, .logitDifference(from: 4), .margin])
  func stateGradientsEqualFiniteDifferences(cell: CellKind, target: StateTarget) throws {
    let (model, rows) = (try model(cell), data.test.prefix(6))
    let recording = try model.record(rows)
    let words = [Int32](repeating: 3, count: rows.count)
    for (step, position) in [(0, 2), (2, 5), (3, 3)] {
      let states = recording.states(at: step)
      func value(_ states: Matrix) throws -> [Float] {
        try model.stateGradients(
          states, at: step, feeding: recording.tokens, target: target, words: words, at: position
        ).values
      }
      let (values, gradients) = try model.stateGradients(
        states, at: step, feeding: recording.tokens, target: target, words: words, at: position)
      if target == .probability {
        for row in 0..<rows.count {
          #expect(abs(values[row] - recording.probability(of: 3, row: row, at: position)) < 1e-5)
        }
      }
      let largest = gradients.storage.map { abs($0) }.max() ?? 0
      #expect(largest > 0)
      for column in stride(from: 0, to: states.columns, by: 5) {
        var (above, below) = (states, states)
        for row in 0..<rows.count {
          above[row, column] += 0.01
          below[row, column] -= 0.01
        }
        let (up, down) = (try value(above), try value(below))
        for row in 0..<rows.count {
          let slope = (up[row] - down[row]) / 0.02
          #expect(abs(slope - gradients[row, column]) < 2e-3 + 0.02 * largest, "\(cell) \(step) \(position)")
        }
      }
    }
    #expect(throws: NetworkError.self) {
      try model.stateGradients(
        recording.states(at: 4), at: 4, feeding: recording.tokens, target: target, words: words, at: 3)
    }
  }
}
