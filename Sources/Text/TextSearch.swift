import Foundation

extension Substring {
  /// The first place where a text stands byte by byte: neither canonical equivalence nor the bounds of characters count.
  package func firstUTF8Range(of needle: String) -> Range<Index>? {
    // What is compared at each place takes time with its length; the standard library's search does not, but is slow.
    if needle.utf8.count > 256 { return utf8.firstRange(of: needle.utf8) }
    var (text, needle) = (self, needle)
    let offset = text.withUTF8 { text in needle.withUTF8 { firstOffset(of: $0, in: text) } }
    guard let offset else { return nil }
    let start = utf8.index(startIndex, offsetBy: offset)
    return start..<utf8.index(start, offsetBy: needle.utf8.count)
  }
}

extension StringProtocol where SubSequence == Substring {
  /// Whether a text stands in it byte by byte.
  package func containsUTF8(_ needle: String) -> Bool { self[...].firstUTF8Range(of: needle) != nil }
}

extension String {
  /// What stands between the line feeds, of which none is left out.
  package var linesBetweenLineFeeds: [Substring] {
    var lines: [Substring] = []
    var rest = self[...]
    while let end = rest.firstUTF8Range(of: "\n") {
      lines.append(rest[..<end.lowerBound])
      rest = rest[end.upperBound...]
    }
    return lines + [rest]
  }
}

extension Data {
  /// Where the first line feed stands.
  package var firstLineFeed: Index? {
    withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, let found = memchr(start, Int32(UInt8(ascii: "\n")), bytes.count)
      else { return nil }
      return startIndex + (UnsafeRawPointer(found) - start)
    }
  }
}

/// The C library looks at many bytes at a time.
private func firstOffset(
  of needle: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>
) -> Int? {
  guard let first = needle.first, let wanted = needle.baseAddress, let start = text.baseAddress else {
    return nil
  }
  let last = text.count - needle.count
  var offset = 0
  while offset <= last, let found = memchr(start + offset, Int32(first), last - offset + 1) {
    if memcmp(found, wanted, needle.count) == 0 { return UnsafeRawPointer(found) - UnsafeRawPointer(start) }
    offset = UnsafeRawPointer(found) - UnsafeRawPointer(start) + 1
  }
  return nil
}
