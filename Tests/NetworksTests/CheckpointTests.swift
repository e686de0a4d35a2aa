import Foundation
import Networks
import Tasks
import Testing

struct CheckpointTests {
  struct Interruption: Error {}

  let folder: TemporaryFolder
  let data = LastTokenAutoencoder(longest: 6, rowsPerCell: 100).heldOut(seed: 2)

  init() throws { folder = try TemporaryFolder() }

  private func options(_ batching: TrainingOptions.Batching, epochs: Int = 4) -> TrainingOptions {
    TrainingOptions(
      batchSize: 32, epochs: epochs, stepsPerEpoch: 13, goal: 2, seed: 3, batching: batching, gradientNorm: 1)
  }

  private func fresh(_ cell: CellKind = .gru) -> Seq2Seq {
    Seq2Seq(.init(units: 10, vocabulary: data.vocabulary, cell: cell), seed: 5)
  }

  @Test(arguments: TrainingOptions.Batching.allCases, CellKind.allCases)
  func anInterruptedTrainingGoesOnToTheSameBits(batching: TrainingOptions.Batching, cell: CellKind) throws {
    let checkpoint = folder.url.appending(path: "training.safetensors")
    var whole = fresh(cell)
    let history = try whole.train(on: data, options(batching))
    var parts = fresh(cell)
    for epoch in [1, 3] {
      #expect(throws: Interruption.self) {
        // Another model: what counts is in the file.
        parts = fresh(cell)
        try parts.train(on: data, options(batching), checkpoint: checkpoint) {
          if $0.epoch == epoch && $0.accuracy != nil { throw Interruption() }
        }
      }
      #expect(parts != whole)
    }
    parts = fresh(cell)
    let last = try parts.train(on: data, options(batching), checkpoint: checkpoint)
    #expect(parts == whole)
    #expect(last.steps == history.steps)
    #expect(last.epochs.map(\.whole) == history.epochs.map(\.whole))
    // A checkpoint is also a model, and can be trained for longer.
    #expect(try Seq2Seq(contentsOf: checkpoint) == whole)
    #expect(try parts.train(on: data, options(batching, epochs: 5), checkpoint: checkpoint).epochs.count == 5)
  }

  @Test func aCheckpointOfSomethingElseIsRefused() throws {
    let checkpoint = folder.url.appending(path: "training.safetensors")
    var model = fresh()
    try model.train(on: data, options(.shuffled, epochs: 1), checkpoint: checkpoint)
    var larger = Seq2Seq(.init(units: 11, vocabulary: data.vocabulary), seed: 5)
    let other = LastTokenAutoencoder(longest: 6, rowsPerCell: 100).heldOut(seed: 3)
    func what(_ train: () throws -> TrainingHistory) -> String? {
      let error = #expect(throws: NetworkError.self) { try train() }
      if case .checkpointOfOther(let what, _, _) = error { return what }
      return nil
    }
    #expect(
      what { try larger.train(on: data, options(.shuffled), checkpoint: checkpoint) } == "configuration")
    #expect(
      what { try model.train(on: data, options(.contiguousBlocks), checkpoint: checkpoint) }
        == "set of options")
    #expect(what { try model.train(on: other, options(.shuffled), checkpoint: checkpoint) } == "dataset")
    try model.write(to: checkpoint)
    #expect(throws: NetworkError.descriptionMissing(key: "training")) {
      try model.train(on: data, options(.shuffled), checkpoint: checkpoint)
    }
    #expect(throws: NetworkError.fileNotWritten(path: "/dev/full", reason: "No space left on device")) {
      try model.write(to: URL(filePath: "/dev/full"))
    }
  }

  @Test func gradientsAreCutToTheirLength() throws {
    // One step of Adam from nothing moves by the sign of the gradient; two differ by how long each gradient was.
    func trained(_ norm: Float?) throws -> Seq2Seq {
      var model = fresh()
      try model.train(
        on: data, TrainingOptions(batchSize: 32, epochs: 1, stepsPerEpoch: 5, gradientNorm: norm))
      return model
    }
    let free = try trained(nil)
    #expect(try trained(1e9) == free)
    #expect(try trained(1e-3) != free)
    #expect(throws: NetworkError.invalidOption(name: "gradientNorm", value: "-1.0", expected: "above 0")) {
      try trained(-1)
    }
  }

  @Test func patienceEndsATrainingThatGetsNoBetter() throws {
    var model = fresh()
    let history = try model.train(
      on: data,
      TrainingOptions(batchSize: 32, epochs: 50, stepsPerEpoch: 1, goal: 2, learningRate: 1e-12, patience: 3))
    #expect(history.ranOutOfPatience == true && !history.reachedGoal)
    #expect(history.epochs.count == 4)
  }

  @Test func aModelThatIsNotFiniteIsNotTrained() throws {
    var model = fresh()
    var kernel = try model.parameter("output.kernel")
    kernel[1, 2] = .nan
    try model.setParameter("output.kernel", to: kernel)
    #expect(throws: NetworkError.notFinite(name: "output.kernel", index: 8, value: "nan")) {
      try model.train(on: data, options(.shuffled))
    }
  }
}
