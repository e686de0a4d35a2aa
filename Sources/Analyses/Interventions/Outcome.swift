import LinearAlgebra
import Tasks

/// What is measured of a row that was decoded with edits. Each row has the word w and the position T that it asks for,
/// unless others are named.
public enum Outcome: Codable, Sendable, Hashable {
  /// 1 where the token at T is w, else 0.
  case token
  /// 1 where w is written at any position, else 0: whether the word is known, whenever it comes.
  case anywhere
  /// 1 where all tokens are those of the target, EOS included.
  case whole
  /// The share of the tokens before T that are those of the target; undefined at T = 1.
  case before
  /// The share of the tokens after T, EOS included, that are those of the target.
  case after
  /// P(token at position T + k = w), of the watched word.
  case probability(after: Int = 0)
  /// The logit of the watched word at T less the largest other one.
  case margin
  /// 1 where w is written first exactly k steps later than without edits, else 0. Undefined where it is not written
  /// without edits.
  case late(Int)
  /// τ less what it is without edits, where τ is the first position of w; undefined where w is not written.
  case delay
}

/// What a row is expected to write, where that is not what it asks for: of each row, as in an interchange.
public struct Expectation: Codable, Sendable, Hashable {
  /// w of each row, `[rows]`.
  public var words: [Int32]
  /// T, counted from 1.
  public var positions: [Int]

  /// A word and a position for each row, in the order of the rows.
  public init(words: [Int32], positions: [Int]) {
    self.words = words
    self.positions = positions
  }
}

extension CounterfactualRuns {
  /// The outcome of each row of a variant, `[rows]`; nil where it is not defined.
  ///
  /// - Parameters:
  ///   - variant: Its number; nil for the run without edits.
  ///   - expected: By default what the rows ask for.
  public func values(_ outcome: Outcome, of variant: Int?, expecting expected: Expectation? = nil)
    -> [Double?]
  {
    (0..<rows.count).map { row in
      let word = expected?.words[row] ?? rows.words[row]
      let position = expected?.positions[row] ?? rows.positions[row]
      return value(outcome, of: variant, row: row, word: word, position: position)
    }
  }

  private func value(_ outcome: Outcome, of variant: Int?, row: Int, word: Int32, position: Int) -> Double? {
    func share(_ positions: Range<Int>) -> Double? {
      // What the target leaves to PAD counts for nothing.
      let counted = positions.filter {
        $0 <= rows.targets.steps && rows.targets[row, at: $0] != Vocabulary.pad
      }
      guard let last = counted.last, last <= steps else { return nil }
      let right = counted.count { written(variant, row, $0) == rows.targets[row, at: $0] }
      return Double(right) / Double(counted.count)
    }
    switch outcome {
    case .token: return (1...steps).contains(position) && written(variant, row, position) == word ? 1 : 0
    case .anywhere: return firstPosition(of: word, variant: variant, row: row) == nil ? 0 : 1
    case .whole: return share(1..<rows.targets.steps + 1).map { $0 == 1 ? 1 : 0 }
    case .before: return share(1..<position)
    case .after: return share(position + 1..<max(position, rows.targets.steps) + 1)
    case .probability(let later):
      let place = position + later
      guard (1...steps).contains(place) else { return nil }
      return Double(
        variant.map { probability(variant: $0, row: row, at: place) }
          ?? uneditedProbabilities[row * steps + place - 1])
    case .margin:
      guard (1...steps).contains(position) else { return nil }
      return Double(
        variant.map { margin(variant: $0, row: row, at: position) }
          ?? uneditedMargins[row * steps + position - 1]
      )
    case .late(let later):
      guard let before = firstPosition(of: word, variant: nil, row: row) else { return nil }
      return firstPosition(of: word, variant: variant, row: row) == before + later ? 1 : 0
    case .delay:
      guard let before = firstPosition(of: word, variant: nil, row: row),
        let now = firstPosition(of: word, variant: variant, row: row)
      else { return nil }
      return Double(now - before)
    }
  }

  /// τ: the first position at which a row has `word`; nil if it has it nowhere. Without a variant, without edits.
  public func firstPosition(of word: Int32, variant: Int?, row: Int) -> Int? {
    (1...steps).first { written(variant, row, $0) == word }
  }

  /// The token at a position, counted from 1.
  func written(_ variant: Int?, _ row: Int, _ position: Int) -> Int32 {
    variant.map { token(variant: $0, row: row, at: position) } ?? unedited[row, at: position]
  }

  /// The mean outcome of a variant: over distinct inputs, of which each counts once. Nil if it is undefined in a row.
  public func score(_ outcome: Outcome, of variant: Int?, expecting expected: Expectation? = nil) -> Double? {
    byInput(values(outcome, of: variant, expecting: expected))?.mean
  }

  /// The mean value of each distinct input, with its sentence; nil if a value is undefined or there are none.
  func byInput(_ values: [Double?]) -> InputValues? {
    values.allSatisfy { $0 != nil } ? byInputWhereDefined(values) : nil
  }

  /// The mean over the rows of each distinct input that have a value, of the inputs with such rows; nil without any.
  func byInputWhereDefined(_ values: [Double?]) -> InputValues? {
    let found = InputValues(ofRows: values, inputs: inputs, sentences: sentences)
    return found.isEmpty ? nil : found
  }
}

extension CounterfactualRuns {
  /// What is made of an outcome.
  public enum Measure: String, Codable, Sendable {
    /// The outcome with edits: how much is kept.
    case kept
    /// The outcome without edits less that with edits: how much is lost.
    case lost
  }

  /// A variant's outcome beside that of the variants that serve as its null.
  ///
  /// The estimate is a mean over distinct inputs, its interval one over their sentences (`InputValues.interval`).
  ///
  /// - Parameters:
  ///   - null: The variants with random sets.
  ///   - description: What these are, such as "random sets of 8 units".
  public func effect(
    _ measure: Measure, _ outcome: Outcome, of variant: Int, null: [Int], ofDraws description: String,
    expecting expected: Expectation? = nil, seed: UInt64 = 1
  ) -> Effect {
    let unedited = measure == .lost ? values(outcome, of: nil, expecting: expected) : []
    func measured(_ variant: Int) -> InputValues? {
      let values = values(outcome, of: variant, expecting: expected)
      if measure == .kept { return byInput(values) }
      return byInput(zip(unedited, values).map { before, now in before.flatMap { b in now.map { b - $0 } } })
    }
    guard let chosen = measured(variant) else {
      return .notDetermined(
        rows.isEmpty
          ? .noRows(condition: "an outcome") : .undefinedOutcome("\(outcome) is undefined in a row"))
    }
    var draws: [Double] = []
    for draw in null {
      guard let values = measured(draw) else {
        return .notDetermined(.undefinedOutcome("\(outcome) is undefined in a draw of the null"))
      }
      draws.append(values.mean)
    }
    return Effect(meanOf: chosen, null: draws, ofDraws: description, seed: seed)
  }
}
