import CellRecords
import Foundation
import Testing

@Suite struct RecordStreamTests {
  private let url = FileManager.default.temporaryDirectory.appending(
    path: "records-\(UUID().uuidString).jsonl")

  @Test func recordsComeBackAsTheyWereWrittenAndEachOnce() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let writer = try RecordWriter(url)
    var reader = RecordReader(url)
    let records: [Record] = [
      Record(cell: 0, event: .started(OutputOffsets(standardOutput: 7, standardError: 2))),
      Record(cell: 0, event: .value(index: 3, text: "a \"quoted\"\nline – ü")),
      Record(cell: 1, event: .progress(CellProgress(task: "t", fraction: .nan, secondsLeft: 2))),
      Record(cell: 1, event: .finished(peakMemory: 1_000_000)),
    ]
    try writer.append(records[0])
    #expect(try reader.next() == [records[0]])
    for record in records.dropFirst() { try writer.append(record) }
    let rest = try reader.next()
    #expect(rest.count == 3)
    #expect(rest[0] == records[1])
    #expect(rest[2] == records[3])
    #expect(try reader.next().isEmpty)
  }

  @Test func aLineThatIsCutWaitsForItsEnd() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let writer = try RecordWriter(url)
    try writer.append(Record(cell: 0, event: .finished(peakMemory: 1_000_000)))
    let whole = try Data(contentsOf: url)
    try whole.prefix(10).write(to: url)
    var reader = RecordReader(url)
    #expect(try reader.next().isEmpty)
    try whole.write(to: url)
    #expect(try reader.next() == [Record(cell: 0, event: .finished(peakMemory: 1_000_000))])
  }

  @Test func digestsAreThoseOfSha256sum() throws {
    #expect(
      Digest.sha256(Data("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    // Of a file in parts.
    let file = FileManager.default.temporaryDirectory.appending(path: "digest-\(UUID())")
    defer { try? FileManager.default.removeItem(at: file) }
    for count in [0, 1, 1 << 20, 1 << 20 + 1, 3_000_001] {
      let data = Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
      try data.write(to: file)
      #expect(try Digest.sha256(ofFile: file.path) == Digest.sha256(data), "\(count)")
    }
    #expect(Digest.sha256(Data()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func digestsTellWhereOnePartEndsAndTheNextBegins() {
    var (one, two) = (Digest(), Digest())
    one.add("a", "xy")
    one.add("b", "z")
    two.add("a", "x")
    two.add("b", "yz")
    #expect(one.hexadecimal != two.hexadecimal)
  }
}
