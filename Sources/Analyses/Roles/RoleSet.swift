/// The four kinds of units that the paper describes.
public enum Role: String, Codable, Sendable, CaseIterable {
  /// Holds the word w from the input on until it is due.
  case storing
  /// Holds when it is due: the time left, T − t.
  case counting
  /// Starts the output when the time has come.
  case triggering
  /// Writes w into the logits at T.
  case outputting
}

/// A set of units found for a role, by what, and what it does on other rows than those that it was found on.
public struct RoleSet: Codable, Sendable, Equatable {
  /// One number that speaks for the set or against it.
  public struct Evidence: Codable, Sendable, Equatable {
    /// Such as "the word moves".
    public let what: String
    /// Measured on the rows that did not choose the set.
    public let effect: Effect
    /// What it must be.
    public let criterion: Criterion

    /// Whether this part of the criterion holds: for the set if it does, against it if not; nil if it can't be told.
    public var isMet: Bool? { criterion.isMet(by: effect) }
  }

  /// The role that was looked for.
  public let role: Role
  /// w; nil if the set is one for all words.
  public let word: Int32?
  /// T; nil if the set is one for all T.
  public let position: Int?
  /// t, the step of the decoder at which it has the role.
  public let step: Int
  /// Units, best first.
  public let ranking: [Int]
  /// What they are ranked by.
  public let rankedBy: String
  /// The set, in the order of the ranking; nil if no first part of the ranking does what the role says.
  public let units: [Int]?
  /// What it does on the rows that did not choose it, for and against; empty if there is no set.
  public let evidence: [Evidence]

  /// What the set must do there.
  public var criterion: String {
    evidence.map { "\($0.what): \($0.criterion.text)" }.joined(separator: "; ")
  }

  /// Whether all of the evidence is for the set, and there is a set; nil if some of it can't be told and none is against.
  public var meetsCriterion: Bool? {
    if units == nil || evidence.contains(where: { $0.isMet == false }) { return false }
    return evidence.allSatisfy { $0.isMet == true } ? true : nil
  }
}
