import CellRecords
import Foundation
import Plotting

@_exported import struct CellRecords.ShownTable

/// A table for the page: a header, and rows of text and numbers.
///
///     show(Table(columns: ["Length", "Accuracy"], rows: [[1, 0.998], [2, "not measured"]]))
///
/// Columns whose values are all numbers are aligned right.
public struct Table: Sendable {
  /// The titles of the columns; alignments and links go by them.
  public var columns: [String]
  /// From the top; each as long as `columns`.
  public var rows: [[any TableValue]]
  /// How columns are aligned whose alignment does not follow from their values, by their titles.
  public var alignments: [String: Alignment] = [:]

  /// What the cells of a column name, by its title.
  private var links: [String: LinkedThing] = [:]
  private var model = "model"

  /// Left, right or centre.
  public typealias Alignment = ShownTable.Column.Alignment

  /// A table of rows of numbers and text; it is looked at when it is shown.
  public init(
    columns: [String], rows: [[any TableValue]], alignments: [String: Alignment] = [:]
  ) {
    self.columns = columns
    self.rows = rows
    self.alignments = alignments
  }

  /// A table of values of one type, a column for each of its stored properties.
  ///
  ///     struct Result: Encodable { let length: Int; let accuracy: Double }
  ///     show(Table(of: results, titles: ["length": "T"], formats: ["accuracy": { percent($0) }]))
  ///
  /// A property without a value is a dash.
  ///
  /// - Parameters:
  ///   - titles: The header of a property; by default its name as words.
  ///   - formats: How a property that is a number is written; by default with at most four significant digits.
  ///   - alignments: How a property's column is aligned; by default numbers right and text left.
  public init<Row>(
    of values: [Row], titles: [String: String] = [:], formats: [String: @Sendable (Double) -> String] = [:],
    alignments: [String: Alignment] = [:]
  ) {
    let properties = values.first.map { Mirror(reflecting: $0).children.compactMap(\.label) } ?? []
    func title(_ property: String) -> String { titles[property] ?? Self.words(of: property) }
    columns = properties.map(title)
    rows = values.map { value in
      Mirror(reflecting: value).children.map { child in
        Self.cell(child.value, format: child.label.flatMap { formats[$0] })
      }
    }
    self.alignments = Dictionary(alignments.map { (title($0.key), $0.value) }, uniquingKeysWith: { $1 })
  }

  /// Says that the cells of a column name units, steps, tokens or positions: in the page a row is marked with what figures
  /// have of the same.
  ///
  ///     show(Table(columns: ["Unit", "Share"], rows: rows).linked(.unit, by: "Unit"))
  ///
  /// - Parameter model: The name that figures give the model (`LinkableMark.linked`), the same for all columns.
  public func linked(_ thing: LinkedThing, by column: String, of model: String? = nil) -> Table {
    var table = self
    table.links[column] = thing
    table.model = model ?? table.model
    return table
  }

  /// A column that an alignment or a link is for, and that there is not; without values there may be none.
  var missingColumn: String? {
    columns.isEmpty ? nil : (Array(alignments.keys) + links.keys).sorted().first { !columns.contains($0) }
  }

  private static func cell(
    _ value: Any, format: (@Sendable (Double) -> String)?
  ) -> any TableValue {
    // A cast takes the value out of an optional, if there is one.
    if let format, let number = (value as? any TableNumber)?.number { return format(number) }
    if let cell = value as? any TableValue { return cell }
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .optional {
      return mirror.children.first.map { cell($0.value, format: format) } ?? "–"
    }
    return displayText(value)
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
        let isNumeric = !rows.isEmpty && rows.allSatisfy { $0[index].isNumeric }
        return ShownTable.Column(
          title: title, alignment: alignments[title] ?? (isNumeric ? .right : .left),
          link: links[title].map { .init(thing: $0.rawValue, model: model) })
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

/// What a format of a table is given.
private protocol TableNumber {
  var number: Double { get }
}

extension Int: TableNumber { fileprivate var number: Double { Double(self) } }
extension Float: TableNumber { fileprivate var number: Double { Double(self) } }
extension Double: TableNumber { fileprivate var number: Double { self } }

extension Bool: TableValue {
  public var tableText: String { self ? "yes" : "no" }
  public var isNumeric: Bool { false }
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
