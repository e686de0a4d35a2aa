import Foundation

extension Data {
  /// The fields of a JSON object, as `JSONEncoder` writes it, without white space, and where their values lie; nil for anything else.
  package var fieldsOfJSON: [(name: String, value: Range<Int>)]? {
    withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, bytes.first == UInt8(ascii: "{"), bytes.count > 2 else {
        return nil
      }
      var fields: [(String, Range<Int>)] = []
      var place = 1
      /// The place behind the text that begins here: a dataset is a text of a million letters.
      func endOfText(_ start: Int) -> Int? {
        var end = start + 1
        while let found = memchr(base + end, Int32(UInt8(ascii: "\"")), bytes.count - end) {
          end = base.distance(to: found) + 1
          let slashes = bytes[..<(end - 1)].reversed().prefix { $0 == UInt8(ascii: "\\") }.count
          if slashes % 2 == 0 { return end }
        }
        return nil
      }
      while place < bytes.count, bytes[place] == UInt8(ascii: "\""), let end = endOfText(place) {
        let name = String(decoding: bytes[place + 1..<end - 1], as: UTF8.self)
        let start = end + 1
        place = start
        var depth = 0
        scan: while place < bytes.count {
          switch bytes[place] {
          case UInt8(ascii: "\""):
            guard let end = endOfText(place) else { return nil }
            place = end
            continue scan
          case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
          case UInt8(ascii: "}") where depth == 0, UInt8(ascii: ",") where depth == 0: break scan
          case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
          default: break
          }
          place += 1
        }
        fields.append((name, startIndex + start..<startIndex + place))
        place += 1
      }
      return place == bytes.count ? fields : nil
    }
  }
}
