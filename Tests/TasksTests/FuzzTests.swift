import Foundation
import Fuzzing
import Tasks
import Testing

/// Files of data that anybody may have made: damaged ones are refused with an error of their own.
struct FuzzTests {
  private static func isExpected(_ error: any Error) -> Bool { error is TaskError }

  private static func saved(_ save: (URL) throws -> Void) throws -> [UInt8] {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    try save(file)
    return [UInt8](try Data(contentsOf: file))
  }

  @Test func datasets() throws {
    var draws = Draws(seed: 1)
    let published = LastTokenAutoencoder(longest: 4, rowsPerCell: 3).published(using: &draws)
    let balanced = try TokenPositioning(words: 3, lengths: 2...3).balanced(
      rowsPerCell: RowsPerCell(training: 1, select: 1, tune: 1, verify: 1), using: &draws)
    let fuzzer = Fuzzing(
      "dataset", corpus: [try Self.saved(published.save), try Self.saved(balanced.save)],
      words: [
        "# neuronbook dataset 1\n", "# task", "# vocabulary\tPAD SOS EOS",
        "training\ta\t1\t1\tSOS a EOS\ta EOS\n", "PAD",
      ])
    let (tried, taken) = try fuzzer.run(isExpected: Self.isExpected) { _ in
      let data = try Dataset(contentsOf: fuzzer.file)
      for (_, rows) in data.splits {
        _ = (rows.distinct, rows.cells, rows.sentenceNumbers)
        for row in 0..<rows.count { _ = data.render(rows[row]) }
      }
      // What was read can be written, and is read as it was.
      let copy = fuzzer.file.appendingPathExtension("copy")
      defer { try? FileManager.default.removeItem(at: copy) }
      try data.save(to: copy)
      guard try Dataset(contentsOf: copy) == data else {
        throw Fuzzing.Finding(description: "a dataset that was read, written and read again is another")
      }
    }
    #expect(tried > 10 && taken >= 2 && taken < tried)
  }

  @Test func vocabularies() throws {
    let fuzzer = Fuzzing(
      "vocabulary", corpus: [try Self.saved(Vocabulary(words: ["a", "b"]).save)],
      words: ["0\tPAD\n", "3\ta\n"])
    try fuzzer.run(isExpected: Self.isExpected) { _ in _ = try Vocabulary(contentsOf: fuzzer.file) }
  }

  @Test func texts() throws {
    let fuzzer = Fuzzing(
      "text", corpus: [Array("The wife's house, and the sea – a “ship”.\nÉté\n".utf8), []],
      words: ["'", "’", "—", "\u{301}", "İ", "ﬀ"])
    try fuzzer.run(isExpected: Self.isExpected) { _ in
      for long in TextCorpus.LongLines.allCases {
        let corpus = try TextCorpus(
          contentsOf: fuzzer.file, vocabularyLimit: 5, longestLine: long == .refused ? .max : 4,
          longLines: long)
        for line in 0..<corpus.count { _ = corpus.render(line) }
      }
    }
  }

  @Test func pronunciations() throws {
    let fuzzer = Fuzzing(
      "pronunciation",
      corpus: [Array("(\"heaven\" nil (((hh eh) 1) ((v ax n) 0)))\n(\"a\" nil (((ax) 0)))\n".utf8)],
      words: ["(\"", "\" nil", "ax", "(((eh"])
    try fuzzer.run(isExpected: Self.isExpected) { _ in _ = try PronouncingDictionary(contentsOf: fuzzer.file)
    }
  }
}
