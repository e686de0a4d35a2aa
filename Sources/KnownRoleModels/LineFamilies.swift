import Foundation
import LinearAlgebra
import Networks
import Tasks

/// The families in which the word goes through units that stand for the time left.
extension HandMadeNetwork {
  /// `delayLine`, whose places hold the bits of a word, ±, or `jointCode`, whose places have a unit for each word.
  mutating func buildLine() throws {
    let isJoint = family == .jointCode
    let features = (0..<(isJoint ? options.words : options.bits)).map { _ in component() }
    for word in words {
      for (number, component) in features.enumerated() {
        let value: Float = isJoint ? (word - 3 == number ? 1 : 0) : code(word, number)
        try embed(word, component, value * atanh(Self.amplitude))
      }
    }
    // [place][feature][copy]; place 0 is read by the logits.
    var line: [[[Int]]] = []
    for place in 0...options.longest {
      line.append(features.map { _ in take(options.copies, place == 0 ? .outputting : .mixed) })
    }
    for (place, units) in line.enumerated() {
      let asked = place == 0 ? nil : component()
      if let asked { try embed(self.place(place), asked, 1) }
      for (feature, copies) in zip(features, units) {
        for unit in copies {
          // Each word is written at all places but 0; the token that asks for T clears the others.
          try update(.encoder, unit, 0)
          if let asked {
            try input(asked, .update, unit, 10)
            try input(feature, .candidate, unit, 1)
          }
          try update(.decoder, unit, 0)
        }
      }
    }
    // ±0.9 and 0 are the fixed points of tanh(slope · h).
    let slope = atanh(Self.amplitude) / Self.amplitude / Float(options.copies)
    for (units, next) in zip(line, line.dropFirst()) {
      for (receivers, givers) in zip(units, next) {
        for unit in receivers { for giver in givers { try edge(giver, .candidate, unit, slope) } }
      }
    }
    let gain = 4 * options.strength
    for (feature, units) in line[0].enumerated() {
      for unit in units {
        for word in words {
          let weight: Float = isJoint ? (word - 3 == feature ? 1 : 0) : code(word, feature)
          try logit(unit, word, weight * gain / Self.amplitude / Float(options.copies))
        }
      }
    }
    // The word is ahead of EOS after the end, EOS of the filler, the filler of words that are not whole.
    let fillerLogit = isJoint ? options.strength : gain * (Float(options.bits) - 0.5)
    try logitBias(filler, fillerLogit)
    try addEnding(before: fillerLogit - 2 * options.strength, after: fillerLogit + options.strength)
    try forbidOthers(-gain * Float(options.bits + 2))
  }
}
