import Analyses
import Foundation
import Networks
import Tasks

/// 1000 random sets of a quarter of the units, zeroed in 100 rows of a trained model, beside pyvene's on the same model, rows and
/// sets: PyTorch's GRU, 15 steps.
struct PeerSets {
  let sets = 1000
  let steps = 15

  var name: String { "\(sets) random sets of a GRU as PyTorch's" }

  /// Both times, and the share of tokens that both write.
  func compare(python: String, peers folder: URL) throws -> Result {
    let data = LastTokenAutoencoder().heldOut(seed: 1)
    var model = Seq2Seq(Configuration(units: 32, vocabulary: data.vocabulary, cell: .resetAfterGRU), seed: 1)
    try model.train(on: data, TrainingOptions(epochs: 3))
    let longest = data.test.lengths.max() ?? 0
    let rows = data.test.filter { _, _, length in length == longest }.prefix(100)
    let drawn = RandomSets.uniform(count: sets, size: 8, of: 32, seed: 1)
    let runs = try Counterfactuals(model, rows: rows, steps: steps)
    var (times, decoded) = ([Double](), [CounterfactualRuns]())
    for _ in 0..<5 {
      let start = ContinuousClock.now
      decoded = [try runs.decode(drawn.map { [Edit(units: $0, at: 0, .zero)] })]
      times.append((ContinuousClock.now - start) / .milliseconds(1))
    }
    struct Shared: Encodable {
      let rows: [[Int32]]
      let sets: [[Int]]
      let steps: Int
      let tokens: [[[Int32]]]
    }
    let place = FileManager.default.temporaryDirectory.appending(path: "sets-\(getpid())")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: place) }
    let (weights, file) = (place.appending(path: "model.safetensors"), place.appending(path: "sets.json"))
    try model.write(to: weights, layout: .pyTorch)
    try JSONEncoder().encode(
      Shared(
        rows: (0..<rows.count).map { rows[$0].input }, sets: drawn, steps: steps,
        tokens: drawn.indices.map { set in
          (0..<rows.count).map { row in Array(decoded[0].tokens(variant: set, row: row)) }
        })
    ).write(to: file)
    let theirs =
      (try? output(
        of: [folder.appending(path: "pyvene_sets.py").path, weights.path, file.path], program: python)) ?? []
    let milliseconds = theirs.count == 2 ? theirs[0] * 1e3 : nil
    let peer =
      theirs.count == 2
      ? String(format: "pyvene, %.4f of the tokens the same", theirs[1]) : "no peer is installed"
    return Result(
      name: name, oursMs: median(times), peer: peer, peerMs: milliseconds,
      ratio: (milliseconds ?? .nan) / median(times), goal: 10)
  }
}
