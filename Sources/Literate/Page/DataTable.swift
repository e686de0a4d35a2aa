import Foundation
import Text

/// The data behind a figure as a table, for those who can't see the figure or want its numbers.
struct DataTable {
  private(set) var columns: [String]
  /// The first rows; a page is no place for all of a large figure.
  private(set) var rows: [[String]]
  private(set) var count: Int

  static let limit = 200

  /// - Parameter csv: A header and rows. Columns that are empty throughout are left out.
  init(csv: String) {
    let (rows, lines) = CSV.rows(csv, most: Self.limit + 1)
    let header = rows.first ?? []
    let body = rows.dropFirst()
    let used = header.indices.filter { column in
      body.contains { $0.indices.contains(column) && !$0[column].isEmpty }
    }
    columns = used.map { header[$0] }
    self.rows = body.map { row in used.map { row.indices.contains($0) ? row[$0] : "" } }
    count = max(0, lines - 1)
  }

  var html: String {
    func cell(_ text: String) -> String {
      guard let number = Double(text) else { return "<td>\(escapedHTML(text))</td>" }
      return "<td class=\"number\">\(Self.short(number))</td>"
    }
    let head = columns.map { "<th scope=\"col\">\(escapedHTML($0))</th>" }.joined()
    let body = rows.map { "<tr>\($0.map(cell).joined())</tr>" }.joined(separator: "\n")
    let note = count > rows.count ? "<p>The first \(rows.count) of \(count) rows.</p>" : ""
    return note + "<table><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table>"
  }

  /// Four significant digits; the file has them all.
  private static func short(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e9
      ? String(format: "%.0f", number) : String(format: "%.4g", number)
  }
}
