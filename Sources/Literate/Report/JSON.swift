import Foundation

/// A JSON value, as Pandoc's document tree is made of.
enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  init(_ data: Data) throws {
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

  var data: Data {
    get throws {
      try JSONSerialization.data(withJSONObject: foundation, options: [.sortedKeys, .fragmentsAllowed])
    }
  }

  private var foundation: Any {
    switch self {
    case .null: NSNull()
    case .bool(let flag): flag
    case .integer(let number): number
    case .number(let number): number
    case .string(let text): text
    case .array(let items): items.map(\.foundation)
    case .object(let members): members.mapValues(\.foundation)
    }
  }

  var string: String? { if case .string(let text) = self { text } else { nil } }
  var integer: Int? { if case .integer(let number) = self { number } else { nil } }
  var array: [JSON]? { if case .array(let items) = self { items } else { nil } }

  subscript(index: Int) -> JSON {
    get { array.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? .null }
    set {
      guard case .array(var items) = self, items.indices.contains(index) else { return }
      items[index] = newValue
      self = .array(items)
    }
  }

  subscript(key: String) -> JSON {
    get { if case .object(let members) = self { members[key] ?? .null } else { .null } }
    set {
      guard case .object(var members) = self else { return }
      members[key] = newValue
      self = .object(members)
    }
  }
}
