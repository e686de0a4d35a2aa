import Foundation

/// Appends records to a file, each a line of JSON that is on disk when the call returns.
public final class RecordWriter: Sendable {
  private let handle: FileHandle

  /// Creates the file, or empties it.
  public init(_ url: URL) throws {
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
      throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: url.path])
    }
    handle = try FileHandle(forWritingTo: url)
    try handle.seekToEnd()
  }

  public func append(_ record: Record) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var line = try encoder.encode(record)
    line.append(UInt8(ascii: "\n"))
    try handle.write(contentsOf: line)
  }
}

/// Reads a growing file of records: each call returns the complete lines that came since the last one.
public struct RecordReader {
  private let url: URL
  private var offset: UInt64 = 0
  private var pending = Data()

  public init(_ url: URL) {
    self.url = url
  }

  /// The records that were added since the last call; a last line without its end waits for the next call.
  ///
  /// - Throws: `DecodingError` for a line that is not a record.
  public mutating func next() throws -> [Record] {
    guard let handle = try? FileHandle(forReadingFrom: url) else { return [] }
    defer { try? handle.close() }
    try handle.seek(toOffset: offset)
    let data = try handle.readToEnd() ?? Data()
    offset += UInt64(data.count)
    pending.append(data)
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var records: [Record] = []
    while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
      records.append(try decoder.decode(Record.self, from: pending[pending.startIndex..<end]))
      pending = pending.suffix(from: pending.index(after: end))
    }
    return records
  }
}
