import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks

/// Elimination of half of the units in rounds of eight, published settings: 1600 rows of state-like data.
struct EliminationSize {
  let rows = 2000
  let units = 256
  /// Of 2000 rows, as in the authors' split.
  let trainingRows = 1600

  var name: String { "elimination (\(trainingRows) × \(units) to \(units / 2))" }

  /// tanh of eight latent directions and noise; the classes differ along one direction.
  func examples() throws -> LabelledStates {
    var generator = SeededGenerator(seed: 1, label: "elimination")
    let latent = 8
    let directions = Matrix.normal(rows: latent, columns: units, using: &generator)
    let labels = generator.shuffled((0..<rows).map { $0 % 2 })
    var states = Matrix(rows: rows, columns: units)
    for row in 0..<rows {
      var values = (0..<latent).map { _ in Float(generator.normal()) }
      values[0] += labels[row] == 1 ? 1.5 : -1.5
      for unit in 0..<units {
        let sum = (0..<latent).reduce(Float(0)) { $0 + values[$1] * directions[$1, unit] }
        let value = Double(0.5 * sum / Float(latent).squareRoot()) + 0.1 * generator.normal()
        states[row, unit] = Float(tanh(value))
      }
    }
    return try LabelledStates(states: states, labels: labels, inputs: Array(0..<rows))
  }

  /// Ours and scikit-learn's on the same rows: seconds, and the held-out accuracy of the first round's machine.
  func compare(python: String, peers folder: URL) throws -> Result {
    let examples = try examples()
    let file = FileManager.default.temporaryDirectory.appending(path: "elimination-\(getpid()).json")
    defer { try? FileManager.default.removeItem(at: file) }
    struct Shared: Encodable {
      let states: [Float]
      let labels: [Int]
      let units: Int
      let training: Int
    }
    try JSONEncoder().encode(
      Shared(states: examples.states.storage, labels: examples.labels, units: units, training: trainingRows)
    ).write(to: file)
    let training = examples.rows(Array(0..<trainingRows))
    let heldOut = examples.rows(Array(trainingRows..<rows))
    var (times, accuracy) = ([Double](), 0.0)
    for _ in 0..<5 {
      let start = ContinuousClock.now
      let found = try RecursiveFeatureElimination(training: training, heldOut: heldOut)
      times.append((ContinuousClock.now - start) / .milliseconds(1))
      accuracy = found.rounds[0].heldOut.share
    }
    let theirs =
      (try? output(of: [folder.appending(path: "sklearn_rfe.py").path, file.path], program: python)) ?? []
    let peer =
      theirs.count == 2
      ? String(format: "scikit-learn, held-out accuracy %.3f against our %.3f", theirs[1], accuracy)
      : "no peer is installed"
    let milliseconds = theirs.count == 2 ? theirs[0] * 1e3 : nil
    return Result(
      name: name, oursMs: median(times), peer: peer, peerMs: milliseconds,
      ratio: (milliseconds ?? .nan) / median(times), goal: 50)
  }
}

/// 1000 random sets of a quarter of the units, zeroed in 100 rows, each decoded for 15 steps.
struct RandomSetsSize {
  let units: Int
  let sets = 1000
  let rows = 100
  let words = 14
  static let steps = 15

  var name: String { "\(sets) random sets × \(rows) rows × \(Self.steps) steps (\(units) units)" }

  /// The floating-point operations of the matrix products.
  var operations: Double {
    Double(sets * rows * Self.steps) * 2 * Double(units) * Double(3 * units + words)
  }

  /// Against one second, or against 0.7 of the limit that the matrix products set.
  func measure() throws -> Result {
    var generator = SeededGenerator(seed: 1, label: "rows")
    let model = Seq2Seq(Configuration(units: units, vocabularySize: words), seed: 1)
    let rows = Rows(
      (0..<rows).map { _ in
        let tokens = (0..<Self.steps).map { _ in Int32(3 + generator.integer(below: words - 3)) }
        return Row(input: tokens, target: tokens, word: 3, position: Self.steps, length: Self.steps)
      })
    let runs = try Counterfactuals(model, rows: rows, steps: Self.steps)
    let drawn = RandomSets.uniform(count: sets, size: units / 4, of: units, seed: 1)
    let variants = drawn.map { [Edit(units: $0, at: 0, .zero)] }
    var (times, shares) = ([Double](), [Double]())
    for _ in 0..<5 {
      let limit = operations / productRate()
      let start = ContinuousClock.now
      let decoded = try runs.decode(variants)
      let time = (ContinuousClock.now - start) / .milliseconds(1)
      guard decoded.score(.token, of: 0) != nil else { throw CocoaError(.featureUnsupported) }
      times.append(time)
      shares.append(limit / time)
    }
    let share = median(shares)
    return units < 100
      ? Result(
        name: name, oursMs: median(times), peer: "one second", peerMs: 1000, ratio: 1000 / median(times),
        goal: 1,
        limitShare: share)
      : Result(
        name: name, oursMs: median(times), peer: "the matrix products alone", peerMs: median(times) * share,
        ratio: share, goal: 0.7, limitShare: share)
  }
}
