import Foundation
import LinearAlgebra
import Networks
import Tasks

extension AttributionStates {
  /// A state in the place of a row's own.
  typealias Point = (row: Int, state: [Float])

  /// The target and its gradient at many points, in batches of bounded memory.
  func forEachGradient(
    _ model: Seq2Seq, _ target: StateTarget, points: Int, point: (_ index: Int) -> Point,
    progress: (Double) -> Void = { _ in },
    each: (_ index: Int, _ row: Int, _ value: Float, _ gradient: ArraySlice<Float>) -> Void
  ) throws {
    try inBatches(model, points, point, progress) { range, rows, states in
      let (tokens, words) = companions(of: rows)
      let (values, gradients) = try model.stateGradients(
        states, at: step, feeding: tokens, target: target, words: words, at: position)
      for (place, index) in range.enumerated() {
        let gradient = gradients.storage[place * units..<(place + 1) * units]
        each(index, rows[place], values[place], gradient)
      }
    }
  }

  /// The target at many points, found by decoding on from them, in batches of bounded memory.
  func forEachDecodedValue(
    _ model: Seq2Seq, _ target: StateTarget, points: Int, point: (_ index: Int) -> Point,
    progress: (Double) -> Void = { _ in }, each: (_ index: Int, _ row: Int, _ value: Double) -> Void
  ) throws {
    try checkWords(words, of: model.configuration.vocabularySize)
    if case .logitDifference(let other) = target {
      try checkWords([other], of: model.configuration.vocabularySize)
    }
    try inBatches(model, points, point, progress) { range, rows, states in
      let (tokens, words) = companions(of: rows)
      let decoding = try model.decode(from: states, at: step, steps: position, feeding: .tokens(tokens))
      for (place, index) in range.enumerated() {
        let logits = decoding.logits.units(row: place, step: position)
        each(index, rows[place], target.value(of: logits, word: Int(words[place])))
      }
    }
  }

  private func inBatches(
    _ model: Seq2Seq, _ points: Int, _ point: (_ index: Int) -> Point, _ progress: (Double) -> Void,
    _ body: (_ range: Range<Int>, _ rows: [Int], _ states: Matrix) throws -> Void
  ) throws {
    let size = model.configuration.statesAtOnce(depth: position - step)
    for first in stride(from: 0, to: points, by: size) {
      let range = first..<min(first + size, points)
      var (rows, storage) = ([Int](), [Float]())
      rows.reserveCapacity(range.count)
      storage.reserveCapacity(range.count * units)
      for index in range {
        let (row, state) = point(index)
        rows.append(row)
        storage += state
      }
      try body(range, rows, Matrix(rows: range.count, columns: units, storage: storage))
      progress(Double(range.upperBound) / Double(points))
    }
  }
}

extension Configuration {
  /// How many states to follow over `depth` steps at once: about 64 MB of states, gates and logits.
  func statesAtOnce(depth: Int) -> Int {
    let floats = 16 << 20
    let each = (depth + 1) * (8 * units * decoderLayers + vocabularySize)
    return min(max(floats / each, 1), 8192)
  }
}

extension StateTarget {
  /// The target of one row of logits, `[words]`.
  func value(of logits: ArraySlice<Float>, word: Int) -> Double {
    let values = logits.map { Double($0) }
    switch self {
    case .probability: return exp(logProbability(of: word, values))
    case .logProbability: return logProbability(of: word, values)
    case .logit: return values[word]
    case .logitDifference(let other): return values[word] - values[Int(other)]
    case .margin: return values[word] - values[strongestOther(than: word, in: values)]
    }
  }

  private func logProbability(of word: Int, _ logits: [Double]) -> Double {
    let largest = logits.max() ?? 0
    return logits[word] - largest - log(logits.reduce(0) { $0 + exp($1 - largest) })
  }
}

/// The word other than `word` with the largest logit; of equals the last.
func strongestOther(than word: Int, in logits: [Double]) -> Int {
  logits.indices.filter { $0 != word }.max { logits[$0] < logits[$1] } ?? word
}
