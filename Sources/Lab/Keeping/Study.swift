/// What a sweep gives: its points with the results that are there.
///
/// In a build that runs nothing (`--no-run`) some may be missing: tables and intervals are then made of those that are there.
public struct Study<Point, Value> {
  /// What `sweep` was given, by which `neuronbook sweep --name` finds it.
  public let name: String
  /// In the order of the grid.
  public let points: [Point]
  /// A result for each point; nil where it is missing.
  public let results: [Value?]

  /// The points that have a result, with it.
  public var completed: [(point: Point, result: Value)] {
    zip(points, results).compactMap { point, result in result.map { (point, $0) } }
  }

  /// The points that have none.
  public var missing: [Point] { zip(points, results).filter { $1 == nil }.map(\.0) }

  /// Whether every point has a result.
  public var isComplete: Bool { results.allSatisfy { $0 != nil } }
}

/// A sweep that can't be complete.
public struct SweepError: Error, CustomStringConvertible, Sendable {
  public var description: String

  init(_ description: String) { self.description = description }
}
