import Foundation
import Text

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
///
/// What runs in a cell can write to the file too, or put something else in its place: none of that holds the reader up or fills its
/// memory.
public struct RecordReader {
  public enum Failure: Error, Equatable {
    /// Something else stands in the place of the file.
    case isNoFile
    /// The file has become shorter.
    case isShorter
    /// A line is longer than any that a chapter's program writes, or all of them are together.
    case isTooLong
    case isNoRecord(line: Int)

    /// What happened, as the end of a sentence.
    public var reason: String {
      switch self {
      case .isNoFile: "something else is in its place"
      case .isShorter: "it was cut"
      case .isTooLong: "it is too long"
      case .isNoRecord(let line): "its line \(line) is no record"
      }
    }
  }

  private let url: URL
  private var offset = 0
  private var pending = Data()
  /// The line that comes next, from 1.
  private var line = 1
  /// What is wrong with the next line, where that is known.
  private var failure: Failure?

  /// The most that is read at once, and that a line may have, and all lines together; in bytes.
  private static let (portion, longestLine, most) = (4 << 20, 64 << 20, 256 << 20)

  public init(_ url: URL) {
    self.url = url
  }

  /// Some of the records that were added since the last call, none where there are no more; a last line without its end waits for the
  /// next call.
  public mutating func next() throws(Failure) -> [Record] {
    if let failure { throw failure }
    var records: [Record] = []
    while records.isEmpty, let portion = try read() {
      pending.append(portion)
      records = try takeLines()
    }
    return records
  }

  private mutating func read() throws(Failure) -> Data? {
    let descriptor = open(url.path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      // There is none before the program begins.
      if errno == ENOENT, offset == 0 { return nil }
      throw .isNoFile
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .isNoFile }
    let size = Int(status.st_size)
    guard size >= offset else { throw .isShorter }
    guard size <= Self.most else { throw .isTooLong }
    var data = Data(count: min(size - offset, Self.portion))
    let count = data.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
    guard count > 0 else { return nil }
    offset += count
    return data.prefix(count)
  }

  private mutating func takeLines() throws(Failure) -> [Record] {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var records: [Record] = []
    while let end = pending.firstLineFeed {
      guard let record = try? decoder.decode(Record.self, from: pending[pending.startIndex..<end]) else {
        failure = .isNoRecord(line: line)
        break
      }
      records.append(record)
      line += 1
      pending = Data(pending.suffix(from: pending.index(after: end)))
    }
    if failure == nil, pending.count > Self.longestLine { failure = .isTooLong }
    if records.isEmpty, let failure { throw failure }
    return records
  }
}
