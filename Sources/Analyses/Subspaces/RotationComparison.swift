import LinearAlgebra
import Networks

/// Is the neuron the right unit? The size of the smallest set of neurons that moves one thing, beside the sizes of the
/// smallest sets of coordinates in random rotations (control 12).
///
/// If neurons are no better units than any other directions, a rotation needs as few coordinates. Sets are found by the
/// same greedy search in each basis. A set that no rotation matches shows that the neurons are a good basis, not that
/// they are the best.
public struct RotationComparison: Codable, Sendable, Equatable {
  /// What the exchange should move.
  public let role: SufficientSet.Role
  /// t: h_t is exchanged.
  public let step: Int
  /// The search among neurons.
  public let neurons: SufficientSet
  /// The size of the smallest set in each rotation; nil where no first part of the ranking is enough.
  public let rotatedSizes: [Int?]
  /// How often a rotation needs as few, the neurons counted among them: (1 + count) / (rotations + 1). Nil, not
  /// determined, if no set of neurons is enough or there are no rotations.
  public let pValue: Double?
  /// Distinct inputs on which sizes are chosen.
  public let distinctInputs: Int

  /// The size of the set of neurons; nil if none is enough.
  public var neuronSize: Int? { neurons.units?.count }

  /// Searches in the neuron basis and in random rotations.
  ///
  /// One search ranks all units greedily, decoding each row some units²/2 times: a hundred rows are plenty.
  ///
  /// - Parameters:
  ///   - choosing: The exchange on which sizes are chosen; its difference must be that of the role.
  ///   - measuring: The exchange on which the set of neurons is measured.
  ///   - rotations: 20 allow a p-value of 1/21 at least.
  ///   - randomSets: For the measurement of the set of neurons.
  ///   - progress: Called with the share of the work done.
  /// - Throws: As `SufficientSet`.
  public init(
    _ role: SufficientSet.Role, choosing: Exchange, measuring: Exchange, rotations: Int = 20,
    threshold: Double = 0.9, randomSets: Int = 1000, seed: UInt64 = 1, progress: (Double) -> Void = { _ in }
  ) throws {
    let units = choosing.targets.model.configuration.units
    neurons = try SufficientSet(
      role, choosing: choosing, measuring: measuring, threshold: threshold, randomSets: randomSets, seed: seed
    )
    var sizes: [Int?] = []
    for rotation in 0..<max(0, rotations) {
      progress(Double(rotation + 1) / Double(rotations + 1))
      let basis = Basis.random(units: units, seed: seed &+ UInt64(rotation))
      let found = try SufficientSet(
        role, choosing: choosing.rotated(to: basis), measuring: measuring.rotated(to: basis),
        threshold: threshold,
        randomSets: 0, seed: seed)
      sizes.append(found.units?.count)
    }
    rotatedSizes = sizes
    pValue = neurons.units.flatMap { set in
      // Where no set is enough, more are needed than there are.
      sizes.isEmpty
        ? nil
        : RandomSets.pValue(effect: -Double(set.count), null: sizes.map { -Double($0 ?? units + 1) })
    }
    self.role = role
    step = choosing.step
    distinctInputs = choosing.targets.rows.distinctInputs
    progress(1)
  }
}
