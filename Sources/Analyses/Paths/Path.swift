import Networks

/// A path through the unrolled graph: from the state of senders through gates of receivers to their state, through more
/// such hops, to the logits.
///
///     // counting → c of triggering → z of outputting → logits
///     Path(from: counting, [Path.Hop(.candidate, of: triggering), Path.Hop(.update, of: outputting)])
public struct Path: Codable, Sendable, Hashable {
  /// From states to gates of the next step, and to the states that follow from these.
  public struct Hop: Codable, Sendable, Hashable {
    /// The receivers' gates that see the change; several are changed together.
    public var gates: [Gate]
    /// The units whose gates see the change.
    public var receivers: [Int]

    /// From the states before, through several gates of some units.
    public init(_ gates: [Gate], of receivers: [Int]) {
      (self.gates, self.receivers) = (gates, receivers)
    }

    /// The same, the gates one after the other: `.init(.update, .reset, of: units)`.
    public init(_ gates: Gate..., of receivers: [Int]) { self.init(gates, of: receivers) }
  }

  /// Who sees the states at the path's end.
  public enum End: String, Codable, Sendable {
    /// The logits at T, directly: every edge of the path is named.
    case logits
    /// Everything after the last gates: what they change is computed on freely, as in Wang and others 2022.
    case everything
  }

  /// The units whose state is changed, counted from 0.
  public var senders: [Int]
  /// In the order of time: each takes one step.
  public var hops: [Hop]
  /// Who sees the path's last states.
  public var end: End

  /// A path from senders to the logits, unless said otherwise; without hops it is the direct one.
  public init(from senders: [Int], _ hops: [Hop], to end: End = .logits) {
    (self.senders, self.hops, self.end) = (senders, hops, end)
  }

  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.tooFewRows` for an empty set or a path without a hop,
  ///   `.invalidOption` for a gate twice or one that a GRU does not have.
  func check(_ equations: GateEquations) throws {
    for set in [senders] + hops.map(\.receivers) where try unitSet(set, of: equations.units).isEmpty {
      throw AnalysisError.tooFewRows(condition: "a unit in a set of the path", found: 0, needed: 1)
    }
    guard !hops.isEmpty, hops.allSatisfy({ !$0.gates.isEmpty }) else {
      throw AnalysisError.tooFewRows(condition: "a gate on the path", found: 0, needed: 1)
    }
    for hop in hops {
      guard Set(hop.gates).count == hop.gates.count else {
        throw AnalysisError.invalidOption(
          name: "the gates of a hop", value: "\(hop.gates.map(\.rawValue))", expected: "each gate once")
      }
      for gate in hop.gates { _ = try equations.column(gate, 0) }
    }
  }
}
