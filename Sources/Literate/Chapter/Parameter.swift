import CellRecords
import Yams

/// A value that a book or chapter declares, and that `--set` can change: a constant of every cell.
public struct Parameter: Sendable {
  public var name: String
  public var value: Value
  var location: Problem.Location

  /// Whether it stands for `criteria:` of the book.
  var isCriteria: Bool { if case .criteria = value { true } else { false } }

  /// A value of one of four types, which the declared value decides; or the criteria of the book.
  public enum Value: Sendable, Equatable {
    case integer(Int)
    case number(Double)
    case flag(Bool)
    case text(String)
    case criteria([String: Double])

    var swiftType: String {
      switch self {
      case .integer: "Int"
      case .number: "Double"
      case .flag: "Bool"
      case .text: "String"
      case .criteria: "[String: Double]"
      }
    }

    var swiftLiteral: String {
      switch self {
      case .integer(let number): "\(number)"
      case .number(let number): "\(number)"
      case .flag(let flag): "\(flag)"
      case .text(let text): text.debugDescription
      case .criteria(let numbers): "[\(Self.listed(numbers) { $0.debugDescription })]"
      }
    }

    /// The value as the page and the command line write it.
    public var text: String {
      switch self {
      case .text(let text): text
      case .criteria(let numbers): Self.listed(numbers) { $0 }
      default: swiftLiteral
      }
    }

    private static func listed(_ numbers: [String: Double], _ name: (String) -> String) -> String {
      numbers.sorted { $0.key < $1.key }.map { "\(name($0.key)): \($0.value)" }.joined(separator: ", ")
    }

    init?(_ node: Node) {
      guard let scalar = node.scalar else { return nil }
      if scalar.style == .singleQuoted || scalar.style == .doubleQuoted {
        self = .text(scalar.string)
      } else if let number = node.int {
        self = .integer(number)
      } else if let number = node.float {
        self = .number(number)
      } else if let flag = node.bool {
        self = .flag(flag)
      } else {
        self = .text(scalar.string)
      }
    }

    /// Another text read as a value of this one's type; nil where it is none.
    func reading(_ text: String) -> Value? {
      switch self {
      case .integer: Int(text).map(Value.integer)
      case .number: Double(text).map(Value.number)
      case .flag: Bool(text).map(Value.flag)
      case .text: .text(text)
      case .criteria: nil
      }
    }

    var typeName: String {
      switch self {
      case .integer: "a whole number"
      case .number: "a number"
      case .flag: "true or false"
      case .text: "text"
      case .criteria: "what the book says under `criteria`, which no command can change"
      }
    }
  }

  /// Reads `criteria:`, a mapping from names to numbers, as the constant `criteria` of every cell.
  static func criteria(
    _ node: Node, at place: Problem.Location, position: (Mark) -> Problem.Location
  ) throws -> Parameter {
    guard case .mapping(let mapping) = node, !mapping.isEmpty else {
      throw Problem("`criteria` must be a list of `name: number`.", at: place)
    }
    var numbers: [String: Double] = [:]
    for (key, value) in mapping {
      guard let name = key.string, let number = value.float ?? value.int.map(Double.init) else {
        throw Problem(
          "The criterion `\(key.string ?? "")` must be a number.", at: key.mark.map(position) ?? place)
      }
      numbers[name] = number
    }
    return Parameter(name: "criteria", value: .criteria(numbers), location: place)
  }

  /// Reads `parameters:`, a mapping from names to values, or to values by profile.
  ///
  /// - Parameter position: The place in the file of a mark in the YAML.
  static func parse(
    _ node: Node, profile: Profile, at place: Problem.Location, position: (Mark) -> Problem.Location
  ) throws -> [Parameter] {
    guard case .mapping(let mapping) = node else {
      throw Problem("`parameters` must be a list of `name: value`.", at: place)
    }
    return try mapping.map { keyNode, valueNode in
      let name = keyNode.string ?? ""
      let place = keyNode.mark.map(position) ?? place
      guard name.wholeMatch(of: /[a-z_][A-Za-z0-9_]*/) != nil else {
        throw Problem(
          "`\(name)` can't be the name of a constant.", at: place,
          advice: "Begin with a small letter and use letters and digits: `unitCount`.")
      }
      var chosen = valueNode
      if case .mapping(let byProfile) = valueNode {
        for (key, _) in byProfile where Profile(rawValue: key.string ?? "") == nil {
          throw Problem(
            "There is no profile `\(key.string ?? "")`.", at: key.mark.map(position) ?? place,
            advice: "The profiles are \(Profile.allCases.map(\.rawValue).listed).")
        }
        guard let value = byProfile.first(where: { $0.key.string == profile.rawValue })?.value else {
          throw Problem(
            "The parameter `\(name)` has no value for the profile \(profile.rawValue).", at: place)
        }
        chosen = value
      }
      guard let value = Value(chosen) else {
        throw Problem("The parameter `\(name)` must be a number, true, false or text.", at: place)
      }
      return Parameter(name: name, value: value, location: place)
    }
  }
}

/// A `--set name=value` of the command line.
public struct ParameterSetting: Sendable {
  public var name: String
  public var text: String

  /// - Throws: `Problem` where the text is not `name=value`.
  public init(_ argument: String) throws {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
      throw Problem("`--set \(argument)` is not `name=value`.", advice: "Write --set units=64, for example.")
    }
    name = String(argument[..<equals])
    text = String(argument[argument.index(after: equals)...])
  }
}
