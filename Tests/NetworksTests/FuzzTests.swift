import Foundation
import Fuzzing
import Networks
import Tasks
import Testing

/// Files of models and trainings that anybody may have made: damaged ones are refused with an error of their own.
struct FuzzTests {
  private static let words = [
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "\"__metadata__\"", "\"dtype\"", "\"shape\"",
    "\"data_offsets\"", "\"F32\"", "\"F16\"", "\"I64\"", "\"units\"", "\"vocabularySize\"",
    "\"configuration\"",
  ]

  private static func bytes(_ header: String, _ body: [UInt8] = []) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8) + body
  }

  private static func isExpected(_ error: any Error) -> Bool { error is NetworkError || error is TaskError }

  @Test func safeTensors() throws {
    let model = Seq2Seq(Configuration(units: 2, vocabularySize: 4, cell: .resetAfterGRU), seed: 1)
    var file = try model.tensors(in: .pyTorch)
    file.metadata["words"] = "\"é\n"
    let fuzzer = Fuzzing(
      "safetensors",
      corpus: [
        Self.bytes("{}"),
        Self.bytes(
          #"{"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}"#, [UInt8](repeating: 0, count: 8)),
        [UInt8](try file.data),
      ], words: Self.words)
    let (tried, taken) = try fuzzer.run(isExpected: Self.isExpected) { _ in
      let read = try SafeTensors(contentsOf: fuzzer.file)
      for tensor in read.tensors.values {
        guard tensor.shape.reduce(1, *) == tensor.values.count else {
          throw Fuzzing.Finding(description: "a tensor of \(tensor.shape) has \(tensor.values.count) numbers")
        }
      }
    }
    #expect(tried > 10 && taken >= 3 && taken < tried)
  }

  @Test func models() throws {
    let model = Seq2Seq(Configuration(units: 2, vocabularySize: 4), seed: 1)
    let fuzzer = Fuzzing("model", corpus: [[UInt8](try model.tensors().data)], words: Self.words)
    try fuzzer.run(isExpected: Self.isExpected) { _ in
      let read = try Seq2Seq(contentsOf: fuzzer.file)
      guard read.parameters.count == read.layout.count, read.parameters.allSatisfy(\.isFinite) else {
        throw Fuzzing.Finding(
          description: "a model of \(read.configuration) has \(read.parameters.count) parameters")
      }
    }
  }

  /// Trainings go on from damaged checkpoints, or refuse them.
  @Test func checkpoints() throws {
    let data = LastTokenAutoencoder(longest: 5, rowsPerCell: 20).heldOut(seed: 1)
    let fresh = Seq2Seq(Configuration(units: 2, vocabulary: data.vocabulary), seed: 1)
    let options = TrainingOptions(
      batchSize: 8, epochs: 1, stepsPerEpoch: 2, goal: 2, batching: .shuffled, reportEvery: 1, patience: 1)
    let seed = Fuzzing("checkpoint", corpus: [[UInt8]]())
    defer { try? FileManager.default.removeItem(at: seed.file) }
    try? FileManager.default.removeItem(at: seed.file)
    var model = fresh
    try model.train(on: data, options, checkpoint: seed.file)
    let fuzzer = Fuzzing(
      "checkpoint", corpus: [[UInt8](try Data(contentsOf: seed.file))],
      words: Self.words + ["\"order\"", "\"nextRow\"", "\"updates\"", "\"steps\"", "\"epochs\"", "null"])
    var longer = options
    longer.epochs = 2
    try fuzzer.run(isExpected: Self.isExpected) { _ in
      var model = fresh
      try model.train(on: data, longer, checkpoint: fuzzer.file)
    }
  }
}
