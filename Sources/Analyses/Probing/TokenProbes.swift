import LinearAlgebra
import Networks

/// R1: whether w can be read from the state at each (T, t), with T and t fixed so that nothing else can give it away.
///
/// The criterion, fixed before looking: on unseen inputs accuracy ≥ .95 and selectivity ≥ .3.
public struct TokenProbes: Codable, Sendable, Equatable {
  /// One (T, t).
  public struct Cell: Codable, Sendable, Equatable {
    /// T.
    public let position: Int
    /// t.
    public let step: Int
    public let probe: LinearProbe
    /// The p-value of the accuracy, adjusted over all cells (Holm 1979); nil if the accuracy is not determined.
    public internal(set) var adjustedPValue: Double?

    /// Whether the criterion is met; nil if it can't be told.
    public var meetsCriterion: Bool? { meets(Criteria()) }

    func meets(_ criteria: Criteria) -> Bool? {
      guard let accuracy = probe.unseenInputs.measurement?.estimate, let selectivity = probe.selectivity
      else {
        return nil
      }
      return accuracy >= criteria.probeAccuracy && selectivity >= criteria.selectivity
    }
  }

  public internal(set) var cells: [Cell]

  /// Fits and tests a probe for each (T, t), several at a time.
  ///
  /// - Parameters:
  ///   - training: Select.
  ///   - unseenInputs: Verify.
  ///   - untrained: The same of an untrained model, for the floor.
  ///   - positions: By default all T of Select.
  ///   - steps: Of each T; by default t = 0 … T − 1, while the token is to be kept.
  /// - Throws: As `LinearProbe` and `ProbeStates`.
  public init(
    training: Recording, unseenInputs: Recording,
    untrained: (training: Recording, unseenInputs: Recording)? = nil, positions: [Int]? = nil,
    _ options: LinearProbe.Options = .init(), steps: (_ position: Int) -> [Int] = { Array(0..<$0) }
  ) throws {
    let places = (positions ?? Set(training.rows.positions).sorted()).flatMap { position in
      steps(position).map { (position, $0) }
    }
    var results = [Result<Cell, any Error>?](repeating: nil, count: places.count)
    results.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let buffer = buffer
      inParallel(places.count) { index in
        let (position, step) = places[index]
        func states(_ recording: Recording) throws -> ProbeStates {
          try ProbeStates(recording, positions: [position], steps: [step])
        }
        buffer[index] = Result {
          Cell(
            position: position, step: step,
            probe: try LinearProbe(
              .word, training: try states(training), unseenInputs: try states(unseenInputs),
              untrained: try untrained.map { (try states($0.training), try states($0.unseenInputs)) }, options
            ))
        }
      }
    }
    cells = try results.compactMap { try $0?.get() }
    let told = cells.indices.filter { cells[$0].probe.unseenInputs.measurement != nil }
    let adjusted = holmAdjusted(told.compactMap { cells[$0].probe.unseenInputs.measurement?.null.pValue })
    for (index, pValue) in zip(told, adjusted) { cells[index].adjustedPValue = pValue }
  }
}
