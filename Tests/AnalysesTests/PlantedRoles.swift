import Analyses
import Foundation
import KnownRoleModels
import LinearAlgebra
import Networks
import Tasks

/// A GRU built by hand that puts a token in its place by four kinds of units, as a chain.
///
/// - `storing` units hold ±1 for the two words from the encoder on.
/// - `counting` units hold x = ½ · 0.85^(t − T) − 1, which falls by 15 % a step.
/// - `triggering` units are −1, and 1 from step T − 1 on: their candidates read the counting units.
/// - `outputting` units are 0 as long as their update gates are shut. The triggering units open these, at step T; then
///   the units take the word from the storing ones. They alone tell the words apart in the logits.
/// - `ending` reads the token that is fed: after a word it writes EOS. `bystanders` hold the word; nothing reads them.
///
/// So the edges are: counting → c of triggering, triggering → z of outputting, storing → c of outputting, outputting →
/// logits; no others. Of each pair both units are needed.
///
/// With a `mixed` code one pair, `storing` and `counting` at once, holds ±0.26 · 0.85^(t − T): its sign is the word, its
/// size the time left. One of the triggering units then asks whether it is below a bound, the other whether it is
/// above minus the bound.
struct PlantedRoles {
  enum Code: CaseIterable { case separate, mixed }

  static let units = 32
  static let longest = 8
  let code: Code
  let storing: [Int]
  let counting: [Int]
  let triggering = [9, 24]
  let outputting = [4, 27]
  let ending = 16
  let bystanders = [3]
  private(set) var model: Seq2Seq
  let data: Dataset

  init(_ code: Code = .separate) throws {
    self.code = code
    storing = [13, 30]
    counting = code == .mixed ? [13, 30] : [7, 20]
    data = LastTokenAutoencoder(longest: Self.longest, rowsPerCell: 100).heldOut(seed: 3)
    model = Seq2Seq(Configuration(units: Self.units, vocabulary: data.vocabulary), seed: 1)
    var builder = try ParameterBuilder(model)
    try builder.setEncoder(self)
    try builder.setDecoder(self)
    try builder.setOutput(self)
    model = builder.model
  }

  /// Distinct test rows of the given positions.
  func rows(_ positions: ClosedRange<Int>) -> Rows {
    data.test.distinct.filter { _, position, _ in positions.contains(position) }
  }

  /// Distinct rows of the given positions from training: enough of them, and none in the test.
  func others(_ positions: ClosedRange<Int>) -> Rows {
    data.training.distinct.filter { _, position, _ in positions.contains(position) }
  }

  /// Units that count words in the encoder, one for each count, and are empty in the decoder.
  fileprivate var register: [Int] {
    let taken = storing + counting + triggering + outputting + bystanders + [ending]
    return Array((0..<Self.units).filter { !taken.contains($0) }.prefix(Self.longest + 1))
  }
}

private let (wordA, wordB) = (Int(LastTokenAutoencoder.words[0]), Int(LastTokenAutoencoder.words[1]))

extension ParameterBuilder {
  /// The blocks of a GRU's kernels.
  private enum Block: Int { case update, reset, candidate }

  private mutating func set(_ name: String, _ row: Int, _ block: Block, _ unit: Int, _ value: Float) throws {
    try set(name, row, block.rawValue * PlantedRoles.units + unit, value)
  }

  fileprivate mutating func setEncoder(_ roles: PlantedRoles) throws {
    let register = roles.register
    // Components of the embedding: 0 for a, 1 for b, 2 for EOS, 3 for any word, 4 for SOS.
    for (token, component) in [
      (wordA, 0), (wordB, 1), (Int(Vocabulary.eos), 2), (wordA, 3), (wordB, 3), (Int(Vocabulary.sos), 4),
    ] {
      try set("encoder.embedding", token, component, 1)
    }
    for unit in 0..<PlantedRoles.units {
      // z = 0, r = 1: every unit is written anew, from the whole state.
      try set("encoder.0.bias", 0, .update, unit, -2.5)
      try set("encoder.0.bias", 0, .reset, unit, 2.5)
    }
    for (count, unit) in register.enumerated() {
      try set("encoder.0.kernel", 4, .candidate, unit, count == 0 ? 20 : -20)
      if count == 0 {
        try set("encoder.0.kernel", 3, .candidate, unit, -20)
      } else {
        try set("encoder.0.recurrent", register[count - 1], .candidate, unit, 5)
      }
    }
    for unit in roles.storing + roles.bystanders {
      try set("encoder.0.kernel", 0, .candidate, unit, 3)
      try set("encoder.0.kernel", 1, .candidate, unit, -3)
      // z = 1 at EOS; the mixed code sets its own.
      if roles.code == .separate || roles.bystanders.contains(unit) {
        try set("encoder.0.kernel", 2, .update, unit, 10)
      }
    }
    // At EOS the register has one unit at 1 and the others at −1: Σ value / 2 · register + Σ value / 2 is the value
    // of that one.
    for unit in roles.counting {
      let block: Block = roles.code == .mixed ? .update : .candidate
      var sum: Float = 0
      for position in 1...PlantedRoles.longest {
        let decay = pow(0.85, -Float(position))
        // Mixed: EOS multiplies the ±tanh 3 that is held by z = 0.26 · 0.85^−T / tanh 3.
        let value = block == .update ? 5 * (0.26 * decay / tanhf(3) - 0.5) : atanh(0.5 * decay - 1)
        try set("encoder.0.recurrent", register[position], block, unit, value / 2)
        sum += value / 2
      }
      if block == .update {
        try set("encoder.0.bias", 0, .update, unit, -20)
        try set("encoder.0.kernel", 2, .update, unit, 20 + sum)
      } else {
        try set("encoder.0.kernel", 2, .candidate, unit, sum)
      }
    }
    // If T = 1, the count has ended before the first step.
    for unit in roles.triggering { try set("encoder.0.recurrent", register[1], .candidate, unit, 3) }
  }

  fileprivate mutating func setDecoder(_ roles: PlantedRoles) throws {
    for token in [wordA, wordB, Int(Vocabulary.eos)] { try set("decoder.embedding", token, 0, 1) }
    for unit in 0..<PlantedRoles.units {
      try set("decoder.0.bias", 0, .update, unit, -2.5)
      try set("decoder.0.bias", 0, .reset, unit, 2.5)
    }
    for unit in roles.storing + roles.bystanders { try set("decoder.0.bias", 0, .update, unit, 2.5) }
    for unit in roles.counting {
      // z = 0.85, c = −1; in the mixed code c = 0.
      try set("decoder.0.bias", 0, .update, unit, 1.75)
      if roles.code == .separate { try set("decoder.0.bias", 0, .candidate, unit, -10) }
    }
    for (index, unit) in roles.triggering.enumerated() {
      // On as soon as the count that step T − 1 reads is below its bound; mixed: ±count.
      let (slope, bound): (Float, Float) =
        roles.code == .separate ? (80, -0.247) : (index == 0 ? 160 : -160, 0.391)
      try set("decoder.0.bias", 0, .candidate, unit, abs(slope) * bound)
      for counter in roles.counting { try set("decoder.0.recurrent", counter, .candidate, unit, -slope / 2) }
    }
    for unit in roles.outputting {
      // z = 1 unless both triggering units are on, then 0.
      try set("decoder.0.bias", 0, .update, unit, 3)
      for trigger in roles.triggering { try set("decoder.0.recurrent", trigger, .update, unit, -3) }
      let slope: Float = roles.code == .separate ? 5 : 16
      for storing in roles.storing { try set("decoder.0.recurrent", storing, .candidate, unit, slope / 2) }
    }
    try set("decoder.0.kernel", 0, .candidate, roles.ending, 3)
  }

  fileprivate mutating func setOutput(_ roles: PlantedRoles) throws {
    for token in 0..<roles.data.vocabulary.count { try set("output.bias", 0, token, -1000) }
    // Not quite alike, or rounding would decide which of them is ranked first.
    for (index, unit) in roles.outputting.enumerated() {
      let weight: Float = index == 0 ? 15.001 : 14.999
      try set("output.kernel", unit, wordA, weight)
      try set("output.kernel", unit, wordB, -weight)
    }
    try set("output.bias", 0, wordA, 0)
    try set("output.bias", 0, wordB, 0)
    try set("output.bias", 0, Int(LastTokenAutoencoder.filler), 18)
    try set("output.bias", 0, Int(Vocabulary.eos), 0)
    try set("output.kernel", roles.ending, Int(Vocabulary.eos), 60)
  }
}
