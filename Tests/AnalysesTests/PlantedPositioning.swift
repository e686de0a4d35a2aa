import Analyses
import Foundation
import KnownRoleModels
import LinearAlgebra
import Networks
import Tasks

/// A GRU built by hand that puts a token in its place by known units.
///
/// - `storing` units hold ±1 for the two words from the encoder on; their mean decides which word is written.
/// - `counting` units hold x = ½ · 0.85^(t − T) − 1, which falls by 15 % a step; their mean decides whether a filler,
///   the word or EOS is written. So they code the time left: with T known or not, they say when.
/// - `elapsed` units, if there are any, hold 1 − 0.85^t, the time gone; then `counting` units hold 1 − 0.85^T, and the
///   difference of both decides. So the model holds T and counts up to it.
/// - `bystanders` hold the word as storing units do, but nothing reads them.
///
/// The encoder counts words in a register of units, one for each count; when EOS comes, the counting units read it. In
/// the decoder the register is empty from step 1 on.
struct PlantedPositioning {
  static let units = 32
  static let longest = 8
  let storing: [Int]
  let counting: [Int]
  let model: Seq2Seq
  let data: Dataset

  init(
    storing: [Int] = [13, 30], counting: [Int] = [7, 20], elapsed: [Int] = [], bystanders: [Int] = [3]
  ) throws {
    self.storing = storing
    self.counting = counting
    let units = Self.units
    data = LastTokenAutoencoder(longest: Self.longest, rowsPerCell: 100).heldOut(seed: 3)
    var builder = try ParameterBuilder(
      Seq2Seq(Configuration(units: units, vocabulary: data.vocabulary), seed: 1))
    let (a, b) = (Int(LastTokenAutoencoder.words[0]), Int(LastTokenAutoencoder.words[1]))
    let eos = Int(Vocabulary.eos)
    let free = (0..<units).filter { !(storing + counting + elapsed + bystanders).contains($0) }
    let register = Array(free.prefix(Self.longest + 1))

    // Components of the embedding: 0 for a, 1 for b, 2 for EOS, 3 for any word, 4 for SOS.
    for (token, component) in [(a, 0), (b, 1), (eos, 2), (a, 3), (b, 3), (Int(Vocabulary.sos), 4)] {
      try builder.set("encoder.embedding", token, component, 1)
    }
    for unit in 0..<units {
      // z = 0, r = 1: every unit is written anew, from the whole state.
      try builder.set("encoder.0.bias", 0, unit, -2.5)
      try builder.set("encoder.0.bias", 0, units + unit, 2.5)
    }
    for unit in storing + bystanders {
      // z = 1 at EOS.
      try builder.set("encoder.0.kernel", 2, unit, 10)
      try builder.set("encoder.0.kernel", 0, 2 * units + unit, 3)
      try builder.set("encoder.0.kernel", 1, 2 * units + unit, -3)
    }
    for (count, unit) in register.enumerated() {
      try builder.set("encoder.0.kernel", 4, 2 * units + unit, count == 0 ? 20 : -20)
      if count == 0 {
        try builder.set("encoder.0.kernel", 3, 2 * units + unit, -20)
      } else {
        try builder.set("encoder.0.recurrent", register[count - 1], 2 * units + unit, 5)
      }
    }
    for unit in counting {
      var sum: Float = 0
      for position in 1...Self.longest {
        let start = atanh(
          elapsed.isEmpty ? 0.5 * pow(0.85, -Float(position)) - 1 : 1 - pow(0.85, Float(position)))
        try builder.set("encoder.0.recurrent", register[position], 2 * units + unit, start / 2)
        sum += start / 2
      }
      try builder.set("encoder.0.kernel", 2, 2 * units + unit, sum)
    }

    for unit in storing + bystanders { try builder.set("decoder.0.bias", 0, unit, 2.5) }
    for unit in elapsed.isEmpty ? counting : elapsed {
      // z = 0.85, c = −1, or 1.
      try builder.set("decoder.0.bias", 0, unit, 1.75)
      try builder.set("decoder.0.bias", 0, 2 * units + unit, elapsed.isEmpty ? -10 : 10)
    }
    // z = 1.
    if !elapsed.isEmpty { for unit in counting { try builder.set("decoder.0.bias", 0, unit, 2.5) } }
    for unit in register { try builder.set("decoder.0.bias", 0, unit, -2.5) }

    let filler = Int(LastTokenAutoencoder.filler)
    for token in 0..<data.vocabulary.count { try builder.set("output.bias", 0, token, -1000) }
    for unit in storing {
      try builder.set("output.kernel", unit, a, 5 / Float(storing.count))
      try builder.set("output.kernel", unit, b, -5 / Float(storing.count))
    }
    for unit in counting {
      try builder.set("output.kernel", unit, filler, 400 / Float(counting.count))
      try builder.set("output.kernel", unit, eos, -400 / Float(counting.count))
    }
    for unit in elapsed {
      try builder.set("output.kernel", unit, filler, -400 / Float(elapsed.count))
      try builder.set("output.kernel", unit, eos, 400 / Float(elapsed.count))
    }
    try builder.set("output.bias", 0, a, 0)
    try builder.set("output.bias", 0, b, 0)
    // The difference of a step is at least 0.04 up to T = 8.
    try builder.set("output.bias", 0, filler, elapsed.isEmpty ? 400 * (1 - 0.543) : -8)
    try builder.set("output.bias", 0, eos, elapsed.isEmpty ? 400 * (0.46 - 1) : -8)
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
}

extension ParameterBuilder {
  /// h' = tanh(−2 h) goes to and fro between ± the zero of tanh(2 h) = h, and writes the words 3 and 4 in turn.
  static func twoWordsInTurn(_ vocabulary: Vocabulary) throws -> Seq2Seq {
    var builder = try Self(
      Seq2Seq(Configuration(units: 1, vocabulary: vocabulary, cell: .simpleRNN), seed: 1))
    try builder.set("encoder.0.bias", 0, 0, 1)
    try builder.set("decoder.0.recurrent", 0, 0, -2)
    try builder.set("output.kernel", 0, 4, 1)
    try builder.set("output.kernel", 0, 3, -1)
    return builder.model
  }
}
