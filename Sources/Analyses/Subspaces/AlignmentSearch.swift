import LinearAlgebra
import Networks

/// A subspace learnt so that its exchange moves one thing: distributed alignment search (Geiger and others 2023, arXiv
/// 2303.02536).
///
/// Directions are learnt on Tune by gradient ascent, and the exchange in their span is measured on Verify beside random
/// subspaces of the same dimension, and beside a search on shuffled sources, which can learn nothing of what the states
/// hold. A learnt subspace is one that can be used to move the word; it need not be the one that the model uses: an
/// exchange may act through directions that are dormant otherwise (Makelov and others 2023, arXiv 2311.17030).
///
/// Pairs that differ in word and place are the stricter ones, and `outcome` is then what a role says of them jointly: what
/// was learnt on pairs that differ in the word alone moves the word in all of these, and next to never where the times
/// differ too.
public struct AlignmentSearch: Codable, Sendable, Equatable {
  /// The numbers of the procedure.
  public struct Options: Codable, Sendable, Hashable {
    /// k.
    public var dimensions: Int
    /// How many starts: the first are the k directions in which sources and targets differ most, the others random.
    public var starts: Int
    /// The most evaluations of the objective from one start.
    public var iterations: Int
    /// A search is done when ten steps together gain less than this, in nats.
    public var tolerance: Double
    /// For the null.
    public var randomSubspaces: Int
    /// Fixes the random starts and the random subspaces.
    public var seed: UInt64

    /// One dimension from three starts, unless said otherwise.
    public init(
      dimensions: Int = 1, starts: Int = 3, iterations: Int = 300, tolerance: Double = 1e-3,
      randomSubspaces: Int = 1000, seed: UInt64 = 1
    ) {
      self.dimensions = dimensions
      self.starts = starts
      self.iterations = iterations
      self.tolerance = tolerance
      self.randomSubspaces = randomSubspaces
      self.seed = seed
    }
  }

  /// How a search ended.
  public struct Search: Codable, Sendable, Equatable {
    /// The learnt directions.
    public let subspace: Basis
    /// The number of the start that came furthest, from 0.
    public let start: Int
    /// The mean log-probability on Tune of what should be written, in nats, where the search began.
    public let valueAtStart: Double
    /// The same where it ended; at most 0.
    public let value: Double
    /// The length of the gradient at the end, along the manifold of subspaces: what is left to gain.
    public let residual: Double
    /// Evaluations of the objective.
    public let iterations: Int
    /// Whether the steps ceased to gain; if not, more iterations may find more.
    public let isConverged: Bool
  }

  /// What the exchange should move: the word or the position.
  public let role: SufficientSet.Role
  /// t: h_t of the decoder's top layer is exchanged.
  public let step: Int
  /// What was asked for.
  public let options: Options
  /// The best of the starts, by its value on Tune.
  public let search: Search
  /// What the exchange in the learnt subspace does on Verify, beside random subspaces.
  public let learned: Interchange
  /// How often the exchange in it does what the role says and nothing else, on Verify.
  public let outcome: RoleOutcome
  /// The same search with the sources' states shuffled among the rows.
  public let shuffledSearch: Search
  /// What the exchange in that subspace does on Verify, with true sources.
  public let shuffled: Interchange
  /// As `outcome`.
  public let shuffledOutcome: RoleOutcome

  /// Learns and measures a subspace.
  ///
  /// - Parameters:
  ///   - learning: An exchange of Tune; it differs in word and position, or in what the role moves.
  ///   - measuring: An exchange of Verify, with the same difference and steps.
  ///   - other: Directions of another role to which those that are learnt must be at right angles.
  /// - Throws: `AnalysisError.invalidOption`, `.setLargerThanModel`, `.tooFewRows` if sources do not differ from targets.
  public init(
    _ role: SufficientSet.Role, learning: Exchange, measuring: Exchange, besides other: Basis? = nil,
    _ options: Options = Options()
  ) throws {
    guard [role.difference, .both].contains(learning.difference) else {
      throw AnalysisError.invalidOption(
        name: "the exchange", value: "one of \(learning.difference.rawValue)",
        expected: "one of \(role.difference.rawValue), the role's, or of both")
    }
    guard measuring.difference == learning.difference else {
      throw AnalysisError.invalidOption(
        name: "the exchange to measure on", value: "one of \(measuring.difference.rawValue)",
        expected: "one of \(learning.difference.rawValue), as that to learn from")
    }
    for (name, value) in [
      ("dimensions", options.dimensions), ("starts", options.starts), ("iterations", options.iterations),
    ] where value < 1 {
      throw AnalysisError.invalidOption(name: name, value: "\(value)", expected: "at least 1")
    }
    try AnalysisError.require("tolerance", options.tolerance, in: 0...(.infinity))
    try AnalysisError.require("randomSubspaces", options.randomSubspaces, atLeast: 0)
    let units = learning.targets.model.configuration.units
    if let other, other.units != units {
      throw AnalysisError.countMismatch(what: "units in the basis", expected: units, found: other.units)
    }
    let taken = options.dimensions + (other?.count ?? 0)
    guard taken <= units else { throw AnalysisError.setLargerThanModel(size: taken, units: units) }
    guard learning.targets.basis == nil, measuring.targets.basis == nil else {
      throw AnalysisError.invalidOption(
        name: "the exchange", value: "one in a basis", expected: "one of neurons")
    }
    var generator = SeededGenerator(seed: options.seed, label: "shuffled sources")
    search = try Self.search(
      AlignmentObjective(role, learning, sources: learning.partners), besides: other, options)
    shuffledSearch = try Self.search(
      AlignmentObjective(role, learning, sources: generator.shuffled(learning.partners)), besides: other,
      options)
    let random = (0..<max(0, options.randomSubspaces)).map {
      Basis.random(directions: options.dimensions, of: units, seed: options.seed &+ UInt64($0))
    }
    func measure(_ subspace: Basis) throws -> Interchange {
      try Interchange(measuring, subspace: subspace, random: random, seed: options.seed)
    }
    learned = try measure(search.subspace)
    shuffled = try measure(shuffledSearch.subspace)
    func outcome(_ subspace: Basis) throws -> RoleOutcome {
      try RoleOutcome(
        role, measuring, edits: try ([subspace] + random).map(measuring.edit),
        ofDraws: "random subspaces of \(options.dimensions) dimensions", seed: options.seed)
    }
    self.outcome = try outcome(search.subspace)
    shuffledOutcome = try outcome(shuffledSearch.subspace)
    self.role = role
    step = learning.step
    self.options = options
  }

  /// The best of several ascents.
  package static func search(_ objective: AlignmentObjective, besides other: Basis?, _ options: Options)
    throws -> Search
  {
    var best: Search?
    for start in 0..<options.starts {
      var subspace = Basis.random(
        directions: options.dimensions, of: objective.units, seed: options.seed &+ UInt64(start) &* 7919)
      if start == 0 {
        let differences = objective.differences
        let eigen = SymmetricEigen(differences.transposed * differences)
        guard eigen.values[0] > 1e-9 else {
          throw AnalysisError.tooFewRows(
            condition: "a state that differs from its source's", found: 0, needed: 1)
        }
        if let first = Basis(orthonormalizing: eigen.vectors.rows(0..<options.dimensions)) {
          subspace = first
        }
      }
      if let apart = other.map({ Basis(orthonormalizing: subspace.directions, besides: $0) }) {
        // A start that lies in the other subspace has nothing left beside it.
        guard let apart else { continue }
        subspace = apart
      }
      let found = try ascend(objective, from: subspace, besides: other, start: start, options)
      if found.value > best?.value ?? -.infinity { best = found }
    }
    guard let best else {
      throw AnalysisError.invalidOption(
        name: "the objective", value: "not a number", expected: "a finite model")
    }
    return best
  }

  /// Ascent on the manifold of subspaces (Edelman, Arias & Smith 1998): along the gradient's part at right angles to the
  /// subspace, bent by the curvature that the last steps met (L-BFGS, Liu & Nocedal 1989; pairs of steps and changes of slope
  /// are carried on by projection), and directions made orthonormal anew. A step that gains too little is halved.
  ///
  /// Without curvature a search hardly moves where some units differ a hundred times as much as those that matter.
  private static func ascend(
    _ objective: AlignmentObjective, from start: Basis, besides other: Basis?, start number: Int,
    _ options: Options
  ) throws -> Search {
    var basis = start
    var (value, gradient) = try objective(basis)
    var slope = tangent(gradient, basis, besides: other)
    let valueAtStart = value
    var memory = CurvatureMemory()
    var direction = slope
    var (length, iterations, isConverged, reached) = (0.3, 1, false, [value])
    while iterations < options.iterations, !isConverged {
      let norm = direction.norm
      if slope.norm < 1e-7 { isConverged = true }
      // Of what is remembered, whole steps; but none beyond a turn of one radian.
      let step = memory.isEmpty ? length / max(norm, 1e-12) : min(length, 1 / max(norm, 1e-12))
      var moved = basis.directions
      for index in moved.storage.indices { moved.storage[index] += Float(step) * direction.storage[index] }
      guard !isConverged, let next = Basis(orthonormalizing: moved, besides: other) else { break }
      let (nextValue, nextGradient) = try objective(next)
      iterations += 1
      if nextValue > value + 1e-4 * step * slope.dot(direction) {
        let nextSlope = tangent(nextGradient, next, besides: other)
        memory.carry { tangent($0, next, besides: other) }
        memory.add(
          step: tangent(direction.scaled(by: step), next, besides: other),
          change: tangent(slope, next, besides: other).less(nextSlope))
        (basis, value, gradient, slope) = (next, nextValue, nextGradient, nextSlope)
        length = memory.isEmpty ? min(1, length * 1.5) : 1
        direction = memory.direction(slope)
        if slope.dot(direction) <= 0 { (memory, direction, length) = (CurvatureMemory(), slope, 0.3) }
        reached.append(value)
        if reached.count > 10, value - reached[reached.count - 11] < options.tolerance { isConverged = true }
      } else {
        length /= 2
        // Shorter steps than these are below the resolution of Float.
        if length * (memory.isEmpty ? 1 : norm) < 1e-4 {
          if memory.isEmpty { isConverged = true }
          (memory, direction, length) = (CurvatureMemory(), slope, 0.3)
        }
      }
    }
    return Search(
      subspace: basis, start: number, valueAtStart: valueAtStart, value: value, residual: slope.norm,
      iterations: iterations, isConverged: isConverged)
  }

  /// G (I − Rᵀ R): the part of the gradient that turns the subspace; of it the part at right angles to another.
  private static func tangent(_ gradient: Matrix, _ basis: Basis, besides other: Basis?) -> Matrix {
    var slope = gradient
    for fixed in [basis, other].compactMap({ $0 }) {
      let within = fixed.projection(of: slope)
      for index in slope.storage.indices { slope.storage[index] -= within.storage[index] }
    }
    return slope
  }
}

extension Interchange {
  /// Exchanges the state in a subspace, and in random subspaces of its dimension; `units` are the directions' numbers.
  ///
  /// - Throws: `AnalysisError.countMismatch`, `.invalidOption`.
  public init(_ exchange: Exchange, subspace: Basis, randomSubspaces: Int = 1000, seed: UInt64 = 1) throws {
    let random = (0..<max(0, randomSubspaces)).map {
      Basis.random(directions: subspace.count, of: subspace.units, seed: seed &+ UInt64($0))
    }
    try self.init(exchange, subspace: subspace, random: random, seed: seed)
  }

  init(_ exchange: Exchange, subspace: Basis, random: [Basis], seed: UInt64) throws {
    let units = Array(0..<subspace.count)
    try self.init(
      exchange, units: units,
      edits: try ([subspace] + random).map { [try exchange.edit($0)] },
      ofDraws: "random subspaces of \(units.count) dimensions", seed: seed)
  }
}
