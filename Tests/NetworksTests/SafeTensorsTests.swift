import Foundation
import Networks
import Tasks
import Testing

/// Files that somebody made by hand, or that another tool wrote.
struct SafeTensorsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(_ header: String, _ body: Int = 8, length: UInt64? = nil) throws -> URL {
    let url = folder.url.appending(path: "crafted.safetensors")
    let count = withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Data($0) }
    try (count + Data(header.utf8) + Data(count: body)).write(to: url)
    return url
  }

  private static func tensor(_ name: String, _ shape: String, _ offsets: String, type: String = "F32")
    -> String
  {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  static let deep = 100_000
  /// The header, and whether it contradicts itself rather than being none.
  static let crafted: [(name: String, header: String, isDamaged: Bool)] = [
    ("no JSON", "{{{{", false), ("a list", "[1]", false), ("text behind it", "{} x", false),
    ("deep objects", String(repeating: "{\"a\":", count: deep), false),
    (
      "deep lists",
      "{\"a\":" + String(repeating: "[", count: deep) + String(repeating: "]", count: deep) + "}", false
    ),
    ("a name twice", "{\(tensor("a", "[2]", "[0,8]")),\(tensor("a", "[1]", "[0,4]"))}", false),
    ("a name twice, escaped", "{\(tensor("a", "[1]", "[0,4]")),\(tensor("\\u0061", "[1]", "[4,8]"))}", false),
    (
      "a key twice", "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,8]}}",
      false
    ),
    ("an overlap", "{\(tensor("a", "[2]", "[0,8]")),\(tensor("b", "[1]", "[4,8]"))}", true),
    ("a hole before", "{\(tensor("b", "[1]", "[4,8]"))}", true),
    ("a hole behind", "{\(tensor("b", "[1]", "[0,4]"))}", true),
    ("a hole between", "{\(tensor("a", "[]", "[0,1]", type: "U8")),\(tensor("b", "[1]", "[4,8]"))}", true),
    ("off its place", "{\(tensor("b", "[1]", "[1,5]"))}", true),
    ("a negative place", "{\(tensor("b", "[1]", "[-4,0]"))}", false),
    ("places reversed", "{\(tensor("b", "[1]", "[8,4]"))}", false),
    (
      "the extremes", "{\(tensor("b", "[1]", "[-9223372036854775808,9223372036854775807]"))}", false
    ),
    ("far too long", "{\(tensor("b", "[2305843009213693951]", "[0,9223372036854775804]"))}", true),
    ("places beyond 64 bits", "{\(tensor("b", "[1]", "[0,9223372036854775808]"))}", false),
    ("a product beyond 64 bits", "{\(tensor("b", "[4294967296,4294967296]", "[0,0]"))}", true),
    (
      "a product beyond 64 bits, in another type",
      "{\(tensor("b", "[4611686018427387904]", "[0,8]", type: "I64"))}", true
    ),
    ("a negative shape", "{\(tensor("b", "[-1,-1]", "[0,4]"))}", false),
    ("a fraction", "{\(tensor("b", "[1.5]", "[0,8]"))}", false),
    ("a power", "{\(tensor("b", "[2e0]", "[0,8]"))}", false),
    ("null", "{\"b\":null}", false), ("a number", "{\"b\":5}", false), ("a string", "{\"b\":\"x\"}", false),
    ("metadata of numbers", "{\"__metadata__\":{\"a\":1}}", false),
    ("a cut escape", "{\"\\u00", false), ("half a character", "{\"\\ud800\":1}", false),
    ("a control character", "{\"\u{1}\":1}", false),
  ]

  @Test(arguments: crafted) func craftedHeadersAreRefused(_ name: String, header: String, isDamaged: Bool)
    throws
  {
    let url = try file(header)
    let error = #expect(throws: NetworkError.self) { try SafeTensors(contentsOf: url) }
    switch error {
    case .fileDamaged(url.path, _, let expected, let found):
      #expect(isDamaged && expected != found, "\(name)")
    case .fileForeign(url.path, _): #expect(!isDamaged, "\(name)")
    default: Issue.record("\(name): \(String(describing: error))")
    }
  }

  @Test func lengthsThatTheFileDoesNotHaveAreRefused() throws {
    for length in [UInt64.max, 1 << 63, 100_000_001] {
      let url = try file("{}", length: length)
      #expect(throws: NetworkError.fileForeign(path: url.path, reason: "no safetensors header")) {
        try SafeTensors(contentsOf: url)
      }
    }
    let url = try file("{}", length: 1000)
    #expect(
      throws: NetworkError.fileDamaged(path: url.path, what: "bytes of the header", expected: 1008, found: 18)
    ) {
      try SafeTensors(contentsOf: url)
    }
  }

  @Test func emptyAndScalarTensorsAreRead() throws {
    #expect(try SafeTensors(contentsOf: file("{}", 0)).tensors.isEmpty)
    let read = try SafeTensors(
      contentsOf: file(
        "{\"__metadata__\":{\"\\u00e9\\n\":\"\\ud834\\udd1e\"}, \(Self.tensor("none", "[0,9223372036854775807]", "[0,0]")), "
          + Self.tensor("one", "[ ]", "[0, 4]") + "," + Self.tensor("two", "[1]", "[4,8]") + "}  "))
    #expect(read.metadata == ["é\n": "𝄞"])
    #expect(read.tensors.mapValues(\.shape) == ["none": [0, .max], "one": [], "two": [1]])
  }

  /// What is no file is not waited for, nor read for ever.
  @Test func foldersPipesAndDevicesAreRefused() throws {
    let pipe = folder.url.appending(path: "pipe")
    #expect(mkfifo(pipe.path, 0o600) == 0)
    for url in [folder.url, pipe, URL(filePath: "/dev/zero")] {
      let error = #expect(throws: NetworkError.self) { try SafeTensors(contentsOf: url) }
      guard case .fileUnreadable(url.path, let reason) = error, reason.contains("it is a") else {
        Issue.record("\(url.path): \(String(describing: error))")
        continue
      }
      #expect(throws: TaskError.self) { try Dataset(contentsOf: url) }
      #expect(throws: TaskError.self) { try TextCorpus(contentsOf: url) }
      #expect(throws: TaskError.self) { try Vocabulary(contentsOf: url) }
    }
  }

  /// A counter of PyTorch's batch normalisation is no part of a model; a weight in half precision is.
  @Test func otherNumbersAreReadPastUnlessTheModelNeedsThem() throws {
    let model = Seq2Seq(Configuration(units: 2, vocabularySize: 5, cell: .resetAfterGRU), seed: 1)
    let tensors = try model.tensors(in: .pyTorch).tensors
    func written(_ types: [String: (type: String, bytes: Int)]) throws -> URL {
      var (entries, body) = ([String](), Data())
      for name in Set(tensors.keys).union(types.keys).sorted() {
        let start = body.count
        let shape = tensors[name]?.shape ?? []
        if let other = types[name] {
          body.append(Data(count: other.bytes * shape.reduce(1, *)))
        } else {
          tensors[name]?.values.withUnsafeBytes { body.append(contentsOf: $0) }
        }
        entries.append(
          Self.tensor(name, "\(shape)", "[\(start), \(body.count)]", type: types[name]?.type ?? "F32"))
      }
      let header = "{" + entries.joined(separator: ",") + "}"
      let url = folder.url.appending(path: "other.safetensors")
      let count = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
      try (count + Data(header.utf8) + body).write(to: url)
      return url
    }
    func read(_ url: URL) throws -> Seq2Seq {
      try Seq2Seq(contentsOf: url, layout: .pyTorch, configuration: model.configuration)
    }
    let counter = try written([
      "num_batches_tracked": ("I64", 8), "mask": ("BOOL", 1), "later": ("F4_E2M1", 3),
    ])
    #expect(try read(counter) == model)
    #expect(
      try SafeTensors(contentsOf: counter).otherTypes == [
        "num_batches_tracked": "I64", "mask": "BOOL", "later": "F4_E2M1",
      ])
    let half = try written(["output.weight": ("F16", 2)])
    #expect(throws: NetworkError.otherNumbers(name: "output.weight", found: "F16")) { try read(half) }
  }

  /// A description that asks for more than the file holds takes no memory.
  @Test func sizesAreCheckedBeforeMemoryIsTaken() throws {
    func described(_ units: Int, _ vocabulary: Int, layers: Int = 1) throws -> URL {
      let json =
        "{\\\"units\\\":\(units),\\\"vocabularySize\\\":\(vocabulary),\\\"cell\\\":\\\"gru\\\",\\\"encoderLayers\\\":\(layers),\\\"decoderLayers\\\":1}"
      return try file("{\"__metadata__\":{\"configuration\":\"\(json)\"}}", 0)
    }
    for (units, vocabulary, layers) in [
      (0, 5, 1), (-1, 5, 1), (.max, 5, 1), (1_000_000_000, 5, 1), (4, .max, 1), (4, 3, 1), (4, 5, 99),
    ] {
      let url = try described(units, vocabulary, layers: layers)
      #expect(throws: NetworkError.descriptionMissing(key: "configuration"), "\(units), \(vocabulary)") {
        try Seq2Seq(contentsOf: url)
      }
    }
    let huge = try described(65_536, 16_777_216)
    #expect(throws: NetworkError.tensorMissing(name: "encoder.embedding", found: [])) {
      try Seq2Seq(contentsOf: huge)
    }
  }

  /// What a checkpoint counts must fit together: its places are where memory is read.
  @Test func aCheckpointThatContradictsItselfIsRefused() throws {
    let data = LastTokenAutoencoder(longest: 5, rowsPerCell: 20).heldOut(seed: 1)
    let url = folder.url.appending(path: "training.safetensors")
    let options = TrainingOptions(batchSize: 8, epochs: 1, stepsPerEpoch: 2, goal: 2, batching: .shuffled)
    var model = Seq2Seq(Configuration(units: 2, vocabulary: data.vocabulary), seed: 1)
    try model.train(on: data, options, checkpoint: url)
    let whole = try SafeTensors(contentsOf: url)
    let json = try #require(whole.metadata["training"])
    var longer = options
    longer.epochs = 2
    func isRefused(_ change: (inout SafeTensors) -> Void) throws -> NetworkError? {
      var file = whole
      change(&file)
      try file.write(to: url)
      var model = Seq2Seq(Configuration(units: 2, vocabulary: data.vocabulary), seed: 1)
      return #expect(throws: NetworkError.self) { try model.train(on: data, longer, checkpoint: url) }
    }
    for (place, replacement) in [
      (/"order":\[\d+/, "\"order\":[99999"), (/"nextRow":\d+/, "\"nextRow\":-8"),
      (/"updates":\d+/, "\"updates\":9223372036854775807"),
    ] {
      #expect(json.contains(place))
      let error = try isRefused { $0.metadata["training"] = json.replacing(place, with: replacement) }
      guard case .fileDamaged(url.path, _, _, _) = error else {
        Issue.record("\(replacement): \(String(describing: error))")
        continue
      }
    }
    let small = Seq2Seq(Configuration(units: 1, vocabulary: data.vocabulary), seed: 1)
    let error = try isRefused { file in
      for (name, tensor) in (try? small.tensors().tensors) ?? [:] { file.tensors[name] = tensor }
    }
    guard case .wrongShape = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
