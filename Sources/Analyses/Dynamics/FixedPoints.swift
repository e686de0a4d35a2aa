import LinearAlgebra
import Networks

/// The states that a decoder leaves where they are, or nearly, while it is fed one token over and over (control 11).
///
/// The speed at a state is ‖F(h, token) − h‖. Searches that start from visited states lower q = ½ speed²: a fixed point
/// has q = 0, a slow point a small minimum of it (Sussillo & Barak 2013; Golub & Sussillo 2018).
public struct FixedPoints: Codable, Sendable, Equatable {
  /// When a search may stop, and what its end is called.
  public struct Options: Codable, Sendable, Hashable {
    /// The largest q of a fixed point. A state in 32 bits seldom gets below 10⁻¹⁴.
    public var fixedTolerance = 1e-10
    /// The largest q of a slow point: by default a speed of 0.045 a step.
    public var slowTolerance = 1e-3
    /// The largest ‖∇q‖ / ‖F(h) − h‖ of a minimum of q. This ratio depends on no scale.
    public var gradientTolerance = 1e-2
    /// The largest difference, in any unit, between two ends that count as one point.
    public var mergeDistance = 0.01
    /// Steps of Adam, which stay near the start.
    public var adamSteps = 200
    /// Adam's learning rate at first; it falls to 0 evenly.
    public var adamRate = 0.02
    /// Steps of Levenberg and Marquardt thereafter, which get to the bottom.
    public var newtonSteps = 60

    /// All defaults; each number can be changed afterwards.
    public init() {}

    func validate() throws {
      for (name, value) in [
        ("fixedTolerance", fixedTolerance), ("slowTolerance", slowTolerance),
        ("gradientTolerance", gradientTolerance),
        ("mergeDistance", mergeDistance), ("adamRate", adamRate),
      ] where !(value > 0 && value.isFinite) {
        throw AnalysisError.invalidOption(name: name, value: "\(value)", expected: "above 0")
      }
      for (name, value) in [("adamSteps", adamSteps), ("newtonSteps", newtonSteps)] where value < 0 {
        throw AnalysisError.invalidOption(name: name, value: "\(value)", expected: "at least 0")
      }
    }
  }

  /// What a point is.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// q is at most the tolerance of fixed points.
    case fixed
    /// A minimum of q, above the tolerance of fixed points and at most that of slow ones.
    case slow
  }

  /// One distinct point.
  public struct Point: Codable, Sendable, Equatable {
    /// The token that is fed.
    public let token: Int32
    /// Fixed or slow.
    public let kind: Kind
    /// h, `[state width × layers]`.
    public let state: [Float]
    /// ½ ‖F(h) − h‖².
    public let q: Double
    /// How many starts led here.
    public let starts: Int
    /// The Euclidean distance to the nearest of all starts: a point far from every visited state explains little.
    public let distance: Double
    /// The token that is written at this state: only if it is the one that is fed does the decoder stay by itself.
    public let writes: Int32
    /// What happens near it; nil if the eigenvalues were not found.
    public let linearisation: Linearisation?

    /// ‖F(h) − h‖, a step.
    public var speed: Double { (2 * q).squareRoot() }
    /// Whether the decoder, fed its own tokens, stays here.
    public var feedsItself: Bool { writes == token }
  }

  /// A search that ended at no point.
  public struct Unfinished: Codable, Sendable, Hashable {
    /// Why.
    public enum Reason: String, Codable, Sendable {
      /// q could still fall when the steps were used up, or no step lowered it any more where it bends.
      case notConverged
      /// A minimum of q, whose speed is too large for a slow point.
      case tooFast
    }

    /// The token that was fed.
    public let token: Int32
    /// The number of the start, counted from 0.
    public let start: Int
    /// Why it counts as no point.
    public let reason: Reason
    /// ½ ‖F(h) − h‖² where the search ended.
    public let q: Double
    /// ‖∇q‖ / ‖F(h) − h‖ there.
    public let gradient: Double
  }

  /// The numbers of the search.
  public let options: Options
  /// The tokens that were fed.
  public let tokens: [Int32]
  /// How many states searches started from, for each token.
  public let startsPerToken: Int
  /// The distinct points, by token in the order asked for, then by q.
  public let points: [Point]
  /// The searches that ended at none of them.
  public let unfinished: [Unfinished]

  /// Searches from every start, for every token.
  ///
  /// Cost, measured on two cores: 0.04 s for 32 units, 4 tokens and 32 starts, all of which converged.
  ///
  /// - Parameters:
  ///   - starts: `[starts, state width × layers]`, such as `recording.visitedStates(…)`.
  ///   - tokens: The tokens to feed, each alone; none twice.
  ///   - progress: Called with the share of the work done, from any thread.
  /// - Throws: `AnalysisError.tooFewRows` without starts, `.valueNotFinite`, `.invalidOption`; `NetworkError.wrongShape`,
  ///   `.tokenOutsideVocabulary`.
  public init(
    _ model: Seq2Seq, from starts: Matrix, feeding tokens: [Int32], _ options: Options = Options(),
    progress: @Sendable (Double) -> Void = { _ in }
  ) throws {
    try options.validate()
    guard starts.rows > 0 else {
      throw AnalysisError.tooFewRows(condition: "a state to start from", found: 0, needed: 1)
    }
    if let index = starts.storage.firstIndex(where: { !$0.isFinite }) {
      throw AnalysisError.valueNotFinite(
        what: "the start", row: index / starts.columns, unit: index % starts.columns)
    }
    guard !tokens.isEmpty, Set(tokens).count == tokens.count else {
      throw AnalysisError.invalidOption(
        name: "tokens", value: "\(tokens)", expected: "at least one, each only once")
    }
    let ends = try FixedPointSearch.run(model, starts, tokens, options, progress: progress)
    var (found, unfinished): ([(end: FixedPointSearch.End, kind: Kind)], [Unfinished]) = ([], [])
    for end in ends {
      let isMinimum = end.gradient <= options.gradientTolerance
      if end.q <= options.fixedTolerance {
        found.append((end, .fixed))
      } else if isMinimum, end.q <= options.slowTolerance {
        found.append((end, .slow))
      } else {
        unfinished.append(
          Unfinished(
            token: end.token, start: end.start, reason: isMinimum ? .tooFast : .notConverged, q: end.q,
            gradient: end.gradient))
      }
    }
    let merged = tokens.flatMap { token in
      Self.merge(found.filter { $0.end.token == token }, within: Float(options.mergeDistance))
    }
    self.options = options
    self.tokens = tokens
    startsPerToken = starts.rows
    self.unfinished = unfinished
    points = try Self.describe(merged, model, starts)
  }

  /// The best end of each group; ends within the distance of a better one belong to it.
  private static func merge(
    _ ends: [(end: FixedPointSearch.End, kind: Kind)], within distance: Float
  ) -> [(end: FixedPointSearch.End, kind: Kind, starts: Int)] {
    var groups: [(end: FixedPointSearch.End, kind: Kind, starts: Int)] = []
    for (end, kind) in ends.sorted(by: { ($0.end.q, $0.end.start) < ($1.end.q, $1.end.start) }) {
      let group = groups.firstIndex { group in
        zip(group.end.state, end.state).allSatisfy { abs($0 - $1) <= distance }
      }
      if let group {
        groups[group].starts += 1
      } else {
        groups.append((end, kind, 1))
      }
    }
    return groups
  }

  private static func describe(
    _ found: [(end: FixedPointSearch.End, kind: Kind, starts: Int)], _ model: Seq2Seq, _ starts: Matrix
  ) throws -> [Point] {
    let states = Matrix(
      rows: found.count, columns: starts.columns, storage: found.flatMap(\.end.state))
    let step = DecoderStep(model)
    let jacobians = try step.jacobians(states, feeding: found.map(\.end.token)).jacobians
    let logits = try step.logits(states)
    let linearisations = parallelMap(found.count) { Linearisation(jacobians[$0]) }
    return found.indices.map { index in
      let (end, kind, count) = found[index]
      let row = logits.row(index)
      return Point(
        token: end.token, kind: kind, state: end.state, q: end.q, starts: count,
        distance: nearestDistance(end.state, to: starts),
        writes: Int32(row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }),
        linearisation: linearisations[index])
    }
  }

  /// The points of one token.
  public func points(feeding token: Int32) -> [Point] { points.filter { $0.token == token } }
}

/// The smallest Euclidean distance of a state to a row of a matrix.
func nearestDistance(_ state: [Float], to rows: Matrix) -> Double {
  var smallest = Double.infinity
  for row in 0..<rows.rows {
    var sum = 0.0
    for (i, value) in state.enumerated() {
      let difference = Double(value) - Double(rows[row, i])
      sum += difference * difference
    }
    smallest = min(smallest, sum)
  }
  return smallest.squareRoot()
}

extension Recording {
  /// Decoder states that rows went through, each row and step as likely as another, none twice: where searches for fixed
  /// points start.
  ///
  /// - Parameters:
  ///   - steps: Of which steps t; by default all.
  ///   - count: How many; all, if there are no more.
  /// - Returns: `[count, state width × layers]`.
  /// - Throws: `AnalysisError.stepOutOfRange`.
  public func visitedStates(steps: ClosedRange<Int>? = nil, count: Int, seed: UInt64) throws -> Matrix {
    let recorded = decoder.states.steps
    let steps = steps ?? recorded
    for step in [steps.lowerBound, steps.upperBound] where !recorded.contains(step) {
      throw AnalysisError.stepOutOfRange(step: step, recorded: recorded)
    }
    var generator = SeededGenerator(seed: seed, label: "visited states")
    let all = rows.count * steps.count
    let chosen = generator.sample(min(count, all), of: 0..<all)
    let states = steps.map { self.states(at: $0) }
    let width = states.first?.columns ?? 0
    return Matrix(
      rows: chosen.count, columns: width,
      storage: chosen.flatMap { states[$0 % steps.count].row($0 / steps.count) })
  }
}
