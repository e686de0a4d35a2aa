import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

struct TrainingTests {
  static let task = LastTokenAutoencoder(longest: 6, rowsPerCell: 200)

  @Test func theToyTaskIsLearntOnUnseenInputs() throws {
    let data = LastTokenAutoencoder().heldOut(seed: 1)
    var model = Seq2Seq(.init(units: 32, vocabulary: data.vocabulary), seed: 1)
    var reports = [TrainingProgress]()
    let history = try model.train(on: data, TrainingOptions(epochs: 40, seed: 1)) { reports.append($0) }
    let evaluation = try model.evaluate(data.test)
    #expect(evaluation.whole.share >= 0.99)
    #expect(evaluation.token.share >= 0.99 && evaluation.last.share >= 0.99)
    #expect(evaluation.whole.count == data.test.count)
    #expect(history.reachedGoal && history.epochs.count == reports.count)
    #expect(reports.last?.accuracy == history.epochs.last?.whole)
    #expect(history.steps.count == history.epochs.last?.step)
    let forced = history.steps.count { $0.teacherForced }
    #expect(abs(Double(forced) / Double(history.steps.count) - 0.5) < 0.05)
  }

  @Test(arguments: TrainingOptions.Batching.allCases, TrainingOptions.Objective.allCases)
  func aSeedFixesEveryBit(
    batching: TrainingOptions.Batching, objective: TrainingOptions.Objective
  ) throws {
    let data = Self.task.heldOut(seed: 2)
    let options = TrainingOptions(
      batchSize: 32, epochs: 2, stepsPerEpoch: 20, seed: 3, objective: objective, batching: batching)
    func train(_ seed: UInt64) throws -> (Seq2Seq, [Float]) {
      var model = Seq2Seq(.init(units: 10, vocabulary: data.vocabulary), seed: seed)
      return try (model, model.train(on: data, options).steps.map(\.loss))
    }
    let (first, second) = (try train(5), try train(5))
    #expect(first.0 == second.0 && first.1 == second.1)
    #expect(first.1 != (try train(6)).1)
    #expect(first.1.last ?? 9 < first.1.first ?? 0)
  }

  @Test func firstParametersAreTheAuthors() throws {
    let model = Seq2Seq(.init(units: 12, vocabularySize: 6), seed: 1)
    for view in model.layout.views {
      let tensor = try model.parameter(view.name)
      if view.name.hasSuffix("recurrent") {
        let product = tensor * tensor.transposed
        for i in 0..<12 { #expect(abs(product[i, i] - 1) < 1e-5 && abs(product[i, (i + 1) % 12]) < 1e-5) }
      } else {
        #expect(tensor.storage.allSatisfy { abs($0) <= 0.08 })
        #expect(tensor.storage.contains { $0 > 0.03 } && tensor.storage.contains { $0 < -0.03 })
      }
    }
  }

  @Test func badInputIsNamed() throws {
    let data = Self.task.heldOut(seed: 1)
    var model = Seq2Seq(.init(units: 4, vocabulary: data.vocabulary), seed: 1)
    let before = model
    let empty = Dataset(
      task: "none", form: .heldOut, vocabulary: data.vocabulary, training: data.training.prefix(0),
      validation: data.validation, test: data.test)
    #expect(throws: NetworkError.emptyRows("the training split of none")) { try model.train(on: empty) }
    #expect(throws: NetworkError.batchLargerThanData(batchSize: 5000, rows: data.training.count)) {
      try model.train(on: data, TrainingOptions(batchSize: 5000))
    }
    #expect(throws: NetworkError.invalidOption(name: "epochs", value: "0", expected: "at least 1")) {
      try model.train(on: data, TrainingOptions(epochs: 0))
    }
    #expect(throws: NetworkError.unknownParameter(name: "x", known: model.layout.views.map(\.name))) {
      try model.parameter("x")
    }
    let small = Seq2Seq(.init(units: 4, vocabularySize: 5), seed: 1)
    #expect(
      throws: NetworkError.tokenOutsideVocabulary(
        token: 5, row: 0, position: 1, vocabularySize: 5)
    ) { try small.evaluate(data.test) }
    #expect(throws: NetworkError.emptyRows("what the model should read")) {
      try model.record(data.test.prefix(0))
    }
    #expect(model == before)
  }

  @Test func anInfiniteLossStopsAndKeepsTheLastGoodParameters() throws {
    let data = Self.task.heldOut(seed: 1)
    var model = Seq2Seq(.init(units: 4, vocabulary: data.vocabulary), seed: 1)
    let before = model
    let options = TrainingOptions(epochs: 3, stepsPerEpoch: 5, learningRate: 1e30)
    let error = #expect(throws: NetworkError.self) { try model.train(on: data, options) }
    guard case .lossNotFinite(let step, _, let keptStep) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect((2...5).contains(step) && keptStep == 0)
    #expect(model == before)
  }

  /// Large enough for two shards; a vocabulary of 40 fits the batch's table of tokens, one of 700 is gathered. Products of
  /// 32 units are tiles, those of 128 OpenBLAS's.
  @Test(arguments: [(32, 40), (128, 40), (128, 700)])
  func threadsDoNotChangeABit(units: Int, words: Int) throws {
    var generator = SeededGenerator(seed: 9)
    let rows = Rows(
      (0..<96).map { _ in
        let tokens = (0..<6).map { _ in Int32(3 + generator.integer(below: words - 3)) }
        return Row(
          input: Array(tokens.prefix(2 + generator.integer(below: 5))), target: tokens, word: 3, position: 1,
          length: 5)
      })
    let data = Dataset(
      task: "random", form: .heldOut, vocabulary: Vocabulary(words: (3..<words).map { "\($0)" }),
      training: rows, validation: rows.prefix(20), test: rows)
    func train(threads: Int) throws -> (Seq2Seq, [Float]) {
      try Threads.$count.withValue(threads) {
        var model = Seq2Seq(.init(units: units, vocabulary: data.vocabulary), seed: 1)
        let history = try model.train(
          on: data, TrainingOptions(batchSize: 90, epochs: 2, stepsPerEpoch: 4, batching: .shuffled))
        return (model, history.steps.map(\.loss))
      }
    }
    let (one, two) = (try train(threads: 1), try train(threads: 2))
    #expect(one.0 == two.0 && one.1 == two.1)
    #expect(Set(one.1).count == 8)
  }

  /// A batch of two shards, slices and blocks against the same rows in batches that are too small to be cut.
  @Test(arguments: [(32, 40), (128, 40), (128, 700)], CellKind.allCases)
  func aBatchIsTheSumOfItsParts(sizes: (units: Int, words: Int), cell: CellKind) throws {
    let (units, words) = sizes
    var generator = SeededGenerator(seed: 10)
    let rows = Rows(
      (0..<96).map { _ in
        let tokens = (0..<6).map { _ in Int32(3 + generator.integer(below: words - 3)) }
        return Row(
          input: Array(tokens.prefix(2 + generator.integer(below: 5))),
          target: Array(tokens.prefix(1 + generator.integer(below: 6))), word: 3, position: 1, length: 5)
      })
    var model = Seq2Seq(
      .init(units: units, vocabularySize: words, cell: cell, encoderLayers: 2, decoderLayers: 2), seed: 2)
    // Logits far apart, so that blocks of words have different largest ones.
    var kernel = try model.parameter("output.kernel")
    for i in kernel.storage.indices { kernel.storage[i] *= 100 }
    try model.setParameter("output.kernel", to: kernel)
    for teacherForced in [true, false] {
      let whole = try model.gradients(on: rows, teacherForced: teacherForced, objective: .crossEntropy)
      var sums = [Double](repeating: 0, count: whole.gradients.count)
      var (loss, tokens) = (0.0, 0.0)
      for first in stride(from: 0, to: rows.count, by: 8) {
        let some = rows.rows(first..<first + 8)
        let count = Double((0..<8).reduce(0) { $0 + some[$1].target.count })
        let part = try model.gradients(on: some, teacherForced: teacherForced, objective: .crossEntropy)
        for (i, gradient) in part.gradients.enumerated() { sums[i] += Double(gradient) * count }
        loss += Foundation.log(Double(part.loss)) * count
        tokens += count
      }
      #expect(abs(Foundation.log(Double(whole.loss)) - loss / tokens) < 1e-4)
      let expected = model.named(sums.map { Float($0 / tokens) }).mapValues { $0.map { Double($0) } }
      #expect(mismatches(model.named(whole.gradients), expected, tolerance: 1e-3) == [])
    }
  }
}
