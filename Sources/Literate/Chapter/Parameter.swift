import CellRecords
import Yams

/// A value that a book or chapter declares, and that `--set` can change: a constant of every cell.
public struct Parameter: Sendable {
  public var name: String
  public var value: Value
  package var location: Problem.Location

  /// Whether it stands for `criteria:` of the book.
  package var isCriteria: Bool { if case .criteria = value { true } else { false } }

  /// A value of one of four types, which the declared value decides; or the criteria of the book.
  public enum Value: Sendable, Equatable {
    case integer(Int)
    case number(Double)
    case flag(Bool)
    case text(String)
    case criteria([String: Double])

    package var swiftType: String {
      switch self {
      case .integer: "Int"
      case .number: "Double"
      case .flag: "Bool"
      case .text: "String"
      case .criteria: "[String: Double]"
      }
    }

    package var swiftLiteral: String {
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

    /// What is in quotes is text, and what is not is read as it is written.
    ///
    /// - Throws: `PlainValue.Ambiguity` where it could be two things.
    init(_ scalar: Node.Scalar) throws(PlainValue.Ambiguity) {
      guard scalar.style == .plain || scalar.style == .any, scalar.tag != Tag(.str) else {
        self = .text(scalar.string)
        return
      }
      self =
        switch try PlainValue(scalar.string) {
        case .integer(let number): .integer(number)
        case .number(let number): .number(number)
        case .flag(let flag): .flag(flag)
        case .text(let text): .text(text)
        }
    }

    /// Another text read as a value of this one's type; nil where it is none.
    func reading(_ text: String) -> Value? {
      switch (self, try? PlainValue(text)) {
      case (.integer, .integer(let number)): .integer(number)
      case (.number, .integer(let number)): .number(Double(number))
      case (.number, .number(let number)): .number(number)
      case (.flag, .flag(let flag)): .flag(flag)
      case (.text, _): .text(text)
      default: nil
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
      guard let name = key.string, let number = value.scalar.flatMap(Self.number) else {
        throw Problem(
          "The criterion `\(key.string ?? "")` must be a number.", at: key.mark.map(position) ?? place,
          advice: "Write it without quotes and zeros that say nothing, as 0.25.")
      }
      numbers[name] = number
    }
    return Parameter(name: "criteria", value: .criteria(numbers), location: place)
  }

  private static func number(_ scalar: Node.Scalar) -> Double? {
    switch try? Value(scalar) {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
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
      guard let scalar = chosen.scalar else {
        throw Problem("The parameter `\(name)` must be a number, true, false or text.", at: place)
      }
      do {
        return Parameter(name: name, value: try Value(scalar), location: place)
      } catch let error as PlainValue.Ambiguity {
        throw error.problem(
          scalar.string, "The parameter `\(name)`:", at: scalar.mark.map(position) ?? place)
      }
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
