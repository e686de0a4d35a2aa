import Networks

extension KnownRoles {
  /// How many units are trained into each role.
  public struct RoleSizes: Codable, Sendable, Hashable {
    /// At least 1: they hold the word.
    public var storing: Int
    /// At least 1: they hold when it is due.
    public var counting: Int
    /// 0 where no units start the word alone.
    public var triggering: Int
    /// 0 where no units are what is written.
    public var outputting: Int

    /// Sizes whose sum is at most the number of units; without more, two roles of four units.
    public init(storing: Int = 4, counting: Int = 4, triggering: Int = 0, outputting: Int = 0) {
      self.storing = storing
      self.counting = counting
      self.triggering = triggering
      self.outputting = outputting
    }

    /// A quarter of the units each for storing and counting, an eighth each for triggering and outputting, of which there are
    /// eight at least: with four, no training of three wrote eight words.
    public static func fourRoles(of units: Int) -> RoleSizes {
      RoleSizes(
        storing: units / 4, counting: units / 4, triggering: units / 8, outputting: max(8, units / 8))
    }

    var sum: Int { storing + counting + triggering + outputting }

    /// Each role's size, and the least that it can be.
    var each: [(role: Role, count: Int, least: Int)] {
      [
        (.storing, storing, 1), (.counting, counting, 1), (.triggering, triggering, 0),
        (.outputting, outputting, 0),
      ]
    }
  }
}

extension KnownRoles.Role {
  /// What an exchange of its units moves in training; nil for roles that no training gives.
  var moved: InterchangeRole.Moved? {
    switch self {
    case .storing: .word
    case .counting: .place
    case .triggering: .start
    case .outputting: .token
    case .mixed, .backup, .elapsed, .ending, .noise: nil
    }
  }
}
