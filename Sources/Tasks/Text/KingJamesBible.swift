import Foundation

extension TextCorpus {
  /// The King James Bible, as Debian's package bible-kjv prints it: 31,102 verses, without their references.
  ///
  /// Only one verse in eight has at most 13 words, so by default a line is a clause: a verse is split at its
  /// punctuation.
  ///
  /// Throws `TaskError.missingPackage` where the package is not installed or `command` prints something else.
  public static func kingJamesBible(
    vocabularyLimit: Int = 20_000, longestLine: Int = 13, longLines: LongLines = .clauses,
    command: URL = URL(filePath: "/usr/bin/bible")
  ) throws -> TextCorpus {
    func missing(_ found: String) -> TaskError {
      TaskError.missingPackage(package: "bible-kjv", path: command.path, found: found)
    }
    guard FileManager.default.isExecutableFile(atPath: command.path) else {
      throw missing("is not installed")
    }
    // Not Foundation's Process, which was seen to wait for ever for a program that had ended.
    let quoted = "'" + command.path.replacingOccurrences(of: "'", with: "'\\''") + "'"
    guard let stream = popen("\(quoted) -f gen1:1-rev22:21 </dev/null 2>/dev/null", "r") else {
      throw missing("can't be run (\(String(cString: strerror(errno))))")
    }
    var printed: [UInt8] = []
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
      while true {
        let count = fread(buffer.baseAddress, 1, buffer.count, stream)
        guard count > 0 else { return }
        printed += buffer[..<count]
      }
    }
    let status = pclose(stream)
    let verses = printed.split(separator: UInt8(ascii: "\n"))
    guard status == 0, verses.count == 31_102 else {
      throw missing("printed \(verses.count) verses and ended with status \(status >> 8), not 31102 and 0")
    }
    // Each line is a reference, a space and the verse: "Ge1:1 In the beginning …".
    var text = [UInt8]()
    text.reserveCapacity(printed.count)
    for verse in verses {
      text += verse.drop { $0 != UInt8(ascii: " ") }
      text.append(UInt8(ascii: "\n"))
    }
    return try TextCorpus(
      bytes: text, source: "the King James Bible", vocabularyLimit: vocabularyLimit, longestLine: longestLine,
      longLines: longLines)
  }
}
