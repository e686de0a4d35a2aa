import Foundation
import Networks
import Tasks
import Testing

/// Options that make no sense are named, before anything is computed with them.
struct OptionTests {
  static let data = LastTokenAutoencoder(longest: 5, rowsPerCell: 20).heldOut(seed: 1)

  private typealias Change = (inout TrainingOptions) -> Void

  @Test func everyOptionOfTrainingIsNamed() throws {
    let model = Seq2Seq(Configuration(units: 2, vocabulary: Self.data.vocabulary), seed: 1)
    var changes: [(String, Change)] = []
    for count in [0, -1, .max] {
      changes += [
        ("batchSize", { $0.batchSize = count }), ("epochs", { $0.epochs = count }),
        ("stepsPerEpoch", { $0.stepsPerEpoch = count }), ("reportEvery", { $0.reportEvery = count }),
        ("patience", { $0.patience = count }),
      ]
    }
    for value in [Float.nan, .infinity, -.infinity, -1] {
      changes += [
        ("learningRate", { $0.learningRate = value }), ("gradientNorm", { $0.gradientNorm = value }),
        ("epsilon", { $0.epsilon = value }), ("beta1", { $0.beta1 = value }), ("beta2", { $0.beta2 = value }),
        ("goal", { $0.goal = Double(value) }), ("teacherForcing", { $0.teacherForcing = Double(value) }),
      ]
    }
    for (name, change) in changes {
      var options = TrainingOptions(batchSize: 8, epochs: 1)
      change(&options)
      var copy = model
      let error = #expect(throws: NetworkError.self, "\(name)") { try copy.train(on: Self.data, options) }
      guard case .invalidOption(name, _, _) = error else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
    }
  }

  /// Nothing of nothing is not wholly right.
  @Test func rowsWhoseTargetsArePaddingAreNamed() throws {
    let good = Self.data.training.prefix(8)
    let rows = Rows(
      (0..<8).map {
        $0 == 2 || $0 == 5
          ? Row(input: [1, 3, 2], target: [0, 0, 0], word: 3, position: 1, length: 0) : good[$0]
      })
    var model = Seq2Seq(Configuration(units: 2, vocabulary: Self.data.vocabulary), seed: 1)
    func dataset(_ training: Rows, _ validation: Rows) -> Dataset {
      Dataset(
        task: "own", form: .published, vocabulary: Self.data.vocabulary, training: training,
        validation: validation,
        test: good)
    }
    let options = TrainingOptions(batchSize: 4, epochs: 1)
    #expect(throws: NetworkError.paddingAlone(name: "the training split of own", rows: [2, 5])) {
      try model.train(on: dataset(rows, good), options)
    }
    #expect(throws: NetworkError.paddingAlone(name: "the validation split of own", rows: [2, 5])) {
      try model.train(on: dataset(good, rows), options)
    }
    #expect(throws: NetworkError.paddingAlone(name: "what should be evaluated", rows: [2, 5])) {
      try model.evaluate(rows)
    }
    let words = NetworkError.paddingAlone(name: "x", rows: Array(0..<20)).description
    #expect(words.contains("rows 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …"))
  }

  /// A mistake that ends the program says its sentence, in an optimised build too.
  @Test func preconditionsSayTheirSentence() async {
    func words(_ result: ExitTest.Result?) -> String {
      String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    }
    let none = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Configuration(units: 0, vocabularySize: 5)
    }
    #expect(words(none).contains("Fatal error: a Seq2Seq can't have 0 units, only 1 to 65536"))
    let set = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var configuration = Configuration(units: 1, vocabularySize: 5)
      configuration.decoderLayers = 7
      _ = Seq2Seq(configuration, seed: 1)
    }
    #expect(words(set).contains("a Seq2Seq can't have 7 decoder layers"))
    let large = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Seq2Seq(Configuration(units: 65_536, vocabularySize: 16_000_000), seed: 1)
    }
    #expect(words(large).contains("a Seq2Seq of 65536 units has"))
    let row = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = OptionTests.data.training[9999]
    }
    #expect(words(row).contains("row 9999 of"))
  }
}
