import Base
import Foundation
import LinearAlgebra
import Networks
import Tasks

/// What a model wrote in each variant of a set of rows, and how sure it was of one word.
public struct CounterfactualRuns: Sendable {
  /// The rows that were run, in their order.
  public let rows: Rows
  /// The word whose probability and margin were kept, of each row; empty if of none.
  public let words: [Int32]
  /// How many variants each row was run in.
  public let variants: Int
  /// How many positions were written.
  public let steps: Int
  /// The tokens without edits.
  public let unedited: TokenGrid
  /// A number for the input of each row: equal inputs have equal numbers, from 0 on.
  public let inputs: [Int]
  /// How many different inputs the rows have.
  public let distinctInputs: Int
  /// A number for the sentence of each row: the independent units, of which one can serve several inputs.
  public let sentences: [Int]
  /// `[variants, rows, steps]`.
  private var tokens: [Int32]
  private var probabilities: [Float]
  private var margins: [Float]
  /// `[rows, steps]`, without edits.
  let uneditedProbabilities: [Float]
  let uneditedMargins: [Float]

  /// Runs that are as the unedited one; the edited steps are then written over.
  init(baseline: Recording, words: [Int32], variants: Int, steps: Int) {
    rows = baseline.rows
    self.words = words
    self.variants = variants
    self.steps = steps
    let count = rows.count
    unedited = TokenGrid(
      rows: count, steps: steps, storage: (0..<count).flatMap { baseline.tokens.row($0).prefix(steps) })
    var (p, m) = ([Float](), [Float]())
    for row in words.indices {
      for step in 1...steps {
        var logits = Array(baseline.logits.units(row: row, step: step))
        let count = logits.count
        logits += repeatElement(-1e30, count: paddedToLanes(count) - count)
        let (probability, margin) = logits.withUnsafeMutableBufferPointer { buffer in
          buffer.baseAddress.map { probabilityAndMargin($0, count: count, word: Int(words[row])) } ?? (0, 0)
        }
        p.append(probability)
        m.append(margin)
      }
    }
    (uneditedProbabilities, uneditedMargins) = (p, m)
    tokens = [Int32]()
    tokens.reserveCapacity(variants * count * steps)
    (probabilities, margins) = ([], [])
    probabilities.reserveCapacity(variants * p.count)
    margins.reserveCapacity(variants * m.count)
    for _ in 0..<variants {
      tokens += unedited.storage
      probabilities += p
      margins += m
    }
    inputs = rows.inputNumbers
    distinctInputs = (inputs.max() ?? -1) + 1
    sentences = rows.sentenceNumbers
  }

  private func place(_ variant: Int, _ row: Int, _ step: Int) -> Int {
    ensure(
      (0..<variants).contains(variant) && (0..<rows.count).contains(row) && (1...steps).contains(step),
      "variant \(variant), row \(row), step \(step) is outside \(variants) × \(rows.count) × \(steps)")
    return (variant * rows.count + row) * steps + step - 1
  }

  /// The token written at a position, counted from 1.
  public func token(variant: Int, row: Int, at position: Int) -> Int32 {
    tokens[place(variant, row, position)]
  }

  /// P(token at position = watched word).
  public func probability(variant: Int, row: Int, at position: Int) -> Float {
    ensure(!words.isEmpty, "no word was watched")
    return probabilities[place(variant, row, position)]
  }

  /// The logit of the watched word less the largest other one: positive where it is written.
  public func margin(variant: Int, row: Int, at position: Int) -> Float {
    ensure(!words.isEmpty, "no word was watched")
    return margins[place(variant, row, position)]
  }

  /// The tokens of one row, `[steps]`.
  public func tokens(variant: Int, row: Int) -> ArraySlice<Int32> {
    let first = place(variant, row, 1)
    return tokens[first..<first + steps]
  }

  /// Writes results from several threads, each to places of its own.
  struct Writer: LogitsWriter {
    let tokens: UnsafeMutablePointer<Int32>
    /// nil where no word is watched.
    let watched: Watched?
    let rows: Int
    let steps: Int

    struct Watched {
      let words: UnsafePointer<Int32>
      let probabilities: UnsafeMutablePointer<Float>
      let margins: UnsafeMutablePointer<Float>
    }

    func write(_ logits: MatrixView, variant: Int, row: Int, step: Int) {
      let place = (variant * rows + row) * steps + step - 1
      let token = largestIndex(logits.base, count: logits.columns)
      tokens[place] = Int32(token)
      guard let watched else { return }
      (watched.probabilities[place], watched.margins[place]) = probabilityAndMargin(
        logits.base, count: logits.columns, word: Int(watched.words[row]))
    }
  }

  mutating func withWriter(_ body: (Writer) throws -> Void) rethrows {
    let (count, steps) = (rows.count, steps)
    try tokens.withUnsafeMutableBufferPointer { tokens in
      try probabilities.withUnsafeMutableBufferPointer { probabilities in
        try margins.withUnsafeMutableBufferPointer { margins in
          try words.withUnsafeBufferPointer { words in
            guard let tokens = tokens.baseAddress else { return }
            var watched: Writer.Watched?
            if !words.isEmpty, let words = words.baseAddress, let probabilities = probabilities.baseAddress,
              let margins = margins.baseAddress
            {
              watched = Writer.Watched(words: words, probabilities: probabilities, margins: margins)
            }
            try body(Writer(tokens: tokens, watched: watched, rows: count, steps: steps))
          }
        }
      }
    }
  }
}

/// softmax(o)[w], and o[w] less the largest other logit; overwrites the logits, which go on to whole lanes with −1e30.
private func probabilityAndMargin(
  _ logits: UnsafeMutablePointer<Float>, count: Int, word: Int
) -> (probability: Float, margin: Float) {
  let padded = paddedToLanes(count)
  let own = logits[word]
  logits[word] = -.infinity
  let other = largest(logits, count: padded)
  logits[word] = own
  exponentials(of: logits, minus: max(own, other), into: logits, count: padded)
  // Of one word alone there is no other.
  return (logits[word] / sum(logits, count: padded), count > 1 ? own - other : 0)
}

/// log softmax(o)[w]; overwrites the logits, which go on to whole lanes with −1e30.
func logProbability(_ logits: UnsafeMutablePointer<Float>, count: Int, word: Int) -> Float {
  let padded = paddedToLanes(count)
  let (own, highest) = (logits[word], largest(logits, count: padded))
  exponentials(of: logits, minus: highest, into: logits, count: padded)
  return own - highest - log(sum(logits, count: padded))
}
