import Foundation
import LinearAlgebra
import Tasks

/// Everything that an interrupted training needs to go on to the same bits, in one safetensors file.
///
/// Parameters are under their own names; Adam's moments under `adam.first.` and `adam.second.` before those.
struct TrainingCheckpoint {
  /// What is not a tensor.
  struct Progress: Codable {
    var configuration: Configuration
    var options: TrainingOptions
    var data: String
    var updates: Int
    var sampler: BatchSampler
    var coin: SeededGenerator
    var history: TrainingHistory
  }

  var progress: Progress
  var parameters: [Float]
  var firstMoment: [Float]
  var secondMoment: [Float]

  private static let key = "training"
  private static let moments = ["adam.first.", "adam.second."]

  func write(to url: URL) throws {
    var model = Seq2Seq(zeros: progress.configuration)
    model.parameters = parameters
    var file = try model.tensors()
    for (prefix, values) in zip(Self.moments, [firstMoment, secondMoment]) {
      for view in model.layout.views {
        file.tensors[prefix + view.name] = SafeTensors.Tensor(
          shape: [view.rows, view.columns], values: Array(values[view.offset..<view.offset + view.count]))
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    file.metadata[Self.key] = String(decoding: try encoder.encode(progress), as: UTF8.self)
    try file.write(to: url)
  }

  /// Reads the checkpoint of this training, if there is a file.
  ///
  /// Throws `NetworkError.checkpointOfOther` where it was made with other data, options or another model, and
  /// `.fileDamaged` where its parts contradict each other.
  init?(
    contentsOf url: URL, of configuration: Configuration, _ options: TrainingOptions, rows: Rows
  ) throws {
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    let file = try SafeTensors(contentsOf: url)
    guard let json = file.metadata[Self.key],
      let progress = try? JSONDecoder().decode(Progress.self, from: Data(json.utf8))
    else { throw NetworkError.descriptionMissing(key: Self.key) }
    try progress.check(configuration, options, rows, path: url.path)
    self.progress = progress
    parameters = try Seq2Seq(file, layout: .neuronbook, configuration: configuration).parameters
    func moment(_ prefix: String) throws -> [Float] {
      var renamed = SafeTensors()
      for (name, tensor) in file.tensors where name.hasPrefix(prefix) {
        renamed.tensors[String(name.dropFirst(prefix.count))] = tensor
      }
      return try Seq2Seq(renamed, layout: .neuronbook, configuration: configuration).parameters
    }
    firstMoment = try moment(Self.moments[0])
    secondMoment = try moment(Self.moments[1])
  }

  init(progress: Progress, parameters: [Float], firstMoment: [Float], secondMoment: [Float]) {
    self.progress = progress
    self.parameters = parameters
    self.firstMoment = firstMoment
    self.secondMoment = secondMoment
  }
}

extension TrainingCheckpoint.Progress {
  /// Throws `NetworkError.checkpointOfOther` where it was made with other data, options or another model. Only the
  /// number of epochs and the goal may differ: a training may be told to go on for longer. Throws `.fileDamaged` where
  /// what it counts does not fit together.
  fileprivate func check(
    _ configuration: Configuration, _ options: TrainingOptions, _ rows: Rows, path: String
  ) throws {
    func require<Value: Equatable>(_ what: String, _ found: Value, _ expected: Value) throws {
      if found != expected {
        throw NetworkError.checkpointOfOther(what: what, expected: "\(expected)", found: "\(found)")
      }
    }
    func comparable(_ options: TrainingOptions) -> TrainingOptions {
      var options = options
      (options.epochs, options.goal, options.reportEvery, options.patience) = (1, 1, nil, nil)
      return options
    }
    try require("configuration", self.configuration, configuration)
    try require("set of options", comparable(self.options), comparable(options))
    try require("dataset", data, rows.fingerprint)
    let steps = history.epochs.count * options.stepsPerEpoch(of: rows)
    for (what, found) in [("steps of its history", history.steps.count), ("updates", updates)]
    where found != steps {
      throw NetworkError.fileDamaged(path: path, what: what, expected: steps, found: found)
    }
    guard sampler.fits(rows: rows.count, options) else {
      throw NetworkError.fileDamaged(
        path: path, what: "rows in the order of its batches", expected: rows.count,
        found: sampler.order?.count ?? 0)
    }
  }
}

extension Rows {
  /// A short name for the tokens of these rows: other tokens, or another order, give another (FNV-1a).
  var fingerprint: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for grid in [inputs, targets] {
      for token in grid.storage + [Int32(grid.steps)] {
        hash = (hash ^ UInt64(UInt32(bitPattern: token))) &* 0x100_0000_01b3
      }
    }
    return "\(count) rows, \(String(hash, radix: 16))"
  }
}
