import Foundation
import LinearAlgebra
import Networks
import Tasks

/// The families with a register, a counter, a trigger and units that write.
extension HandMadeNetwork {
  /// Where the trigger asks whether the time left is over: between two steps, nearer to the earlier one so that the mean of
  /// both is on its other side, and no copy alone decides.
  private static let due: Float = 2.35

  /// `registerAndCountdown`, `registerAndUpCounter` or `redundant`.
  mutating func buildRegister() throws {
    let copies = options.copies
    // ± for each bit, or where there are two registers 1 for the word and 0 for all others.
    let isOneHot = family == .redundant
    let features = (0..<(isOneHot ? options.words : options.bits)).map { _ in component() }
    for word in words {
      for (number, component) in features.enumerated() {
        let value: Float = isOneHot ? (word == words[number] ? 1 : 0) : code(word, number)
        try embed(word, component, value * atanh(Self.amplitude))
      }
    }
    let triggering = take(copies, .triggering)
    let storing = try addRegister(features, .storing, clearedBy: triggering)
    let backup = isOneHot ? try addRegister(features, .backup, clearedBy: triggering) : nil
    if family == .registerAndUpCounter {
      try addUpCounter(into: triggering)
    } else {
      try addCountdown(into: triggering)
    }
    // If T = 1, the time is over before the first step.
    let first = component()
    for position in 1...options.longest { try embed(place(position), first, position == 1 ? 3 : -3) }
    for unit in triggering {
      try update(.encoder, unit, 0)
      try input(first, .candidate, unit, 1)
      try update(.decoder, unit, 0)
    }
    try addOutput(storing, backup, openedBy: triggering)
  }

  /// For each feature of a word its units: they take it from each word, and keep it from the token on that asks for a
  /// position.
  private mutating func addRegister(
    _ features: [Int], _ role: KnownRoles.Role, clearedBy triggering: [Int]
  ) throws -> [[Int]] {
    try features.map { feature in
      let units = take(options.copies, role)
      for unit in units {
        try update(.encoder, unit, 0)
        try input(isPlace, .update, unit, 10)
        try input(feature, .candidate, unit, 1)
        try openWhenAllAreOn(triggering, unit)
      }
      return units
    }
  }

  /// z = 1, and 0 after a step at which all of the triggering units are on.
  private mutating func openWhenAllAreOn(_ triggering: [Int], _ unit: Int) throws {
    let count = Float(triggering.count)
    // Between all on and all but one; a single one that is 0 is not on.
    let bound = (1 + max(0, (count - 2) / count)) / 2
    let slope = 2.8 / (1 - bound)
    try bias(.decoder, .update, unit, slope * bound)
    for trigger in triggering { try edge(trigger, .update, unit, -slope / count) }
  }

  /// x = B · 0.85^(t − T) − 1.
  private mutating func addCountdown(into triggering: [Int]) throws {
    let decay = Self.decay
    let scale = 1.9 * pow(decay, Float(options.longest))
    let start = component()
    for position in 1...options.longest {
      try embed(place(position), start, atanh(scale * pow(decay, -Float(position)) - 1))
    }
    let counting = take(options.copies, .counting)
    for unit in counting {
      try update(.encoder, unit, 0)
      try input(start, .candidate, unit, 1)
      try update(.decoder, unit, decay)
      try bias(.decoder, .candidate, unit, -20)
    }
    let bound = scale * pow(decay, -Self.due)
    let slope = 3 / (bound - scale * pow(decay, -2))
    for trigger in triggering {
      try bias(.decoder, .candidate, trigger, slope * (bound - 1))
      for unit in counting { try edge(unit, .candidate, trigger, -slope / Float(counting.count)) }
    }
  }

  /// 1 − 0.85^T held, 1 − 0.85^t counted.
  private mutating func addUpCounter(into triggering: [Int]) throws {
    let decay = Self.decay
    let start = component()
    for position in 1...options.longest {
      try embed(place(position), start, atanh(1 - pow(decay, Float(position))))
    }
    let counting = take(options.copies, .counting)
    let elapsed = take(options.copies, .elapsed)
    for unit in counting {
      try update(.encoder, unit, 0)
      try input(start, .candidate, unit, 1)
      try update(.decoder, unit, 1)
    }
    for unit in elapsed {
      try update(.decoder, unit, decay)
      try bias(.decoder, .candidate, unit, 20)
    }
    try compare(
      elapsed: elapsed, held: counting, longest: options.longest, steps: Self.due, into: triggering)
  }

  /// Units that take the word at T, `copies` for each word, and the logits that read them.
  private mutating func addOutput(
    _ storing: [[Int]], _ backup: [[Int]]?, openedBy triggering: [Int]
  ) throws {
    let strength = options.strength
    // The filler's logit is `strength` above those of words that are off; that of EOS, once the sentence has ended, twice.
    let gain = (backup == nil ? 8 : 5) * strength
    for (number, word) in words.enumerated() {
      for unit in take(options.copies, .outputting) {
        try openWhenAllAreOn(triggering, unit)
        let whole: Float
        if let backup {
          whole = try readEither(storing[number], backup[number], into: unit)
        } else {
          whole = try readAll(storing, of: word, into: unit)
        }
        try logit(unit, word, gain / whole / Float(options.copies))
      }
    }
    try logitBias(filler, strength)
    try addEnding(before: 0, after: 2 * strength)
    try forbidOthers(-10 * strength)
  }

  /// A candidate that is tanh 3 if all units of the register have the bits of a word, and negative if but one is 0.
  private mutating func readAll(_ storing: [[Int]], of word: Int, into unit: Int) throws -> Float {
    let weight: Float = 3 / 0.8
    for (bit, copies) in storing.enumerated() {
      for stored in copies {
        try edge(stored, .candidate, unit, weight * code(word, bit) / Self.amplitude)
      }
    }
    try bias(.decoder, .candidate, unit, 3 - weight * Float(options.bits * options.copies))
    return tanh(3)
  }

  /// A candidate that grows with what two registers say of a word, three to two: where they differ the first is ahead, and each
  /// alone is enough.
  private mutating func readEither(_ storing: [Int], _ backup: [Int], into unit: Int) throws -> Float {
    let slope: Float = 0.8
    for (register, share) in [(storing, Float(0.6)), (backup, 0.4)] {
      for stored in register {
        try edge(stored, .candidate, unit, slope * share / Self.amplitude / Float(register.count))
      }
    }
    return tanh(slope)
  }
}
