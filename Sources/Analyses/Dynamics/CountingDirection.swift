import Foundation
import LinearAlgebra
import Networks
import Tasks

/// Whether the count lies along the slow modes of a point: the direction of counting beside eigenvectors (control 11).
///
/// There are two directions of counting. The *pattern* is how a state changes with each step left, at one t:
/// h = a + b (T − t) + c t, least squares, of which b is taken (Haufe and others 2014 on patterns and weights). The *weights*
/// are those that read T − t best from h, by ridge regression. A right eigenvector says how a mode moves the state, so
/// the pattern is compared with it; a left one reads a mode from the state, so the weights are compared with it.
///
/// The comparison is |cos| of the angle between the direction and the plane of the leading modes: 1 if it lies in it. Modes
/// lead that are slowest to die away, or grow. Those of one |λ| are never parted, since which of them comes first is
/// arbitrary: where gates are shut for good, a GRU has many with λ = 1, and the null says how near to so wide a plane any
/// direction is.
public struct CountingDirection: Codable, Sendable, Equatable {
  /// The plane of the leading modes.
  public struct Alignment: Codable, Sendable, Equatable {
    /// How many modes, hence directions, the plane has.
    public let modes: Int
    /// The last eigenvalue among them, the quickest to die away.
    public let eigenvalue: ComplexNumber
    /// |cos| of pattern and right eigenvectors, beside directions drawn evenly.
    public let pattern: Effect
    /// The same beside directions drawn as the states vary: counting must be nearer the slow modes than whatever else varies.
    public let patternAmongStates: Effect
    /// |cos| of weights and left eigenvectors, beside directions drawn evenly.
    public let weights: Effect
  }

  /// b, a unit vector `[units]`.
  public let pattern: [Double]
  /// The weights, a unit vector `[units]`.
  public let weights: [Double]
  /// The share of the variance of T − t that the weights explain on the rows they were fitted to.
  public let explained: Double
  /// With the planes of the leading modes of the given point, narrow ones first.
  public let alignments: [Alignment]
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Fits the directions to a recording, and compares them with the modes of a point.
  ///
  /// - Parameters:
  ///   - recording: Of Select inputs, of several T.
  ///   - point: A fixed or slow point, or any other state with the token that is fed there; one layer, and no LSTM.
  ///   - first: The first step t whose states are used, up to T − 1.
  ///   - upTo: How many planes: that of the modes of the largest |λ|, that of the two largest, and so on.
  ///   - ridge: λ of the weights, as a share of the mean variance of a unit.
  /// - Throws: `AnalysisError.tooFewRows` below two positions or inputs, `.valueNotFinite`, `.invalidOption` for a model whose
  ///   state is more than its units; `NetworkError`.
  public init(
    _ model: Seq2Seq, _ recording: Recording, at state: [Float], feeding token: Int32, from first: Int = 0,
    upTo most: Int = 4,
    ridge: Double = 1e-3, draws: Int = 1000, seed: UInt64 = 1
  ) throws {
    let units = recording.decoder.states.units
    guard state.count == units, recording.decoderLayers.count == 1, recording.decoder.cellState == nil else {
      throw AnalysisError.invalidOption(
        name: "the point", value: "a state of \(state.count) numbers",
        expected: "one of \(units), of a single layer without a cell state")
    }
    guard draws >= 1, most >= 1, ridge > 0, ridge.isFinite else {
      throw AnalysisError.invalidOption(
        name: "draws, modes or ridge", value: "\(draws), \(most), \(ridge)", expected: "above 0, and finite")
    }
    let sums = try CountingSums(recording, from: first)
    let whole = sums.total((0..<sums.inputs).map { _ in 1 })
    guard let pattern = whole.pattern, let fit = whole.weights(ridge: ridge) else {
      throw AnalysisError.invalidOption(
        name: "the recording", value: "states in which nothing varies, or T − t and t together",
        expected: "several T, whose states differ")
    }
    (self.pattern, weights, explained) = (pattern, fit.weights, fit.explained)
    distinctInputs = sums.inputs
    let step = DecoderStep(model)
    let jacobian = try step.jacobians(
      Matrix(rows: 1, columns: units, storage: state), feeding: [token]
    ).jacobians[0]
    guard let eigen = Eigen(jacobian) else {
      throw AnalysisError.valueNotFinite(what: "the Jacobian", row: 0, unit: 0)
    }
    let samples = sums.resampled(draws, ridge: ridge, seed: seed)
    var generator = SeededGenerator(seed: seed, label: "directions")
    let even = (0..<draws).map { _ in (0..<units).map { _ in generator.normal() } }
    let likeStates = sums.directions(draws, using: &generator)
    var alignments: [Alignment] = []
    for size in Self.ends(of: eigen.values).prefix(most) {
      let (right, left) = (Plane(eigen.right.prefix(size)), Plane(eigen.left.prefix(size)))
      func effect(
        _ plane: Plane, _ direction: [Double], _ samples: [[Double]], _ null: [[Double]], _ what: String
      ) -> Effect {
        let cosines = samples.map(plane.cosine)
        guard !cosines.isEmpty else { return .notDetermined(.oneSentenceOnly) }
        return Effect(
          estimate: plane.cosine(direction),
          interval: Interval(low: quantile(0.025, of: cosines), high: quantile(0.975, of: cosines)),
          null: null.map(plane.cosine), ofDraws: what, sentences: sums.sentences.count)
      }
      alignments.append(
        Alignment(
          modes: size, eigenvalue: eigen.values[size - 1],
          pattern: effect(right, pattern, samples.patterns, even, "directions drawn evenly"),
          patternAmongStates: effect(
            right, pattern, samples.patterns, likeStates, "directions drawn as the states vary"),
          weights: effect(left, fit.weights, samples.weights, even, "directions drawn evenly")))
    }
    self.alignments = alignments
  }

  /// How many values there are down to each distinct |λ|, of values in descending order.
  private static func ends(of values: [ComplexNumber], tolerance: Double = 1e-4) -> [Int] {
    var (ends, first) = ([Int](), 0)
    for i in values.indices.dropFirst() where values[first].magnitude - values[i].magnitude > tolerance {
      ends.append(i)
      first = i
    }
    return ends + [values.count]
  }
}

/// The real plane that complex vectors span.
struct Plane {
  /// Orthonormal.
  private var basis: [[Double]] = []

  init(_ vectors: some Sequence<[ComplexNumber]>) {
    for vector in vectors {
      for part in [vector.map(\.real), vector.map(\.imaginary)] {
        var rest = part
        // Twice, against cancellation.
        for _ in 0..<2 {
          for other in basis {
            let shared = zip(rest, other).reduce(0) { $0 + $1.0 * $1.1 }
            for i in rest.indices { rest[i] -= shared * other[i] }
          }
        }
        let length = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // The second of a pair spans nothing new; nor does the imaginary part of a real vector.
        if length > 1e-6 { basis.append(rest.map { $0 / length }) }
      }
    }
  }

  /// |cos| of the angle between a direction and the plane; 0 for a direction of no length.
  func cosine(_ direction: [Double]) -> Double {
    let length = direction.reduce(0) { $0 + $1 * $1 }
    let within = basis.reduce(0.0) { sum, axis in
      let shared = zip(direction, axis).reduce(0) { $0 + $1.0 * $1.1 }
      return sum + shared * shared
    }
    return length > 0 ? min(1, (within / length).squareRoot()) : 0
  }
}
