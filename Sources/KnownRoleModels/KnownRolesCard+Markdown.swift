import Tasks

extension KnownRoles.Family {
  /// What a model of the family is, in a sentence.
  public var description: String {
    switch self {
    case .registerAndCountdown:
      "Separate units store the word, count the time left, start the output and write it."
    case .registerAndUpCounter: "Separate units hold T, and the time gone is counted up to it."
    case .delayLine: "The word is handed from unit to unit, one place a step; nothing counts."
    case .jointCode: "One unit for each pair of word and time left."
    case .rotated: "Word and time left lie in two subspaces at right angles, which no unit is along."
    case .redundant:
      "Separate units store, count, start and write, and a second register tells the word as well."
    case .nothing: "Random initial values: no role, and no solution of the task."
    case .trained:
      "Learnt weights; given units move the word where they are exchanged, others its place, and in some models others start it "
        + "or are what is written."
    case .shuffledRequests: "Trained with the targets of other rows: no role, and no solution of the task."
    }
  }

  /// How its weights came to be.
  var howMade: String {
    switch self {
    case .trained:
      "Interchange intervention training: in a batch, given units are exchanged between rows at a step, and what they stand for "
        + "in their targets with them. Units outside the roles may hold word and place as well."
    case .shuffledRequests: "Trained by gradient descent with the targets of other rows of the same length."
    case .nothing: "Random initial values."
    default: "Every weight was set by hand."
    }
  }
}

extension KnownRoles.Card {
  /// The card as a page.
  public var markdown: String {
    func text(_ tokens: [Int32]) -> String { tokens.map { vocabulary[Int($0)] }.joined(separator: " ") }
    var lines = [
      "# \(family.rawValue), \(units) units, seed \(seed)", "", description, "", howMade, "",
      "- Licence: \(licence)", "- Token accuracy on unseen sentences: \(tokenAccuracy)",
    ]
    if let exchangeAccuracy { lines.append("- Least exchange accuracy at any step: \(exchangeAccuracy)") }
    if let isTight {
      lines.append(
        isTight
          ? "- Tight: every unit of a role is needed, so that overlap with the roles is a score."
          : "- Loose: parts of the roles do as well, so that overlap is no score; exchange accuracy is one.")
    }
    lines += ["", "## Roles", ""]
    for (role, units) in roles.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      lines.append("- \(role.rawValue): \(units.map(String.init).joined(separator: ", "))")
    }
    if roles.isEmpty { lines.append("No unit has a role of its own.") }
    if let needed { lines.append("- needed: \(needed.map(String.init).joined(separator: ", "))") }
    lines += ["", "## The model", "", "A GRU encoder and a GRU decoder with the equations", ""]
    lines += equations.map { "    \($0)" }
    lines += ["", "## The task", "", task, ""]
    lines += examples.prefix(3).map { "    \(text($0.input)) → \(text($0.written))" }
    lines += ["", "## What a method should say", ""]
    lines += expected.map { "- \($0.claim): \($0.answer.rawValue). \($0.reason)" }
    lines += [
      "", "`card.json` holds the same, the vocabulary, and exchanges of roles with what is then written.", "",
    ]
    return lines.joined(separator: "\n")
  }
}
