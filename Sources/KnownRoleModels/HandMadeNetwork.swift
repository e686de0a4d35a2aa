import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks

/// A GRU while it is put together by hand: units are taken one after the other from places drawn at random, and so are the
/// components of the encoder's embedding.
///
/// All units have r = 1. Nothing is fed to the decoder: its embedding is 0.
struct HandMadeNetwork {
  enum Side: String { case encoder, decoder }
  /// The blocks of a GRU's kernels.
  enum Gate: Int { case update, reset, candidate }

  /// What a counting state keeps of its distance from the end, each step.
  static let decay: Float = 0.85
  /// What a unit holds for a bit, ±.
  static let amplitude: Float = 0.9

  let family: KnownRoles.Family
  let options: KnownRoles.Options
  var builder: ParameterBuilder
  private(set) var roles: [KnownRoles.Role: [Int]] = [:]
  private var free: [Int]
  private var components = 0

  var units: Int { options.units }
  /// The tokens of the words, their order that of their codes.
  var words: [Int] { (0..<options.words).map { 3 + $0 } }
  var filler: Int { 3 + options.words }
  /// The token that asks for a position.
  func place(_ position: Int) -> Int { filler + position }

  /// A component that is 1 for words, and one that is 1 for the tokens that ask for a position.
  private(set) var isWord = 0
  private(set) var isPlace = 0

  init(_ family: KnownRoles.Family, _ options: KnownRoles.Options, _ vocabulary: Vocabulary) throws {
    (self.family, self.options) = (family, options)
    let needed = Self.needed(family, options) + options.noiseUnits
    guard options.units >= needed else {
      throw AnalysisError.invalidOption(
        name: "units", value: "\(options.units)",
        expected:
          "at least \(needed) for \(family.rawValue) with these words, lengths, copies and noise units")
    }
    var generator = SeededGenerator(seed: options.seed, label: "places of known roles")
    free = generator.shuffled(0..<options.units)
    builder = try ParameterBuilder(
      Seq2Seq(Configuration(units: options.units, vocabulary: vocabulary), seed: options.seed))
    for side in [Side.encoder, .decoder] {
      for unit in 0..<units { try bias(side, .reset, unit, 5) }
    }
    isWord = component()
    isPlace = component()
    for word in words { try embed(word, isWord, 1) }
    for position in 1...options.longest { try embed(place(position), isPlace, 1) }
  }

  /// How many units the roles of a family take; components of the embedding are never more.
  static func needed(_ family: KnownRoles.Family, _ options: KnownRoles.Options) -> Int {
    let (bits, copies, places) = (options.bits, options.copies, options.longest + 1)
    let ending = 3
    switch family {
    case .registerAndCountdown: return ending + (bits + options.words + 2) * copies
    case .registerAndUpCounter: return ending + (bits + options.words + 3) * copies
    case .redundant: return ending + (3 * options.words + 2) * copies
    case .delayLine: return ending + max(bits * places * copies, bits + places)
    case .jointCode: return ending + max(options.words * places * copies, options.words + places)
    case .rotated: return ending + (bits + 1) * copies + 1
    case .nothing, .trained, .shuffledRequests: return 0
    }
  }

  /// The next free units, which have the role from now on.
  mutating func take(_ count: Int, _ role: KnownRoles.Role) -> [Int] {
    let taken = Array(free.prefix(count))
    free.removeFirst(taken.count)
    roles[role, default: []] += taken
    return taken
  }

  /// The next free component of the encoder's embedding.
  mutating func component() -> Int {
    components += 1
    return components - 1
  }

  mutating func embed(_ token: Int, _ component: Int, _ value: Float) throws {
    try builder.set("encoder.embedding", token, component, value)
  }

  mutating func bias(_ side: Side, _ gate: Gate, _ unit: Int, _ value: Float) throws {
    try builder.set("\(side.rawValue).0.bias", 0, gate.rawValue * units + unit, value)
  }

  /// The encoder's weight from a component of the embedding.
  mutating func input(_ component: Int, _ gate: Gate, _ unit: Int, _ value: Float) throws {
    try builder.set("encoder.0.kernel", component, gate.rawValue * units + unit, value)
  }

  /// The decoder's weight from another unit.
  mutating func edge(_ from: Int, _ gate: Gate, _ unit: Int, _ value: Float) throws {
    try builder.set("decoder.0.recurrent", from, gate.rawValue * units + unit, value)
  }

  mutating func logit(_ unit: Int, _ token: Int, _ value: Float) throws {
    try builder.set("output.kernel", unit, token, value)
  }

  mutating func logitBias(_ token: Int, _ value: Float) throws {
    try builder.set("output.bias", 0, token, value)
  }

  /// The bias of an update gate that is constantly z, 0.2 a + 0.5 = z; beyond 0 and 1 with some room.
  static func bias(ofUpdate z: Float) -> Float { z >= 1 ? 5 : z <= 0 ? -5 : (z - 0.5) / 0.2 }

  /// Sets the update gate of a unit.
  mutating func update(_ side: Side, _ unit: Int, _ z: Float) throws {
    try bias(side, .update, unit, Self.bias(ofUpdate: z))
  }

  /// The bit of a word's code, ±1.
  func code(_ word: Int, _ bit: Int) -> Float { (word - 3) >> bit & 1 == 1 ? 1 : -1 }

  /// Ends the sentence after L tokens: the encoder counts L + 1 words (w is one of them) into `held` = 1 − 0.85^(L + 1),
  /// `elapsed` becomes 1 − 0.85^t, and `ended` is −1, and 1 from step L + 1 on.
  ///
  /// - Parameters:
  ///   - before: The logit of EOS before the end.
  ///   - after: That after it.
  mutating func addEnding(before: Float, after: Float) throws {
    let decay = Self.decay
    let units = take(3, .ending)
    let (held, elapsed, ended) = (units[0], units[1], units[2])
    try update(.encoder, held, 1)
    try input(isWord, .update, held, Self.bias(ofUpdate: decay) - Self.bias(ofUpdate: 1))
    try input(isWord, .candidate, held, 20)
    try update(.decoder, held, 1)
    try update(.decoder, elapsed, decay)
    try bias(.decoder, .candidate, elapsed, 20)
    try update(.decoder, ended, 0)
    try compare(elapsed: [elapsed], held: [held], longest: options.longest + 1, steps: 1.5, into: [ended])
    let eos = Int(Vocabulary.eos)
    try logitBias(eos, (before + after) / 2)
    try logit(ended, eos, (after - before) / 2)
  }

  /// Candidates that are 1 if the elapsed time is at most `steps` less than the held one, and −1 else.
  ///
  /// With 1 − elapsed = 0.85^t and 1 − held = 0.85^T it is asked whether 0.85^t ≤ 0.85^−steps · 0.85^T, which is linear in
  /// both units; the slope is such that the nearest whole step has tanh 3 at the longest T.
  mutating func compare(elapsed: [Int], held: [Int], longest: Int, steps: Float, into receivers: [Int]) throws
  {
    let decay = Self.decay
    let factor = pow(decay, -steps)
    let slope = 3 / (pow(decay, Float(longest)) * (factor - pow(decay, -steps.rounded(.down))))
    for unit in receivers {
      try bias(.decoder, .candidate, unit, slope * (factor - 1))
      for other in held { try edge(other, .candidate, unit, -slope * factor / Float(held.count)) }
      for other in elapsed { try edge(other, .candidate, unit, slope / Float(elapsed.count)) }
    }
  }

  /// The tokens that are never written.
  mutating func forbidOthers(_ logit: Float) throws {
    for token in [Int(Vocabulary.pad), Int(Vocabulary.sos)] + (1...options.longest).map(place) {
      try logitBias(token, logit)
    }
  }

  /// Units that read everything through random weights.
  mutating func addNoise() throws {
    var generator = SeededGenerator(seed: options.seed, label: "noise of known roles")
    let readable = components
    for unit in take(options.noiseUnits, .noise) {
      for side in [Side.encoder, .decoder] {
        // z from .5 to .9.
        try bias(side, .update, unit, generator.uniform(in: 0..<2))
        let column = Gate.candidate.rawValue * units + unit
        let weights = (0..<units).map { _ in generator.uniform(in: -0.5..<0.5) }
        try builder.edit("\(side.rawValue).0.recurrent") { matrix in
          for (from, weight) in weights.enumerated() { matrix[from, column] = weight }
        }
      }
      for component in 0..<readable { try input(component, .candidate, unit, generator.uniform(in: -1..<1)) }
    }
  }
}
