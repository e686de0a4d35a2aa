import LinearAlgebra
import Networks

/// R1: whether w can be read from the state at each (T, t), with T and t fixed so that nothing else can give it away.
public struct TokenProbes: Codable, Sendable, Equatable {
  /// One (T, t).
  public struct Cell: Codable, Sendable, Equatable {
    /// T.
    public let position: Int
    /// t.
    public let step: Int
    /// The probe for w among the rows of this T at this t.
    public let probe: LinearProbe
    /// The p-value of the accuracy, adjusted over all cells (Holm 1979); nil if the accuracy is not determined.
    public internal(set) var adjustedPValue: Double?

  }

  /// By T, then t.
  public internal(set) var cells: [Cell]

  /// Fits and tests a probe for each (T, t), several at a time.
  ///
  /// - Parameters:
  ///   - training: Select.
  ///   - unseenInputs: Verify.
  ///   - untrained: The same of an untrained model, for the floor.
  ///   - positions: By default all T of Select.
  ///   - noise: The standard deviation of normal noise that is added to every unit, beside the spread of all states of the
  ///     recording (the root of the units' mean variance): the same for two models whose states differ in size.
  ///   - steps: Of each T; by default t = 0 … T − 1, while the token is to be kept.
  /// - Throws: As `LinearProbe` and `ProbeStates`; `AnalysisError.invalidOption`.
  public init(
    training: Recording, unseenInputs: Recording,
    untrained: (training: Recording, unseenInputs: Recording)? = nil, positions: [Int]? = nil,
    noise: Float = 0, _ options: LinearProbe.Options = .init(),
    steps: (_ position: Int) -> [Int] = { Array(0..<$0) }
  ) throws {
    try AnalysisError.require("noise", noise, in: 0...(.infinity))
    let places = (positions ?? Set(training.rows.positions).sorted()).flatMap { position in
      steps(position).map { (position, $0) }
    }
    cells = try parallelMap(places.count) { index in
      let (position, step) = places[index]
      var seed = options.seed &+ UInt64(index) &* 4
      func states(_ recording: Recording) throws -> ProbeStates {
        let states = try ProbeStates(recording, positions: [position], steps: [step])
        if noise == 0 { return states }
        seed &+= 1
        return states.withNoise(noise * recording.decoder.states.spread, seed: seed)
      }
      return Cell(
        position: position, step: step,
        probe: try LinearProbe(
          .word, training: try states(training), unseenInputs: try states(unseenInputs),
          untrained: try untrained.map { (try states($0.training), try states($0.unseenInputs)) }, options
        ))
    }
    let told = cells.indices.filter { cells[$0].probe.unseenInputs.measurement != nil }
    let adjusted = holmAdjusted(told.compactMap { cells[$0].probe.unseenInputs.measurement?.null.pValue })
    for (index, pValue) in zip(told, adjusted) { cells[index].adjustedPValue = pValue }
  }
}
