import Foundation
import Literate
import Text

/// Takes messages of the language server protocol out of a stream of bytes: headers, an empty line, and as much JSON as they say.
///
/// What is no message is told, and the stream is taken up again at the next header that says a length.
package struct MessageReader: Sendable {
  package enum Item: Sendable, Equatable {
    case message(JSON)
    /// What was wrong with something that should have been a message.
    case malformed(String)
  }

  /// The most that headers, and a message, may have, in bytes.
  package static let (longestHeader, longestMessage) = (4 << 10, 64 << 20)

  private var buffer = Data()
  /// Whether headers are being looked for in something that is none.
  private var isLost = false
  /// The length of the message whose bytes are awaited.
  private var awaited: Int?

  package init() {}

  /// Takes bytes up.
  ///
  /// - Returns: What they complete, in its order.
  package mutating func take(_ bytes: Data) -> [Item] {
    buffer.append(bytes)
    var items: [Item] = []
    while let item = next() { items.append(contentsOf: item) }
    return items
  }

  /// What comes next in the buffer; nil where more bytes are needed.
  private mutating func next() -> [Item]? {
    if let length = awaited {
      guard buffer.count >= length else { return nil }
      let body = Data(buffer.prefix(length))
      drop(length)
      awaited = nil
      guard let json = try? JSON(body), case .object = json else {
        return [.malformed("A message is no JSON object.")]
      }
      return [.message(json)]
    }
    return header()
  }

  private mutating func header() -> [Item]? {
    guard let (end, width) = endOfHeader() else {
      guard buffer.count > Self.longestHeader else { return nil }
      // What may be the beginning of a header stays.
      let wasLost = isLost
      drop(buffer.count - Self.name.utf8.count)
      isLost = true
      return wasLost ? [] : [.malformed("The headers of a message are too long.")]
    }
    let text = String(decoding: buffer.prefix(end), as: UTF8.self)
    drop(end + width)
    let wasLost = isLost
    isLost = true
    // Behind something that was no message the name may stand anywhere.
    guard let name = text.range(of: Self.name, options: [.caseInsensitive, .backwards]),
      let length = Int(
        text[name.upperBound...].prefix { !$0.isNewline }.trimmingCharacters(in: .whitespaces)),
      length >= 0
    else { return wasLost ? [] : [.malformed("The headers of a message say no length.")] }
    guard length <= Self.longestMessage else {
      return [.malformed("A message of \(length) bytes is too long.")]
    }
    isLost = false
    awaited = length
    return []
  }

  private static let name = "content-length:"

  /// Where the headers end, and how many bytes the empty line takes.
  private func endOfHeader() -> (Int, Int)? {
    let start = buffer.startIndex
    let ends = ["\r\n\r\n", "\n\n"].compactMap { mark in
      buffer.firstRange(of: Data(mark.utf8)).map { ($0.lowerBound - start, mark.utf8.count) }
    }
    return ends.min { $0.0 < $1.0 }
  }

  private mutating func drop(_ count: Int) { buffer = Data(buffer.dropFirst(count)) }
}
