import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// A folder that is removed when the test ends.
final class TemporaryFolder {
  let url = FileManager.default.temporaryDirectory.appending(path: "networks-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: url) }
}

struct ExchangeTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func model(_ cell: CellKind, layers: (Int, Int) = (2, 3)) -> Seq2Seq {
    Seq2Seq(
      Configuration(
        units: 5, vocabularySize: 7, cell: cell, encoderLayers: layers.0, decoderLayers: layers.1), seed: 3
    )
  }

  @Test(arguments: CellKind.allCases, TensorLayout.allCases)
  func everyLayoutGivesTheModelBack(cell: CellKind, layout: TensorLayout) throws {
    let (model, file) = (model(cell), folder.url.appending(path: "model.safetensors"))
    guard layout.has(cell) else {
      #expect(throws: NetworkError.layoutUnsupported(layout: layout.rawValue, cell: cell.rawValue)) {
        try model.write(to: file, layout: layout)
      }
      return
    }
    try model.write(to: file, layout: layout)
    #expect(try Seq2Seq(contentsOf: file) == model)
    // A file of another tool has no description: layout and configuration are given.
    var foreign = try SafeTensors(contentsOf: file)
    foreign.metadata = [:]
    #expect(try Seq2Seq(foreign, layout: layout, configuration: model.configuration) == model)
    #expect(throws: NetworkError.descriptionMissing(key: "configuration")) { try Seq2Seq(foreign) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["model.safetensors"])
  }

  @Test func kerasHasOurGatesAndPyTorchItsOwn() throws {
    let model = model(.resetAfterGRU, layers: (1, 1))
    let (keras, torch) = (try model.tensors(in: .keras), try model.tensors(in: .pyTorch))
    let (kernel, bias) = (try model.parameter("decoder.0.kernel"), try model.parameter("decoder.0.bias"))
    let second = try model.parameter("decoder.0.recurrentBias")
    #expect(keras.tensors["decoder.0.kernel"]?.shape == [5, 15])
    #expect(keras.tensors["decoder.0.kernel"]?.values == kernel.storage)
    #expect(keras.tensors["decoder.0.bias"]?.shape == [2, 15])
    #expect(keras.tensors["decoder.0.bias"]?.values == bias.storage + second.storage)
    guard let weight = torch.tensors["decoder.rnn.weight_ih_l0"] else {
      Issue.record("no weight_ih_l0")
      return
    }
    #expect(weight.shape == [15, 5])
    for (theirs, ours) in [(0, 1), (1, 0), (2, 2)] {
      for unit in 0..<5 {
        #expect(
          Array(weight.values[(theirs * 5 + unit) * 5..<(theirs * 5 + unit + 1) * 5])
            == kernel.column(ours * 5 + unit))
      }
    }
    let published = try self.model(.gru, layers: (1, 1)).tensors(in: .keras)
    #expect(published.tensors["encoder.0.bias"]?.shape == [15])
    #expect(published.tensors["encoder.0.recurrent_kernel"]?.shape == [5, 15])
  }

  @Test func twoBiasesOfPyTorchAreAddedWhereACellHasOne() throws {
    let model = model(.lstm, layers: (1, 1))
    var file = try model.tensors(in: .pyTorch)
    #expect(file.tensors["encoder.rnn.bias_hh_l0"]?.values == [Float](repeating: 0, count: 20))
    file.tensors["encoder.rnn.bias_hh_l0"]?.values = (0..<20).map { Float($0) }
    let bias = try Seq2Seq(file).parameter("encoder.0.bias").storage
    let before = try model.parameter("encoder.0.bias").storage
    #expect(bias == zip(before, 0..<20).map { $0 + Float($1) })
  }

  @Test func damagedForeignAndMismatchedFilesAreNamed() throws {
    let (model, file) = (model(.gru, layers: (1, 1)), folder.url.appending(path: "model.safetensors"))
    try model.write(to: file)
    let whole = try Data(contentsOf: file)
    for count in [0, 5, 40, whole.count - 1] {
      try whole.prefix(count).write(to: file)
      let error = #expect(throws: NetworkError.self) { try Seq2Seq(contentsOf: file) }
      guard case .fileDamaged(file.path, _, let expected, count) = error, expected > count else {
        Issue.record("\(count) bytes: \(String(describing: error))")
        continue
      }
    }
    try Data("PK\u{3}\u{4} something else, and long enough for a header".utf8).write(to: file)
    #expect(throws: NetworkError.fileForeign(path: file.path, reason: "no safetensors header")) {
      try Seq2Seq(contentsOf: file)
    }
    let missing = folder.url.appending(path: "none.safetensors")
    let error = #expect(throws: NetworkError.self) { try Seq2Seq(contentsOf: missing) }
    guard case .fileUnreadable(missing.path, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    var other = try model.tensors()
    other.tensors["decoder.0.bias"] = SafeTensors.Tensor(
      shape: [1, 12], values: [Float](repeating: 0, count: 12))
    #expect(throws: NetworkError.wrongShape(name: "decoder.0.bias", expected: [1, 15], found: [1, 12])) {
      try Seq2Seq(other)
    }
    other.tensors["decoder.0.bias"] = nil
    #expect(
      throws: NetworkError.tensorMissing(name: "decoder.0.bias", found: other.tensors.keys.sorted())
    ) { try Seq2Seq(other) }
    var infinite = try model.tensors()
    infinite.tensors["output.bias"]?.values[2] = .infinity
    #expect(throws: NetworkError.notFinite(name: "output.bias", index: 2, value: "inf")) {
      try Seq2Seq(infinite)
    }
  }

  @Test func aFullDiskIsNamedAndLeavesNothingBehind() throws {
    let model = model(.gru)
    let error = #expect(throws: NetworkError.self) { try model.write(to: URL(filePath: "/dev/full")) }
    #expect(error == .fileNotWritten(path: "/dev/full", reason: "No space left on device"))
    let nowhere = folder.url.appending(path: "none/model.safetensors")
    #expect(
      throws: NetworkError.fileNotWritten(path: nowhere.path, reason: "No such file or directory")
    ) { try model.write(to: nowhere) }
    // A folder in the way: the part that was written beside it is removed again.
    let taken = folder.url.appending(path: "taken/inside")
    try FileManager.default.createDirectory(at: taken, withIntermediateDirectories: true)
    #expect(throws: NetworkError.self) { try model.write(to: taken.deletingLastPathComponent()) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["taken"])
  }

  @Test(
    .enabled(
      if: PyTorch.isThere, "PyTorch can't be imported by python3 (or NEURONBOOK_PYTHON): not compared"),
    arguments: CellKind.allCases.filter { TensorLayout.pyTorch.has($0) })
  func pyTorchComputesTheSame(cell: CellKind) throws {
    let data = LastTokenAutoencoder(longest: 6, rowsPerCell: 60).heldOut(seed: 1)
    var model = Seq2Seq(
      .init(units: 12, vocabulary: data.vocabulary, cell: cell, encoderLayers: 2, decoderLayers: 3), seed: 2)
    try model.train(on: data, TrainingOptions(batchSize: 32, epochs: 3, learningRate: 0.01))
    let rows = data.training.distinct.prefix(30)
    let recording = try model.record(rows)
    let files = ["model", "rows", "result"].map { folder.url.appending(path: "\($0).safetensors") }
    try model.write(to: files[0], layout: .pyTorch)
    let inputs = rows.inputs
    try SafeTensors(tensors: [
      "inputs": .init(shape: [inputs.rows, inputs.steps], values: inputs.storage.map { Float($0) }),
      "steps": .init(shape: [1], values: [7]),
    ]).write(to: files[1])
    try PyTorch.run("pytorch_round_trip.py", files.map(\.path))
    let result = try SafeTensors(contentsOf: files[2])
    let states = result.tensors["result.states"]?.values ?? []
    let ours = (0..<rows.count).flatMap { row in
      (1...7).flatMap { recording.decoder.states.units(row: row, step: $0) }
    }
    #expect(states.count == ours.count)
    #expect(zip(states, ours).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(result.tensors["result.tokens"]?.values.map { Int32($0) } == recording.tokens.storage)
    let halved = try Seq2Seq(result, layout: .pyTorch)
    for view in model.layout.views {
      #expect(try halved.parameter(view.name).storage == model.parameter(view.name).storage.map { $0 / 2 })
    }
  }
}

/// The Python that has PyTorch, if any has.
enum PyTorch {
  static let isThere = (try? execute(["-c", "import torch"])) == 0

  static func run(_ script: String, _ arguments: [String]) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Scripts")
    #expect(try execute([folder.appending(path: script).standardized.path] + arguments) == 0)
  }

  private static func execute(_ arguments: [String]) throws -> Int32 {
    // Not Foundation's Process, which was seen to wait for ever for a program that had ended.
    let python = ProcessInfo.processInfo.environment["NEURONBOOK_PYTHON"] ?? "python3"
    let words = [python] + arguments
    let quoted = words.map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }
    let silence = arguments.first == "-c" ? " 2>/dev/null" : ""
    guard let stream = popen(quoted.joined(separator: " ") + silence, "r") else { return -1 }
    return pclose(stream) >> 8
  }
}
