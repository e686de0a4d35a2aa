import LinearAlgebra
import Networks
import Tasks

/// What a decoder does when it is run on long after EOS, fed its own tokens: where its states and tokens end.
public struct LongRun: Codable, Sendable, Equatable {
  /// Runs with one end.
  public struct Ending: Codable, Sendable, Equatable {
    /// The steps after which the state comes back: 1 if it rests. Nil if it does not within the longest period looked for.
    public let period: Int?
    /// The tokens of one period, from the smallest on; empty without a period.
    public let tokens: [Int32]
    /// Distinct inputs that end so.
    public let inputs: Proportion
    /// ‖h_n − h_{n−1}‖ at the last step, the mean over inputs: 0 at a fixed point.
    public let speed: Double
    /// The Euclidean distance of the last state to the nearest point of the token that is fed there, the mean over inputs;
    /// nil if no point of it is known.
    public let distance: Double?
  }

  /// The number n of steps that were made.
  public let steps: Int
  /// The largest difference, in any unit, of a state that has come back.
  public let tolerance: Double
  /// The most frequent first.
  public let endings: [Ending]
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Runs each distinct input.
  ///
  /// - Parameters:
  ///   - steps: How many steps, more than twice `longestPeriod`.
  ///   - points: Fixed and slow points to compare the end with.
  /// - Throws: `AnalysisError.invalidOption`, `NetworkError`.
  public init(
    _ model: Seq2Seq, rows: Rows, steps: Int = 500, longestPeriod: Int = 32, tolerance: Double = 1e-3,
    points: FixedPoints? = nil
  ) throws {
    guard longestPeriod >= 1, steps > 2 * longestPeriod else {
      throw AnalysisError.invalidOption(
        name: "steps", value: "\(steps)", expected: "more than twice the longest period, \(longestPeriod)")
    }
    guard tolerance > 0, tolerance.isFinite else {
      throw AnalysisError.invalidOption(
        name: "tolerance", value: "\(tolerance)", expected: "above 0, and finite")
    }
    let rows = rows.distinct
    let start = try model.record(rows, steps: 1)
    let step = DecoderStep(model)
    var states = start.states(at: 1)
    var fed = (0..<rows.count).map { start.tokens[$0, at: 1] }
    // The last states and the tokens that they write.
    var (tail, written): ([Matrix], [[Int32]]) = ([states], [fed])
    for _ in 1..<steps {
      states = try step.next(states, feeding: fed)
      let logits = try step.logits(states)
      fed = (0..<rows.count).map { row in
        let values = logits.row(row)
        return Int32(values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 })
      }
      tail.append(states)
      written.append(fed)
      if tail.count > 2 * longestPeriod + 1 {
        tail.removeFirst()
        written.removeFirst()
      }
    }
    let last = tail.count - 1
    let sentences = rows.sentenceNumbers
    var groups: [Key: [(row: Int, speed: Double, distance: Double?)]] = [:]
    for row in 0..<rows.count {
      // A period must have been gone through twice: a slow drift looks like a rest for one step.
      let period = (1...longestPeriod).first { period in
        (0..<2).allSatisfy { back in
          largestDifference(tail[last], tail[last - (back + 1) * period], row: row) <= tolerance
        } && (0..<period).allSatisfy { written[last - $0][row] == written[last - $0 - period][row] }
      }
      let tokens = period.map { period in
        smallestRotation((0..<period).reversed().map { written[last - $0][row] })
      }
      let end = tail[last].row(row)
      // The state at rest came from the token before it.
      let known = points?.points(feeding: written[last - 1][row]) ?? []
      let distance =
        known.isEmpty
        ? nil : nearestDistance(end, to: Matrix(known.map(\.state)))
      groups[Key(period: period, tokens: tokens ?? []), default: []]
        .append((row, nearestDistance(end, to: tail[last - 1].rows([row])), distance))
    }
    endings = groups.sorted { (-$0.value.count, $0.key) < (-$1.value.count, $1.key) }.compactMap {
      key, runs in
      let members = Set(runs.map(\.row))
      guard let inputs = Proportion((0..<rows.count).map(members.contains), sentences: sentences) else {
        return nil
      }
      let distances = runs.compactMap(\.distance)
      return Ending(
        period: key.period, tokens: key.tokens, inputs: inputs,
        speed: runs.reduce(0) { $0 + $1.speed } / Double(runs.count),
        distance: distances.isEmpty ? nil : distances.reduce(0, +) / Double(distances.count))
    }
    (self.steps, self.tolerance, distinctInputs) = (steps, tolerance, rows.count)
  }

  private struct Key: Hashable, Comparable {
    let period: Int?
    let tokens: [Int32]

    static func < (a: Key, b: Key) -> Bool {
      let (p, q) = (a.period ?? .max, b.period ?? .max)
      return p != q ? p < q : a.tokens.lexicographicallyPrecedes(b.tokens)
    }
  }
}

private func largestDifference(_ a: Matrix, _ b: Matrix, row: Int) -> Double {
  (0..<a.columns).reduce(0) { max($0, Double(abs(a[row, $1] - b[row, $1]))) }
}

/// Of all rotations of a cycle, the first in alphabetical order.
private func smallestRotation(_ cycle: [Int32]) -> [Int32] {
  let rotations = cycle.indices.map { Array(cycle[$0...] + cycle[..<$0]) }
  return rotations.min { $0.lexicographicallyPrecedes($1) } ?? []
}
