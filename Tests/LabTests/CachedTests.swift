import CellRecords
import Foundation
import Lab
import Testing

/// `cached` reads its folder from the environment, which belongs to the whole process: one test at a time.
@Suite(.serialized) final class CachedTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "cached-\(UUID().uuidString)")

  init() {
    setenv(ProgramEnvironment.cache, folder.path, 1)
    setenv(ProgramEnvironment.modelSources, "{\"Networks\":\"a\"}", 1)
  }

  deinit {
    unsetenv(ProgramEnvironment.cache)
    unsetenv(ProgramEnvironment.modelSources)
    try? FileManager.default.removeItem(at: folder)
  }

  @Test func aValueIsComputedOnceForItsNameAndKey() throws {
    var count = 0
    func value(_ name: String, _ key: Int) throws -> [Double] {
      try cached(name, key: key) {
        count += 1
        return [0.1, Double(key)]
      }
    }
    #expect(try value("m", 1) == [0.1, 1])
    #expect(try value("m", 1) == [0.1, 1])
    #expect(count == 1)
    #expect(try value("m", 2) == [0.1, 2])
    #expect(try value("n", 1) == [0.1, 1])
    #expect(count == 3)
    setenv(ProgramEnvironment.modelSources, "{\"Networks\":\"b\"}", 1)
    _ = try value("m", 1)
    #expect(count == 4)
  }

  /// A model is trained again where what trains it changed, and not for another analysis.
  @Test func aTrainedModelDependsOnNoAnalysis() throws {
    let data = try TokenPositioning(words: 3, lengths: 2...3).balanced(
      seed: 1, rowsPerCell: RowsPerCell(training: 1, select: 1, tune: 1, verify: 1))
    let shape = Configuration(units: 2, vocabulary: data.vocabulary)
    var sources = ["Networks": "a", "Tasks": "a", "Analyses": "a", "KnownRoleModels": "a"]
    func keptModels() throws -> Int {
      setenv(
        ProgramEnvironment.modelSources, String(decoding: try JSONEncoder().encode(sources), as: UTF8.self), 1
      )
      _ = try train(shape, on: data, TrainingOptions(batchSize: 8, epochs: 1), seed: 1)
      return try FileManager.default.contentsOfDirectory(atPath: folder.path)
        .count { $0.hasPrefix("model-") && $0.hasSuffix(".json") }
    }
    #expect(try keptModels() == 1)
    for (module, models) in [("Analyses", 1), ("KnownRoleModels", 1), ("Networks", 2), ("Tasks", 3)] {
      sources[module] = "b"
      #expect(try keptModels() == models, "\(module)")
    }
  }

  @Test func aDamagedValueIsComputedAgain() throws {
    var count = 0
    func value() throws -> [Int] {
      try cached("damaged", key: 1) {
        count += 1
        return [7, 8, 9]
      }
    }
    _ = try value()
    let entry = try #require(
      FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .first { $0.pathExtension == "json" })
    for damage in [0, 40, -2] {
      var bytes = try Data(contentsOf: entry)
      let place = damage < 0 ? bytes.count + damage : damage
      bytes[place] = bytes[place] == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
      try bytes.write(to: entry)
      #expect(try value() == [7, 8, 9])
    }
    #expect(count == 4)
    try Data(contentsOf: entry).prefix(20).write(to: entry)
    #expect(try value() == [7, 8, 9])
    #expect(count == 5)
  }
}
