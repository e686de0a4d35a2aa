import LinearAlgebra
import Networks

/// Whether the word or the time is carried by how long the state is along a subspace, or by where it points there.
///
/// An exchange in a subspace gives a row its source's part p′ instead of its own part p. It splits in two: *magnitude*
/// gives it ‖p′‖ and keeps its direction, h + (‖p′‖/‖p‖ − 1) p; *direction* gives it the source's direction and keeps its
/// magnitude, h + (‖p‖/‖p′‖) p′ − p. If time is coded as a magnitude (Csordás and others 2024, arXiv 2408.10920, where one
/// direction serves several positions at different scales), the first moves the position as the whole exchange does.
///
/// What it can't show: magnitudes are measured from the origin, so that a code that is scaled about another point is missed;
/// a magnitude within a subspace is a direction of a larger one wherever it is read linearly; and in one dimension the
/// direction is but a sign. It tests the subspace that it is given.
public struct MagnitudeCode: Codable, Sendable, Equatable {
  /// The subspace that is tested.
  public let subspace: Basis
  /// The additive exchange.
  public let whole: Interchange
  /// The scalar one: only ‖p‖ becomes the source's.
  public let magnitude: Interchange
  /// Only p / ‖p‖ becomes the source's.
  public let direction: Interchange
  /// Rows whose own part or whose source's is shorter than 10⁻⁴: they have no direction there, and keep their state in
  /// the last two.
  public let rowsWithoutDirection: Int

  /// Makes the three exchanges, each beside itself in random subspaces of the same dimension.
  ///
  /// - Parameters:
  ///   - exchange: Of the word or of the position, of rows that did not serve to find the subspace.
  ///   - subspace: Learnt by `AlignmentSearch`, or principal directions.
  /// - Throws: `AnalysisError.countMismatch` if the subspace is of another model; `.invalidOption` if the exchange is in a basis.
  public init(_ exchange: Exchange, subspace: Basis, randomSubspaces: Int = 200, seed: UInt64 = 1) throws {
    let targets = exchange.targets
    guard targets.basis == nil else {
      throw AnalysisError.invalidOption(
        name: "the exchange", value: "one in a basis", expected: "one of neurons")
    }
    guard subspace.units == targets.model.configuration.units else {
      throw AnalysisError.countMismatch(
        what: "units in the subspace", expected: targets.model.configuration.units, found: subspace.units)
    }
    let own = targets.baseline.decoder.states.step(exchange.step)
    let source = exchange.sources.decoder.states.step(exchange.sourceStep).rows(exchange.partners)
    let random = (0..<max(0, randomSubspaces)).map {
      Basis.random(directions: subspace.count, of: subspace.units, seed: seed &+ UInt64($0))
    }
    let units = Array(0..<subspace.units)
    func interchange(_ part: Part) throws -> Interchange {
      try Interchange(
        exchange, units: Array(0..<subspace.count),
        edits: ([subspace] + random).map { basis in
          [Edit(units: units, at: exchange.step, .states(Self.mixed(part, own, source, basis).states))]
        }, ofDraws: "random subspaces of \(subspace.count) dimensions", seed: seed)
    }
    self.subspace = subspace
    whole = try interchange(.whole)
    magnitude = try interchange(.magnitude)
    direction = try interchange(.direction)
    rowsWithoutDirection = Self.mixed(.magnitude, own, source, subspace).withoutDirection
  }

  private enum Part { case whole, magnitude, direction }

  /// h with a part of its projection exchanged.
  private static func mixed(
    _ part: Part, _ own: Matrix, _ source: Matrix, _ basis: Basis
  ) -> (states: Matrix, withoutDirection: Int) {
    let (p, q) = (basis.projection(of: own), basis.projection(of: source))
    var (states, count) = (own, 0)
    for row in 0..<own.rows {
      func norm(_ matrix: Matrix) -> Float {
        Float(matrix.row(row).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
      }
      let (length, sourceLength) = (norm(p), norm(q))
      var (keep, take): (Float, Float) = (0, 1)
      if part != .whole {
        if min(length, sourceLength) < 1e-4 {
          count += 1
          continue
        }
        (keep, take) = part == .magnitude ? (sourceLength / length, 0) : (0, length / sourceLength)
      }
      for unit in 0..<own.columns {
        states[row, unit] += (keep - 1) * p[row, unit] + take * q[row, unit]
      }
    }
    return (states, count)
  }
}
