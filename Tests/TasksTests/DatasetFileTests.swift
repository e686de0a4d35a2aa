import Foundation
import Tasks
import Testing

struct DatasetFileTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "datasets-\(UUID().uuidString)")
  let data: Dataset

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var draws = Draws(seed: 1)
    let task = try TokenPositioning(words: 4, lengths: 3...5)
    data = try task.balanced(
      rowsPerCell: RowsPerCell(training: 5, select: 3, tune: 2, verify: 4),
      unseen: [WordAtPosition(word: 4, position: 2)], using: &draws)
  }

  @Test func aDatasetComesBackAsItWas() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "data.tsv")
    try data.save(to: file)
    #expect(try Dataset(contentsOf: file) == data)
    var draws = Draws(seed: 1)
    let published = LastTokenAutoencoder(longest: 3, rowsPerCell: 5).published(using: &draws)
    try published.save(to: file)
    #expect(try Dataset(contentsOf: file) == published)
    // Nothing but the file is left: it was renamed into place.
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["data.tsv"])
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    #expect(lines[4] == "training\ta\t1\t1\tSOS a EOS\ta EOS")
  }

  @Test func jsonComesBackAsItWas() throws {
    let encoded = try JSONEncoder().encode(data)
    #expect(try JSONDecoder().decode(Dataset.self, from: encoded) == data)
    let odd = TokenGrid(rows: 1, steps: 5, storage: [0, 127, 128, .max, -1])
    #expect(try JSONDecoder().decode(TokenGrid.self, from: JSONEncoder().encode(odd)) == odd)
    for damaged in [
      #"{"rows":1,"steps":2,"storage":"AA=="}"#, #"{"rows":1,"steps":1,"storage":"gA=="}"#,
      #"{"rows":1,"steps":1,"storage":"!"}"#, #"{"rows":-1,"steps":-1,"storage":"AA=="}"#,
      #"{"rows":1,"steps":1,"storage":"gICAgICAgICAgICA"}"#,
    ] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(TokenGrid.self, from: Data(damaged.utf8))
      }
    }
  }

  @Test func aVocabularyComesBackAsItWas() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "vocabulary.tsv")
    try data.vocabulary.save(to: file)
    #expect(try Vocabulary(contentsOf: file) == data.vocabulary)
    try Data("0\tPAD\n1\tSOS\n3\tEOS\n".utf8).write(to: file)
    #expect(
      throws: TaskError.damagedFile(
        path: file.path, line: 3, found: "“3\tEOS”", expected: "2, a tab and a name; PAD, SOS and EOS first")
    ) { try Vocabulary(contentsOf: file) }
    try Data("0\tPAD\n1\tSOS\n".utf8).write(to: file)
    #expect(throws: TaskError.self) { try Vocabulary(contentsOf: file) }
  }

  @Test func damageIsNamedWithItsLine() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "data.tsv")
    try data.save(to: file)
    let text = try String(contentsOf: file, encoding: .utf8)
    func failure(_ damaged: String) throws -> (line: Int, expected: String)? {
      try Data(damaged.utf8).write(to: file)
      do { _ = try Dataset(contentsOf: file) } catch TaskError.damagedFile(_, let line, _, let expected) {
        return (line, expected)
      }
      return nil
    }
    func replacing(line: Int, _ change: (String) -> String) -> String {
      var lines = text.components(separatedBy: "\n")
      lines[line - 1] = change(lines[line - 1])
      return lines.joined(separator: "\n")
    }
    #expect(try failure(replacing(line: 1) { _ in "# other" })?.line == 1)
    #expect(try failure(replacing(line: 2) { $0.replacing("balanced", with: "odd") })?.line == 2)
    #expect(try failure(replacing(line: 2) { String($0.dropLast()) + "1" })?.line == 2)
    #expect(try failure(replacing(line: 3) { $0.replacing("PAD ", with: "") })?.line == 3)
    #expect(try failure(replacing(line: 4) { _ in "" })?.line == 4)
    #expect(try failure(replacing(line: 7) { String($0.dropLast(4)) + " zebra" })?.line == 7)
    #expect(try failure(replacing(line: 8) { _ in "training\ta\t9\t1\ta\ta EOS" })?.line == 8)
    #expect(try failure(replacing(line: 9) { _ in "training\ta\tx\t1\ta\ta EOS" })?.line == 9)
    #expect(try failure(replacing(line: 9) { _ in "training\ta" })?.line == 9)
    #expect(try failure(String(text.dropLast(1)))?.expected == "a whole file")
    #expect(try failure("")?.line == 1)
    let spaced = Dataset(
      task: "t", form: .published, vocabulary: Vocabulary(words: ["a b"]), training: data.training,
      validation: data.tune, test: data.verify)
    #expect(
      throws: TaskError.invalidOption(
        name: "a name of the vocabulary", value: "“a b”", expected: "no space in it")
    ) { try spaced.save(to: file) }
    let small = Dataset(
      task: "t", form: .published, vocabulary: Vocabulary(words: ["a", "b"]),
      training: data.training.prefix(1),
      validation: data.tune, test: data.verify)
    #expect(throws: TaskError.self) { try small.save(to: file) }
    try Data(Array(text.utf8) + [0xFF, 0x0A]).write(to: file)
    #expect(throws: TaskError.self) { try Dataset(contentsOf: file) }
    #expect {
      try data.save(to: URL(filePath: "/nowhere/data.tsv"))
    } throws: { error in
      guard case .fileFailed("/nowhere/data.tsv", _)? = error as? TaskError else { return false }
      return true
    }
  }
}
