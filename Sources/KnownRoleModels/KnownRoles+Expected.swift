import Analyses

extension KnownRoles {
  /// The known answer to one claim.
  public struct Expectation: Codable, Sendable, Hashable {
    /// What a judge of the claim must find.
    public enum Answer: String, Codable, Sendable, CaseIterable {
      /// The claim holds at every condition.
      case met
      /// It does not.
      case notMet
      /// There is nothing that could have decided it.
      case cannotBeTold
    }

    /// R0 … R9.
    public let claim: String
    /// What the design decides.
    public let answer: Answer
    /// What of the design decides it.
    public let reason: String

    /// Of models trained with exchanges from earlier steps.
    static let late = Expectation(
      claim: "R4", answer: .met,
      reason: "Verified: the counting units of the step before make the word come by the time left then.")
  }
}

extension KnownRoles.Family {
  /// What theory says of each claim that the design decides, R0 first. Of the others nothing is said: what a claim measures on
  /// sets of units is not decided where no units have the role.
  ///
  /// Worked out after first results had been seen: that R2 can't be told where each storing unit is needed, nor R5 where one
  /// unit counts, and that R1 of *rotated*, whose code is small beside the noise that is added, is not decided.
  ///
  /// - Parameter copies: A single counting unit is a random set of one, once in as many draws as there are units.
  public func expected(copies: Int) -> [KnownRoles.Expectation] {
    answers(copies).map { .init(claim: $0, answer: $1, reason: $2) }
  }

  private typealias Answer = (String, KnownRoles.Expectation.Answer, String)

  private func answers(_ copies: Int) -> [Answer] {
    switch self {
    case .registerAndCountdown:
      [solved, read, needed, suffices]
        + [
          ("R4", .met, "The count is the only clock of the word."),
          countsDown(copies),
        ] + chain + [same]
    case .registerAndUpCounter:
      [solved, read, needed, suffices]
        + [
          ("R4", .notMet, "The counting units hold T: their value of the step before is the same."),
          (
            "R5", .notMet, "The counting units hold T: from another step they put the word at the source's T."
          ),
          starts, writes,
          ("R8", .notMet, "The counting units hold T, and the time gone is no part of the chain."), same,
        ]
    case .redundant:
      [
        solved, read, ("R2", .notMet, "Without the storing units, the backup tells the word."), suffices,
        ("R4", .met, "The count is the only clock of the word."),
        countsDown(copies),
      ] + chain + [same]
    case .delayLine, .jointCode:
      [
        solved, read,
        ("R4", .notMet, "What is exchanged brings the word with the time: no units keep the time alone."),
        ("R5", .notMet, "No units have the time left and not the word."),
        ("R6", .notMet, "The update gates are constant: nothing passes through them."),
        ("R7", .met, "Place 0 gives all of the logits, and is 0 but at T."),
        ("R8", .notMet, "There is no trigger, and no gate for it to act on."),
        ("R9", .met, "The units that hold the word at t are those of T − t."),
      ]
    case .rotated:
      [
        solved,
        ("R4", .notMet, "Each unit that has some of the time has some of the word."),
        ("R6", .notMet, "The update gates are constant: nothing passes through them."),
        ("R8", .notMet, "There is no trigger, and no gate for it to act on."),
      ]
    case .nothing: [("R0", .notMet, "It was never trained.")] + writesNoWord
    case .shuffledRequests:
      [("R0", .notMet, "Its targets had nothing to do with what was asked.")] + writesNoWord
    // An exchange says what units do to what is written. Whether one probe reads them, what is lost without them, which gates
    // they act on and whether all are needed for each word is left to the training.
    case .trained: [("R0", .met, "Verified on unseen sentences.")]
    }
  }

  private var writesNoWord: [Answer] {
    [3, 5, 6, 7, 8].map {
      ("R\($0)", .notMet, "It writes no word in its place, so that no units can do so.")
    }
  }
  private var solved: Answer { ("R0", .met, "Built to solve the task, with a margin.") }
  private var read: Answer { ("R1", .met, "At each T and t the word is a linear function of the state.") }
  private var needed: Answer {
    (
      "R2", .cannotBeTold,
      "Each storing unit is needed: a random set with but one of them loses as much as all."
    )
  }
  private var suffices: Answer {
    ("R3", .met, "With T and t fixed, all that differs is the word, which they hold.")
  }
  private func countsDown(_ copies: Int) -> Answer {
    copies == 1
      ? ("R5", .cannotBeTold, "The one counting unit is too often among random sets of one unit.")
      : ("R5", .met, "x = B · 0.85^(t − T) − 1 is a function of the time left alone.")
  }
  private var starts: Answer { ("R6", .met, "The trigger opens the update gates of the outputting units.") }
  private var writes: Answer {
    ("R7", .met, "The logits of the words read nothing else, and it changes at T.")
  }
  private var chain: [Answer] {
    [
      starts, writes,
      ("R8", .met, "Counting, triggering, storing and outputting units are all that is read, in that order."),
    ]
  }
  private var same: Answer { ("R9", .notMet, "The same units have the role at every w, T and t.") }
}
