import Foundation
import Text

/// What of a figure's data a reader could see to be other.
struct FigureDifference {
  /// How many numbers there are, and texts that differ.
  private(set) var count = 0
  private(set) var moved = 0
  private(set) var changes: [Double] = []
  /// The number that moved farthest, and by which share of its column's range.
  private(set) var farthest: (first: String, second: String, share: Double)?
  /// What is told of it behind its name; nil where nothing moved.
  private(set) var words: String?

  /// A number that moves by less of its column's range moves by less than a pixel.
  private static let visible = 0.001

  init(_ old: BuildValues.Figure, _ new: BuildValues.Figure) {
    let (before, after) = (Self.rows(old), Self.rows(new))
    count = Self.numbers(before)
    guard old.sha256 != new.sha256 else { return }
    guard old.data != nil, new.data != nil else {
      words = ": other data, too many to be kept here"
      return
    }
    guard before.map(\.count) == after.map(\.count), before.first == after.first else {
      count = max(count, Self.numbers(after))
      moved = count
      words = ": data of \(max(0, before.count - 1)) rows → of \(max(0, after.count - 1)) rows"
      return
    }
    for (column, title) in (before.first ?? []).enumerated() {
      let cells = zip(before, after).dropFirst().compactMap { before, after in
        before.indices.contains(column) ? (before[column], after[column]) : nil
      }
      let finite = cells.compactMap { Double($0.0) }.filter(\.isFinite)
      let range = (finite.max() ?? 0) - (finite.min() ?? 0)
      for (before, after) in cells where before != after { add(before, after, range: range, title) }
    }
    guard moved > 0 else { return }
    words =
      ": \(moved) of \(count) numbers" + (farthestColumn.isEmpty ? "" : ", the farthest in \(farthestColumn)")
  }

  private var farthestColumn = ""

  private mutating func add(_ before: String, _ after: String, range: Double, _ title: String) {
    guard let old = Double(before), let new = Double(after), old.isFinite, new.isFinite else {
      count += Double(before) == nil ? 1 : 0
      moved += 1
      return
    }
    let scale = range > 0 ? range : max(abs(old), abs(new))
    let share = abs(new - old) / scale
    guard share >= Self.visible else { return }
    moved += 1
    changes.append(Comparison.change(old, new))
    if share > farthest?.share ?? 0 {
      farthest = (before, after, share)
      farthestColumn = title
    }
  }

  private static func numbers(_ rows: [[String]]) -> Int {
    rows.dropFirst().map { $0.count { Double($0) != nil } }.reduce(0, +)
  }

  private static func rows(_ figure: BuildValues.Figure) -> [[String]] {
    figure.data.map { CSV.rows($0.joined(separator: "\n")).rows } ?? []
  }
}
