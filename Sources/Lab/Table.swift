import CellRecords
import Foundation

/// A table for the page: a header, and rows of text and numbers.
///
///     show(Table(columns: ["Length", "Accuracy"], rows: [[1, 0.998], [2, "not measured"]]))
///
/// Columns whose values are all numbers are aligned right.
public struct Table: Sendable {
  public var columns: [String]
  public var rows: [[any TableValue]]

  public init(columns: [String], rows: [[any TableValue]]) {
    self.columns = columns
    self.rows = rows
  }

  /// A table of values of one type, a column for each of its stored properties.
  ///
  ///     struct Result { let length: Int; let accuracy: Double }
  ///     show(Table(of: results, titles: ["length": "T"], formats: ["accuracy": { percent($0) }]))
  ///
  /// - Parameters:
  ///   - titles: The header of a property; by default its name as words.
  ///   - formats: How a property that is a Double is written; by default with at most four significant digits.
  public init<Row>(
    of values: [Row], titles: [String: String] = [:], formats: [String: @Sendable (Double) -> String] = [:]
  ) {
    let properties = values.first.map { Mirror(reflecting: $0).children.compactMap(\.label) } ?? []
    columns = properties.map { titles[$0] ?? Self.words(of: $0) }
    rows = values.map { value in
      Mirror(reflecting: value).children.map { child -> any TableValue in
        if let label = child.label, let format = formats[label] {
          if let number = child.value as? Double { return format(number) }
          if let number = child.value as? Float { return format(Double(number)) }
        }
        return child.value as? any TableValue ?? displayText(child.value)
      }
    }
  }

  /// "wholeAccuracy" as "Whole accuracy".
  private static func words(of name: String) -> String {
    let spaced = name.reduce(into: "") { text, character in
      text += character.isUppercase ? " " + character.lowercased() : String(character)
    }
    return spaced.prefix(1).uppercased() + spaced.dropFirst()
  }

  var shown: ShownTable {
    ShownTable(
      columns: columns.enumerated().map { index, title in
        ShownTable.Column(title: title, isNumeric: !rows.isEmpty && rows.allSatisfy { $0[index].isNumeric })
      },
      rows: rows.map { $0.map(\.tableText) })
  }
}

/// What may stand in a cell of a table.
public protocol TableValue: Sendable {
  /// The text that the page shows.
  var tableText: String { get }
  /// Whether the column should be aligned right.
  var isNumeric: Bool { get }
}

extension String: TableValue {
  public var tableText: String { self }
  /// A formatted number, such as the result of `percent`, counts as one.
  public var isNumeric: Bool {
    // A dash stands for a number that there is not.
    if self == "–" { return true }
    // "0 % – 7 %" is a range; a list of more is text.
    guard split(separator: " ").count <= 3,
      let first = unicodeScalars.first(where: { $0 != "−" && $0 != "-" && $0 != "<" && $0 != " " })
    else {
      return false
    }
    return CharacterSet.decimalDigits.contains(first)
      && allSatisfy { "0123456789.,%−-–<± \u{202F}()eE".contains($0) }
  }
}

extension Int: TableValue {
  public var tableText: String { displayText(self) }
  public var isNumeric: Bool { true }
}

extension Double: TableValue {
  public var tableText: String { displayText(self) }
  public var isNumeric: Bool { true }
}

extension Float: TableValue {
  public var tableText: String { displayText(self) }
  public var isNumeric: Bool { true }
}
