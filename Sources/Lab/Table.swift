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
    guard let first = unicodeScalars.first(where: { $0 != "−" && $0 != "-" && $0 != "<" && $0 != " " }) else {
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
