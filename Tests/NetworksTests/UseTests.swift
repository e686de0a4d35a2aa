import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

struct UseTests {
  let data = LastTokenAutoencoder(longest: 6, rowsPerCell: 60).heldOut(seed: 1)
  let model: Seq2Seq

  init() throws {
    var model = Seq2Seq(.init(units: 12, vocabulary: data.vocabulary), seed: 2)
    try model.train(on: data, TrainingOptions(batchSize: 32, epochs: 10, learningRate: 0.01))
    self.model = model
  }

  @Test func aRecordingHoldsTogether() throws {
    let rows = data.training.prefix(20)
    let recording = try model.record(rows)
    let decoder = recording.decoder
    #expect(decoder.states.steps == 0...7 && recording.logits.steps == 1...7)
    #expect(recording.encoder.states.steps == 0...8)
    guard let update = decoder[.update], let candidate = decoder[.candidate] else {
      Issue.record("a GRU has an update gate and a candidate")
      return
    }
    for row in 0..<rows.count {
      // Decoding starts from the encoder's last state.
      #expect(decoder.states.units(row: row, step: 0) == recording.encoder.states.units(row: row, step: 8))
      for step in 1...7 {
        for unit in 0..<12 {
          let z = update[row, step, unit]
          let mixed = z * decoder.states[row, step - 1, unit] + (1 - z) * candidate[row, step, unit]
          #expect(abs(decoder.states[row, step, unit] - mixed) < 1e-6)
        }
        // The logits of step t are those of state h_t, and its token is the largest.
        let state = Matrix(
          rows: 1, columns: 12, storage: Array(decoder.states.units(row: row, step: step)))
        let logits = (state * (try model.parameter("output.kernel"))).storage
        let bias = try model.parameter("output.bias").storage
        for word in 0..<6 {
          #expect(abs(recording.logits[row, step, word] - logits[word] - bias[word]) < 1e-5)
        }
        let largest = (0..<6).max { recording.logits[row, step, $0] < recording.logits[row, step, $1] }
        #expect(Int(recording.tokens[row, at: step]) == largest)
      }
      // The encoder carries zero through PAD, with its update gate at 1.
      #expect(recording.encoder.states[row, 1, 0] == 0 || rows.inputs[row, at: 1] != Vocabulary.pad)
      #expect(recording.encoder[.update]?[row, 1, 0] == 1 || rows.inputs[row, at: 1] != Vocabulary.pad)
    }
  }

  /// Rows enough for several parts, of which the last is another size.
  @Test(arguments: [CellKind.gru, .lstm]) func meanStatesAreThoseOfTheRecording(_ cell: CellKind) throws {
    let model = Seq2Seq(.init(units: 9, vocabulary: data.vocabulary, cell: cell, decoderLayers: 2), seed: 3)
    let rows = data.training.rows((0..<1203).map { $0 * 7 % data.training.count })
    let recording = try model.record(rows)
    let means = try model.meanDecoderStates(rows)
    #expect(means.count == 8)
    for (step, found) in means.enumerated() {
      var expected: [Double] = []
      for layer in recording.decoderLayers {
        for traces in [layer.states, layer.cellState].compactMap({ $0 }) {
          for unit in 0..<9 {
            var sum = 0.0
            for row in 0..<rows.count { sum += Double(traces[row, step, unit]) }
            expected.append(sum / Double(rows.count))
          }
        }
      }
      #expect(found.count == expected.count)
      for (mean, exact) in zip(found, expected) { #expect(abs(Double(mean) - exact) < 1e-6) }
    }
    #expect(throws: NetworkError.self) { try model.meanDecoderStates(rows.prefix(0)) }
  }

  @Test func decodingWithoutAnEditEqualsTheRecording() throws {
    let rows = data.test
    let (recording, decoding) = (try model.record(rows), try model.decode(rows))
    #expect(decoding.tokens == recording.tokens && decoding.logits == recording.logits)
    let untouched = try model.decode(rows) { _, _ in }
    #expect(untouched == decoding)
    #expect(decoding.probability(of: 3, row: 0, at: 2) == recording.probability(of: 3, row: 0, at: 2))
    let sum = (0..<6).reduce(0) { $0 + decoding.probability(of: Int32($1), row: 0, at: 2) }
    #expect(abs(sum - 1) < 1e-5)
    // Fed its own tokens, the model does the same again.
    #expect(try model.decode(rows, feeding: .tokens(decoding.tokens)) == decoding)
  }

  @Test func anEditIsSeenByItsOutputAndCarriedOn() throws {
    let rows = data.test.prefix(10)
    let recording = try model.record(rows)
    var steps = [Int]()
    let decoding = try model.decode(rows) { step, states in
      steps.append(step)
      #expect(states.rows == 10 && states.columns == 12)
      if step == 2 { states = Matrix(rows: 10, columns: 12) }
    }
    #expect(steps == Array(0...7))
    let bias = try model.parameter("output.bias").storage
    for row in 0..<10 {
      #expect(decoding.logits.units(row: row, step: 1) == recording.logits.units(row: row, step: 1))
      #expect(Array(decoding.logits.units(row: row, step: 2)) == bias)
    }
    #expect(decoding.logits.step(3) != recording.logits.step(3))
    // A state put back as it was changes nothing, at any step, the encoder's last included.
    for step in 0...7 {
      let same = try model.decode(rows) { t, states in
        if t == step { states = recording.decoder.states.step(step) }
      }
      #expect(same.tokens == recording.tokens)
    }
  }

  @Test func teacherForcingFeedsTheTargets() throws {
    let rows = data.test.prefix(4)
    let forced = try model.record(rows, feeding: .teacherForced)
    #expect(try forced == model.record(rows, feeding: .tokens(rows.targets)))
    let wrong = TokenGrid(rows: 4, steps: 7, storage: [Int32](repeating: 2, count: 28))
    let other = try model.record(rows, feeding: .tokens(wrong))
    #expect(other.logits.step(1) == forced.logits.step(1))
    #expect(other.logits.step(2) != forced.logits.step(2))
    #expect(throws: NetworkError.tokensMissing(expected: [4, 8], found: [4, 7])) {
      try model.decode(rows.inputs, steps: 9, feeding: .tokens(wrong))
    }
  }

  @Test func evaluationCountsWhatDecodingWrites() throws {
    let rows = data.training
    let evaluation = try model.evaluate(rows)
    let tokens = try model.decode(rows).tokens
    var (whole, each, token, count) = (0, 0, 0, 0)
    for row in 0..<rows.count {
      let target = rows[row].target
      let right = (0..<target.count).filter { tokens[row, at: $0 + 1] == target[$0] }.count
      whole += right == target.count ? 1 : 0
      each += right
      count += target.count
      token += tokens[row, at: rows.positions[row]] == rows.words[row] ? 1 : 0
    }
    #expect(evaluation.whole == Accuracy(correct: whole, count: rows.count))
    #expect(evaluation.each == Accuracy(correct: each, count: count))
    #expect(evaluation.token == Accuracy(correct: token, count: rows.count))
    #expect(evaluation.last == evaluation.token)
    #expect(evaluation.byPosition.reduce(0) { $0 + $1.count } == count)
    #expect(evaluation.byCell.reduce(0) { $0 + $1.whole.correct } == whole)
    #expect(evaluation.byCell.count == 12)
    #expect(evaluation.cell(word: 3, position: 2)?.position == 2)
    #expect(evaluation.cell(word: 5, position: 2) == nil)
  }

  @Test func valuesSurviveJSON() throws {
    let encoded = try JSONEncoder().encode(model)
    #expect(try JSONDecoder().decode(Seq2Seq.self, from: encoded) == model)
    let recording = try model.record(data.test.prefix(2))
    #expect(
      try JSONDecoder().decode(Recording.self, from: JSONEncoder().encode(recording)) == recording)
  }
}
