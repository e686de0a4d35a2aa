/// A set of units and what an exchange of them between two rows must exchange.
public struct InterchangeRole: Codable, Sendable, Hashable {
  /// What moves with the units from row to row, while all else stays.
  public enum Moved: String, Codable, Sendable, CaseIterable {
    /// The word that is asked for: the paper's storing units.
    case word
    /// When it is due: the counting units.
    case place
    /// Whether it is due at the next step: the triggering units. Where another row's say so, the word comes at t + 1; where
    /// they don't, it doesn't come then. What is written after it is nobody's question.
    case start
    /// What is written at t, be it the word or the filler: the outputting units. Only the output reads the other row's.
    case token

    /// Who reads what is exchanged.
    var reader: StateExchange.Reader { self == .token ? .output : .nextStep }
  }

  /// Units of the decoder's layer, each once.
  public var units: [Int]
  /// What an exchange of the units must move.
  public var moves: Moved

  /// Units, and what an exchange of them is trained to move.
  public init(units: [Int], moves: Moved) {
    self.units = units
    self.moves = moves
  }
}

extension Seq2Seq {
  /// Throws `NetworkError.invalidOption` for roles that no training can give.
  func check(_ roles: [InterchangeRole]) throws {
    func invalid(_ value: Any, _ expected: String) -> NetworkError {
      .invalidOption(name: "roles", value: "\(value)", expected: expected)
    }
    try checkHasOneDecoderLayer()
    if roles.isEmpty { throw invalid("none", "at least one") }
    var taken = Set<Int>()
    for (number, role) in roles.enumerated() {
      if role.units.isEmpty { throw invalid("role \(number) without units", "at least one unit in each") }
      for unit in role.units {
        guard (0..<configuration.units).contains(unit) else {
          throw invalid("unit \(unit)", "units from 0 to \(configuration.units - 1)")
        }
        guard taken.insert(unit).inserted else {
          throw invalid("unit \(unit) twice", "each unit in one role")
        }
      }
    }
    for moved in InterchangeRole.Moved.allCases where roles.count(where: { $0.moves == moved }) > 1 {
      throw invalid("two that move the \(moved.rawValue)", "one role for each")
    }
  }
}
