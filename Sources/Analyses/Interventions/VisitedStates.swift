import Base
import LinearAlgebra

/// The states that a model visits, and how far others lie from them: an edit may take the model to where it never is.
public struct VisitedStates: Sendable {
  private let states: Matrix
  private let units: Int
  /// How near two states are the same one.
  private static let same: Float = 1e-5

  /// Keeps states that a model visited.
  ///
  /// - Parameter states: `[states, units]`, at least one.
  public init(_ states: Matrix) {
    ensure(states.rows > 0, "there are no visited states")
    units = states.columns
    self.states = Self.padded(states)
  }

  /// The Euclidean distance of each of some states, `[rows, units]`, to the nearest visited one: `[rows]`.
  ///
  /// O(rows × visited states × units).
  ///
  /// - Parameter toOthers: Whether a visited state that is the state itself is passed over; with none but such, it is infinite.
  public func distances(from others: Matrix, toOthers: Bool = false) -> [Double] {
    ensure(
      others.columns == units, "states of \(others.columns) units can't be compared with states of \(units)")
    let others = Self.padded(others)
    let limit = toOthers ? Self.same * Self.same : -1
    return others.withView { others in
      states.withView { visited in
        (0..<others.rows).map { row in
          var nearest = Float.infinity
          for candidate in 0..<visited.rows {
            let gap = Self.squaredGap(
              others.base + row * others.stride, visited.base + candidate * visited.stride, visited.columns)
            if gap > limit && gap < nearest { nearest = gap }
          }
          return Double(nearest.squareRoot())
        }
      }
    }
  }

  @inline(__always)
  private static func squaredGap(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float
  {
    var sums = Lanes.zero
    for i in stride(from: 0, to: count, by: 16) {
      let gap = Lanes(at: a + i) - Lanes(at: b + i)
      sums += gap * gap
    }
    return sums.total
  }

  /// The same states with columns of zeros up to whole lanes, which add nothing to a distance.
  private static func padded(_ states: Matrix) -> Matrix {
    let columns = paddedToLanes(states.columns)
    guard columns != states.columns else { return states }
    return Matrix(
      (0..<states.rows).map { row in
        states.row(row) + [Float](repeating: 0, count: columns - states.columns)
      })
  }
}
