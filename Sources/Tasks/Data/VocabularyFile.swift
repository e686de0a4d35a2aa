import Base
import Foundation

extension Vocabulary {
  /// Writes the vocabulary as lines of a token, a tab and its name; it is written beside and renamed.
  ///
  /// Throws `TaskError.fileFailed`.
  public func save(to url: URL) throws {
    let text = names.enumerated().map { "\($0)\t\($1)\n" }.joined()
    do { try Data(text.utf8).write(to: url, options: .atomic) } catch {
      throw TaskError.fileFailed(path: url.path, reason: systemReason(of: error))
    }
  }

  /// The vocabulary in a file that `save` wrote.
  ///
  /// Throws `TaskError`: `.fileFailed`, `.notUTF8`, `.damagedFile` with the line.
  public init(contentsOf url: URL) throws {
    let data = try TaskError.bytes(of: url)
    var names = [String]()
    for (index, bytes) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let line = String(validating: bytes, as: UTF8.self) else {
        throw TaskError.notUTF8(source: url.path, line: index + 1)
      }
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 2, fields[0] == "\(index)",
        index >= 3 || fields[1] == ["PAD", "SOS", "EOS"][index]
      else {
        throw TaskError.damagedFile(
          path: url.path, line: index + 1, found: "“\(line.prefix(60))”",
          expected: "\(index), a tab and a name; PAD, SOS and EOS first")
      }
      names.append(String(fields[1]))
    }
    guard names.count >= 3, data.last == UInt8(ascii: "\n") else {
      throw TaskError.damagedFile(
        path: url.path, line: names.count, found: "the end of the file", expected: "a whole vocabulary")
    }
    self.init(words: Array(names.dropFirst(3)))
  }
}
