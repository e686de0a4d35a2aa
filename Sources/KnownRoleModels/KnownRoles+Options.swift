import Analyses
import Tasks

extension KnownRoles {
  /// The sizes of a model.
  public struct Options: Codable, Sendable, Hashable {
    /// All units, those included that nothing uses.
    public var units: Int
    /// The words that can be asked for; the code of a word has log₂ of them, rounded up, bits.
    public var words: Int
    /// The numbers of words of an input; T goes from 1 to the last.
    public var lengths: ClosedRange<Int>
    /// How many units hold each bit of the word, the count, the trigger and the output of each word. Of a role all are
    /// needed: an exchange of some of the storing units stops the output.
    public var copies: Int
    /// Units with random weights that nothing reads.
    public var noiseUnits: Int
    /// The least margin, in logits, by which the right token should be ahead of the next.
    public var strength: Float
    /// The rows of each (w, T, length).
    public var rowsPerCell: RowsPerCell
    /// Of the places of the units, the noise and the rows.
    public var seed: UInt64

    /// 32 units, eight words and four lengths, unless said otherwise.
    public init(
      units: Int = 32, words: Int = 8, lengths: ClosedRange<Int> = 5...8, copies: Int = 1,
      noiseUnits: Int = 4,
      strength: Float = 4, rowsPerCell: RowsPerCell = RowsPerCell(training: 8), seed: UInt64 = 1
    ) {
      (self.units, self.words, self.lengths, self.copies) = (units, words, lengths, copies)
      (self.noiseUnits, self.strength) = (noiseUnits, strength)
      (self.rowsPerCell, self.seed) = (rowsPerCell, seed)
    }

    /// Bits of a word.
    var bits: Int { (0..<16).first { 1 << $0 >= words } ?? 16 }
    /// The largest T.
    var longest: Int { lengths.upperBound }

    /// - Throws: `AnalysisError.invalidOption`.
    func validate() throws {
      func require(_ name: String, _ value: Int, in range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
          throw AnalysisError.invalidOption(
            name: name, value: "\(value)", expected: "within \(range.lowerBound)…\(range.upperBound)")
        }
      }
      try require("units", units, in: 4...1024)
      try require("words", words, in: 2...64)
      // The state falls by 15 % a step, and must stay well above the arithmetic's error.
      try require("the longest sentence", longest, in: 2...16)
      try require("copies", copies, in: 1...8)
      try require("noiseUnits", noiseUnits, in: 0...units)
      guard strength >= 1, strength <= 100 else {
        throw AnalysisError.invalidOption(name: "strength", value: "\(strength)", expected: "within 1…100")
      }
    }
  }

  /// Separate units store the word, count the time left, start the output and write it.
  ///
  /// - `storing`: for each bit of the word, `copies` units at ±0.9 from the encoder on.
  /// - `counting`: x = B · 0.85^(t − T) − 1, which falls by 15 % a step towards −1.
  /// - `triggering`: −1, and 1 from step T − 1 on: their candidates read the counting units.
  /// - `outputting`: for each word `copies` units, 0 as long as their update gates are shut. The triggering units open these, at
  ///   step T, and the units of the word that the storing ones hold become 1, the others −1. The same gates clear the storing
  ///   units, so that all are −1 from T + 1 on.
  ///
  /// So the edges are: counting → c of triggering, triggering → z of outputting and storing, storing → c of outputting,
  /// outputting → logits; no others.
  ///
  /// - Throws: As `init`.
  public static func registerAndCountdown(
    units: Int = 32, words: Int = 8, lengths: ClosedRange<Int> = 5...8, copies: Int = 1, noiseUnits: Int = 4,
    strength: Float = 4, rowsPerCell: RowsPerCell = RowsPerCell(training: 8), seed: UInt64 = 1
  ) throws -> KnownRoles {
    try KnownRoles(
      .registerAndCountdown,
      Options(
        units: units, words: words, lengths: lengths, copies: copies, noiseUnits: noiseUnits,
        strength: strength, rowsPerCell: rowsPerCell, seed: seed))
  }

  /// As `registerAndCountdown`, but `counting` units hold 1 − 0.85^T for good, `elapsed` units 1 − 0.85^t, and the triggering
  /// units compare the two.
  ///
  /// - Throws: As `init`.
  public static func registerAndUpCounter(
    units: Int = 32, words: Int = 8, lengths: ClosedRange<Int> = 5...8, copies: Int = 1, noiseUnits: Int = 4,
    strength: Float = 4, rowsPerCell: RowsPerCell = RowsPerCell(training: 8), seed: UInt64 = 1
  ) throws -> KnownRoles {
    try KnownRoles(
      .registerAndUpCounter,
      Options(
        units: units, words: words, lengths: lengths, copies: copies, noiseUnits: noiseUnits,
        strength: strength, rowsPerCell: rowsPerCell, seed: seed))
  }

  /// The bits of the word start at place T of a line and are handed on, one place a step; at place 0, the `outputting` units,
  /// they are written. It takes bits × (longest + 1) units for each copy, and three that end the sentence.
  ///
  /// - Throws: As `init`.
  public static func delayLine(
    units: Int = 32, words: Int = 8, lengths: ClosedRange<Int> = 5...8, copies: Int = 1, noiseUnits: Int = 2,
    strength: Float = 4, rowsPerCell: RowsPerCell = RowsPerCell(training: 8), seed: UInt64 = 1
  ) throws -> KnownRoles {
    try KnownRoles(
      .delayLine,
      Options(
        units: units, words: words, lengths: lengths, copies: copies, noiseUnits: noiseUnits,
        strength: strength, rowsPerCell: rowsPerCell, seed: seed))
  }

  /// One unit for each word and time left is at 0.9, all others at 0; the next step has that of the same word and one step
  /// less; at 0 these are the `outputting` ones. It takes words × (longest + 1) units for each copy, and three that end the
  /// sentence.
  ///
  /// - Throws: As `init`.
  public static func jointCode(
    units: Int = 64, words: Int = 4, lengths: ClosedRange<Int> = 5...8, copies: Int = 1, noiseUnits: Int = 4,
    strength: Float = 4, rowsPerCell: RowsPerCell = RowsPerCell(training: 8), seed: UInt64 = 1
  ) throws -> KnownRoles {
    try KnownRoles(
      .jointCode,
      Options(
        units: units, words: words, lengths: lengths, copies: copies, noiseUnits: noiseUnits,
        strength: strength, rowsPerCell: rowsPerCell, seed: seed))
  }

  /// The bits of the word and the time left are the first coordinates of a random orthonormal basis of (bits + 1) × `copies`
  /// units: each of these holds some of everything, and the logits read the coordinates linearly.
  ///
  /// A rotation of the first family's weights would not do, since gates and tanh act on each neuron. Here all gates of the
  /// mixing units are constant, z = 0.85 and r = 1, and states so small (0.1 in each coordinate) that tanh is nearly linear:
  /// h' = 0.85 h + 0.15 tanh(P h), P the projection on the word's coordinates, keeps these and lets all others fall by 15 % a
  /// step. One unit outside asks whether the word was due before, so that it is written once; three end the sentence. (In
  /// the other families an exchanged word comes even after the end of the row's own sentence, here not.)
  ///
  /// - Throws: As `init`.
  public static func rotated(
    units: Int = 32, words: Int = 8, lengths: ClosedRange<Int> = 5...8, copies: Int = 2, noiseUnits: Int = 4,
    strength: Float = 4, rowsPerCell: RowsPerCell = RowsPerCell(training: 8), seed: UInt64 = 1
  ) throws -> KnownRoles {
    try KnownRoles(
      .rotated,
      Options(
        units: units, words: words, lengths: lengths, copies: copies, noiseUnits: noiseUnits,
        strength: strength, rowsPerCell: rowsPerCell, seed: seed))
  }

  /// As `registerAndCountdown`, with two registers, `storing` and `backup`, that have `copies` units for each word: 0.9 for the
  /// word that was asked for, 0 for the others. The outputting units read them three to two, so that an exchange of the storing
  /// ones moves the word; without them the backup tells it.
  ///
  /// - Throws: As `init`.
  public static func redundant(
    units: Int = 32, words: Int = 8, lengths: ClosedRange<Int> = 5...8, copies: Int = 1, noiseUnits: Int = 2,
    strength: Float = 4, rowsPerCell: RowsPerCell = RowsPerCell(training: 8), seed: UInt64 = 1
  ) throws -> KnownRoles {
    try KnownRoles(
      .redundant,
      Options(
        units: units, words: words, lengths: lengths, copies: copies, noiseUnits: noiseUnits,
        strength: strength, rowsPerCell: rowsPerCell, seed: seed))
  }

  /// A model with random initial values, for the same task.
  ///
  /// - Throws: As `init`.
  public static func nothing(
    units: Int = 32, words: Int = 8, lengths: ClosedRange<Int> = 5...8,
    rowsPerCell: RowsPerCell = RowsPerCell(training: 8), seed: UInt64 = 1
  ) throws -> KnownRoles {
    try KnownRoles(
      .nothing,
      Options(
        units: units, words: words, lengths: lengths, noiseUnits: 0, rowsPerCell: rowsPerCell, seed: seed))
  }
}
