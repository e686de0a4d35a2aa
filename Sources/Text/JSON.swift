import Foundation

/// A JSON value, as Pandoc's document tree is made of.
package enum JSON: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  package init(_ data: Data) throws {
    self = JSON(try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed))
  }

  private init(_ value: Any) {
    switch value {
    case let text as String: self = .string(text)
    case let items as [Any]: self = .array(items.map(JSON.init))
    case let members as [String: Any]: self = .object(members.mapValues(JSON.init))
    case let number as NSNumber:
      switch String(cString: number.objCType) {
      case "c", "B": self = .bool(number.boolValue)
      case "d", "f": self = .number(number.doubleValue)
      default: self = .integer(number.intValue)
      }
    default: self = .null
    }
  }

  /// The value as JSON, with the members of an object by their names' order. What Pandoc makes of a text may be XML: it gets none
  /// that can't stand there.
  package var data: Data {
    var bytes: [UInt8] = []
    write(to: &bytes, printable)
    return Data(bytes)
  }

  /// The same with each text as it is.
  package var exactData: Data {
    var bytes: [UInt8] = []
    write(to: &bytes) { $0 }
    return Data(bytes)
  }

  /// Foundation's writer takes many times as long for a page's tree.
  private func write(to bytes: inout [UInt8], _ spelling: (String) -> String) {
    switch self {
    case .null: bytes += Array("null".utf8)
    case .bool(let flag): bytes += Array((flag ? "true" : "false").utf8)
    case .integer(let number): bytes += Array(String(number).utf8)
    case .number(let number): bytes += Array("\(number)".utf8)
    case .string(let text): Self.write(spelling(text), to: &bytes)
    case .array(let items):
      bytes.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        item.write(to: &bytes, spelling)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, name) in members.keys.sorted().enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.write(spelling(name), to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        members[name]?.write(to: &bytes, spelling)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { text in
      for byte in text {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
          bytes.append(UInt8(ascii: "\\"))
          bytes.append(byte)
        case 0..<0x20: bytes += Array(String(format: "\\u%04x", Int(byte)).utf8)
        default: bytes.append(byte)
        }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  package var string: String? { if case .string(let text) = self { text } else { nil } }
  package var integer: Int? { if case .integer(let number) = self { number } else { nil } }
  package var double: Double? {
    switch self {
    case .number(let number): number
    case .integer(let number): Double(number)
    default: nil
    }
  }
  package var array: [JSON]? { if case .array(let items) = self { items } else { nil } }

  package subscript(index: Int) -> JSON {
    array.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? .null
  }

  package subscript(key: String) -> JSON {
    if case .object(let members) = self { members[key] ?? .null } else { .null }
  }
}
