import Base
import Foundation
import LinearAlgebra
import Networks
import Tasks

/// What a model wrote in each variant of a set of rows, and how sure it was of one word.
public struct CounterfactualRuns: Sendable {
  public let rows: Rows
  /// The word whose probability and margin were kept, of each row.
  public let words: [Int32]
  public let variants: Int
  /// How many positions were written.
  public let steps: Int
  /// The tokens without edits.
  public let unedited: TokenGrid
  /// A number for the input of each row: equal inputs have equal numbers, from 0 on.
  public let inputs: [Int]
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
    for row in 0..<count {
      for step in 1...steps {
        var logits = Array(baseline.logits.units(row: row, step: step))
        let (probability, margin) = logits.withUnsafeMutableBufferPointer { buffer in
          buffer.baseAddress.map {
            probabilityAndMargin(
              $0, count: buffer.count, word: Int(words[row]), largest: largestIndex($0, count: buffer.count))
          } ?? (0, 0)
        }
        p.append(probability)
        m.append(margin)
      }
    }
    (uneditedProbabilities, uneditedMargins) = (p, m)
    tokens = [Int32]()
    tokens.reserveCapacity(variants * count * steps)
    (probabilities, margins) = ([], [])
    probabilities.reserveCapacity(variants * count * steps)
    margins.reserveCapacity(variants * count * steps)
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
    probabilities[place(variant, row, position)]
  }

  /// The logit of the watched word less the largest other one: positive where it is written.
  public func margin(variant: Int, row: Int, at position: Int) -> Float {
    margins[place(variant, row, position)]
  }

  /// The tokens of one row, `[steps]`.
  public func tokens(variant: Int, row: Int) -> ArraySlice<Int32> {
    let first = place(variant, row, 1)
    return tokens[first..<first + steps]
  }

  /// Writes results from several threads, each to places of its own.
  struct Writer: LogitsWriter {
    let tokens: UnsafeMutablePointer<Int32>
    let probabilities: UnsafeMutablePointer<Float>
    let margins: UnsafeMutablePointer<Float>
    let words: UnsafePointer<Int32>
    let rows: Int
    let steps: Int

    func write(_ logits: MatrixView, variant: Int, row: Int, step: Int) {
      let place = (variant * rows + row) * steps + step - 1
      let token = largestIndex(logits.base, count: logits.columns)
      tokens[place] = Int32(token)
      (probabilities[place], margins[place]) = probabilityAndMargin(
        logits.base, count: logits.columns, word: Int(words[row]), largest: token)
    }
  }

  mutating func withWriter(_ body: (Writer) throws -> Void) rethrows {
    let (count, steps) = (rows.count, steps)
    try tokens.withUnsafeMutableBufferPointer { tokens in
      try probabilities.withUnsafeMutableBufferPointer { probabilities in
        try margins.withUnsafeMutableBufferPointer { margins in
          try words.withUnsafeBufferPointer { words in
            guard let tokens = tokens.baseAddress, let probabilities = probabilities.baseAddress,
              let margins = margins.baseAddress, let words = words.baseAddress
            else { return }
            try body(
              Writer(
                tokens: tokens, probabilities: probabilities, margins: margins, words: words, rows: count,
                steps: steps))
          }
        }
      }
    }
  }
}

/// softmax(o)[w], and o[w] less the largest other logit; overwrites the logits.
private func probabilityAndMargin(
  _ logits: UnsafeMutablePointer<Float>, count: Int, word: Int, largest: Int
) -> (probability: Float, margin: Float) {
  let highest = logits[largest]
  var margin = logits[word] - highest
  if word == largest, count > 1 {
    var second = -Float.infinity
    for other in 0..<count where other != word { second = max(second, logits[other]) }
    margin = highest - second
  }
  exponentials(of: logits, minus: highest, into: logits, count: count)
  var sum: Float = 0
  for other in 0..<count { sum += logits[other] }
  return (logits[word] / sum, margin)
}

/// log softmax(o)[w]; overwrites the logits.
func logProbability(_ logits: UnsafeMutablePointer<Float>, count: Int, word: Int) -> Float {
  let largest = largestIndex(logits, count: count)
  let (own, highest) = (logits[word], logits[largest])
  exponentials(of: logits, minus: highest, into: logits, count: count)
  var sum: Float = 0
  for other in 0..<count { sum += logits[other] }
  return own - highest - log(sum)
}
