import Base
import Foundation
import LinearAlgebra

/// What a map does near a state that it leaves, almost, where it is: the modes of its Jacobian.
///
/// A deviation along a mode is multiplied by λ at each step (Golub & Sussillo 2018). Modes with |λ| near 1 hold
/// what others forget.
public struct Linearisation: Codable, Sendable, Equatable {
  /// One eigenvalue.
  public struct Mode: Codable, Sendable, Hashable {
    /// λ.
    public let eigenvalue: ComplexNumber
    /// −1 / ln |λ|, the steps in which a deviation falls to 1/e of itself; below 0 where it grows e-fold instead. Nil for a
    /// mode that does neither, within the tolerance.
    public let timeConstant: Double?
    /// 2π / |angle of λ|, the steps of one oscillation: 2 for a negative λ; nil for one that does not oscillate.
    public let period: Double?

    init(_ eigenvalue: ComplexNumber, tolerance: Double) {
      self.eigenvalue = eigenvalue
      let size = eigenvalue.magnitude
      timeConstant = abs(size - 1) <= tolerance ? nil : size == 0 ? 0 : -1 / log(size)
      let angle = abs(eigenvalue.angle)
      // An eigenvalue of 0 has no angle.
      period = size <= tolerance || angle <= tolerance ? nil : 2 * .pi / angle
    }
  }

  /// What deviations become.
  public enum Stability: String, Codable, Sendable, CaseIterable {
    /// All die away.
    case stable
    /// Some neither grow nor die away, none grows: the point is one of a line or a plane of points, or nearly.
    case marginal
    /// Some grow, some die away.
    case saddle
    /// All grow.
    case unstable
  }

  /// All modes, the slowest to die away, or the fastest to grow, first.
  public let modes: [Mode]
  /// How many directions grow: |λ| > 1 + tolerance.
  public let unstableDirections: Int
  /// How many neither grow nor die away: |λ| = 1 within the tolerance.
  public let marginalDirections: Int
  /// What the modes say of the point: whether states near it come back.
  public let stability: Stability

  /// The modes of a map near a point.
  ///
  /// - Parameters:
  ///   - jacobian: ∂F/∂h, `[n, n]`.
  ///   - tolerance: How far |λ| may be from 1, and an angle from 0 in radians, to count as equal to it.
  /// - Returns: nil if the eigenvalues can't be found.
  public init?(_ jacobian: Matrix, tolerance: Double = 1e-4) {
    ensure(tolerance >= 0 && tolerance.isFinite, "a tolerance of \(tolerance) was asked for")
    guard let eigen = Eigen(jacobian) else { return nil }
    modes = eigen.values.map { Mode($0, tolerance: tolerance) }
    let sizes = eigen.values.map(\.magnitude)
    unstableDirections = sizes.count { $0 > 1 + tolerance }
    marginalDirections = sizes.count { abs($0 - 1) <= tolerance }
    stability =
      unstableDirections == 0
      ? (marginalDirections == 0 ? .stable : .marginal)
      : unstableDirections == sizes.count ? .unstable : .saddle
  }
}
