import Foundation
import LinearAlgebra
import Networks
import Tasks

/// One training step: encoder 15 steps, decoder 15, teacher-forced, one layer each.
struct StepSize {
  static let steps = 15

  let units: Int
  let words: Int
  let batch: Int
  /// How many times faster than the fastest peer it should be.
  let goal: Double
  /// Steps in a round.
  let count: Int

  static let all = [
    StepSize(units: 32, words: 6, batch: 64, goal: 4, count: 60),
    StepSize(units: 64, words: 6, batch: 64, goal: 3, count: 30),
    StepSize(units: 128, words: 500, batch: 128, goal: 2, count: 15),
    StepSize(units: 256, words: 500, batch: 128, goal: 1.6, count: 8),
    StepSize(units: 256, words: 20_000, batch: 128, goal: 1.6, count: 3),
  ]

  /// What is measured beside it: the plain one would take minutes for large sizes, and the compiler minutes for each.
  var peers: [String] {
    Peer.all.keys.sorted().filter { units <= 64 || !["plain_step.c", "torch_compiled_step.py"].contains($0) }
  }

  var name: String { "training step (\(units) units, \(words) words, batch \(batch))" }

  /// The floating-point operations of its matrix products: one forward and two back of each.
  var operations: Double {
    let (units, words, tokens) = (Double(units), Double(words), Double(batch * Self.steps))
    let recurrent = 2 * tokens * units * 3 * units
    let inputs = 2 * min(words, tokens) * units * 3 * units
    let output = tokens * units * words
    return 2 * 3 * (recurrent + inputs + output)
  }

  /// Random tokens, no PAD, as the peers have.
  var data: Dataset {
    var generator = SeededGenerator(seed: 1)
    func tokens() -> [Int32] { (0..<Self.steps).map { _ in Int32(1 + generator.integer(below: words - 1)) } }
    let rows = Rows(
      (0..<4 * batch).map { _ in
        Row(input: tokens(), target: tokens(), word: 3, position: 1, length: Self.steps)
      })
    return Dataset(
      task: "random", form: .heldOut, vocabulary: Vocabulary(words: (3..<words).map { "\($0)" }),
      training: rows, validation: rows.prefix(1), test: rows.prefix(1))
  }

  var model: Seq2Seq { Seq2Seq(Configuration(units: units, vocabularySize: words), seed: 1) }

  /// The times of our steps, in milliseconds; the first two, which touch new memory, are left out.
  func run(_ model: inout Seq2Seq, on data: Dataset) throws -> [Double] {
    var ends = [Double]()
    try model.train(
      on: data,
      TrainingOptions(
        batchSize: batch, epochs: 1, stepsPerEpoch: count + 3, goal: 2, batching: .shuffled,
        teacherForcing: 1,
        reportEvery: 1)
    ) { if $0.accuracy == nil { ends.append($0.elapsed) } }
    return zip(ends, ends.dropFirst()).dropFirst().map { ($1 - $0) * 1e3 }
  }
}

/// What the processor can do at most: large products on two threads, in operations a millisecond.
func productRate() -> Double {
  let size = 512
  var matrices = (0..<6).map { _ in Matrix(rows: size, columns: size, repeating: 0.5) }
  let views = matrices.indices.map { index in matrices[index].withMutableView { $0 } }
  let times = (0..<15).map { _ in
    let start = ContinuousClock.now
    inParallel(2) { part in
      for _ in 0..<4 { multiply(views[3 * part], views[3 * part + 1], into: views[3 * part + 2]) }
    }
    return (ContinuousClock.now - start) / .milliseconds(1)
  }
  return withExtendedLifetime(matrices) { 8 * 2 * pow(Double(size), 3) / median(times) }
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.isEmpty ? .nan : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
