import Foundation

/// How large a page may be before its reader has to wait.
enum SizeBudget {
  static let bytes = 10_000_000

  /// That the page is larger, and what takes most of it.
  ///
  /// - Parameter weights: The bytes of the page's larger parts by their names.
  static func warnings(pageBytes: Int, weights: [String: Int]) -> [String] {
    guard pageBytes > bytes else { return [] }
    let largest = weights.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
    let parts = largest.map { "\n  \(megabytes($0.value)): \($0.key)" }.joined()
    return [
      "report.html has \(megabytes(pageBytes)), more than the \(megabytes(bytes)) that a page should have. Its largest parts:\(parts)"
    ]
  }

  private static func megabytes(_ count: Int) -> String { String(format: "%.1f MB", Double(count) / 1e6) }
}
