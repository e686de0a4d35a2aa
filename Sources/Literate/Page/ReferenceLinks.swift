import CellRecords
import Foundation

/// The names of the library that lead to its reference, where that stands beside the page (`make reference`).
enum ReferenceLinks {
  /// Where the reference has the page of a name, from the page.
  private static let place = "reference/documentation/lab/"

  /// What `reference.js` needs; nothing where there is no reference.
  static func html(beside output: URL) -> String {
    let data = output.appending(path: "reference/data/documentation/lab")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: data.path)) ?? []
    // Functions have their labels in their names: code calls them in too many ways.
    let names = files.filter { $0.wholeMatch(of: /[a-z][a-z0-9_]*\.json/) != nil }.map {
      $0.dropLast(".json".count)
    }
    guard !names.isEmpty else { return "" }
    return
      "<script type=\"text/plain\" id=\"reference\" data-place=\"\(place)\">\(names.sorted().joined(separator: " "))</script>"
  }
}
