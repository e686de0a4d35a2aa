import LinearAlgebra
import Networks
import Tasks

/// What becomes of the moment at which w is written when units are put back, or ahead, in time: h_t[S] := h_{t−k}[S]
/// (control 4).
///
/// If S holds the count, w comes k steps later: Δτ = k, a slope of 1. Where S holds something else, Δτ = 0. The state that
/// is put in is one of the same row's own, from its run without edits.
public struct StateShift: Codable, Sendable, Equatable {
  /// One k.
  public struct Point: Codable, Sendable, Equatable {
    /// By how many steps the units are put back.
    public let shift: Int
    /// Δτ of distinct inputs, and how many have it; of rows with one input, the first counts.
    public let delays: [Int: Int]
    /// Distinct inputs that never write w.
    public let notEmitted: Int
    /// The share of inputs whose w comes exactly k steps later.
    public let follows: Effect

    /// The mean delay of those that write w; nil if none does.
    public var meanDelay: Double? {
      let count = delays.values.reduce(0, +)
      return count == 0 ? nil : Double(delays.reduce(0) { $0 + $1.key * $1.value }) / Double(count)
    }
  }

  /// t.
  public let step: Int
  /// The set whose values are exchanged for earlier ones.
  public let units: [Int]
  /// By k, ascending.
  public let points: [Point]
  /// The slope of Δτ on k, over all inputs that write w: 1 if the set holds the count. Its interval resamples sentences.
  public let slope: Effect
  /// How many different inputs these numbers rest on; one that occurs twice counts once.
  public let distinctInputs: Int

  /// Shifts a set and random sets of its size.
  ///
  /// Rows whose w is not written without edits, or not after step t, can tell nothing, and are left out.
  ///
  /// - Parameters:
  ///   - shifts: The values of k; those that would need a state before the first or after the last are left out.
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, `.stepOutOfRange`, `.tooFewRows` if no row is left.
  public init(
    _ runs: Counterfactuals, units: [Int], at step: Int, shifts: ClosedRange<Int> = -3...3,
    randomSets: Int = 1000,
    seed: UInt64 = 1
  ) throws {
    let model = runs.model
    let states = runs.baseline.decoder.states
    guard states.steps.contains(step) else {
      throw AnalysisError.stepOutOfRange(step: step, recorded: states.steps)
    }
    let size = try unitSet(units, of: states.units).count
    let bare = try runs.decode([[]])
    let usable = (0..<runs.rows.count).filter { row in
      bare.firstPosition(of: runs.rows.words[row], variant: nil, row: row).map { $0 > step } ?? false
    }
    guard !usable.isEmpty else {
      throw AnalysisError.tooFewRows(condition: "their token after step \(step)", found: 0, needed: 1)
    }
    var left = runs
    if usable.count < runs.rows.count {
      left = try Counterfactuals(model, rows: runs.rows.rows(usable), steps: runs.steps)
      if let basis = runs.basis { left = try left.rotated(to: basis) }
    }
    let unedited = left.baseline.decoder.states
    let sets = [units] + RandomSets.uniform(count: randomSets, size: size, of: states.units, seed: seed)
    let null = Array(1..<sets.count)
    let description = "random sets of \(size) units"
    let possible = shifts.filter { states.steps.contains(step - $0) }
    var points: [Point] = []
    // For each set: Δτ and k of each distinct input that writes w.
    var pairs = [[[(shift: Int, delay: Int)]]](
      repeating: [[(shift: Int, delay: Int)]](repeating: [], count: left.rows.distinctInputs),
      count: sets.count)
    for shift in possible {
      let decoded = try left.decode(sets.map { [Edit(units: $0, at: step, .earlier(shift, in: unedited))] })
      let firstRows = decoded.firstRowOfInput
      for set in sets.indices {
        let delays = decoded.values(.delay, of: set)
        for (input, row) in firstRows.enumerated() {
          if let delay = delays[row] { pairs[set][input].append((shift, Int(delay))) }
        }
      }
      let delays = decoded.values(.delay, of: 0)
      let emitted = firstRows.compactMap { delays[$0] }
      points.append(
        Point(
          shift: shift, delays: Dictionary(grouping: emitted) { Int($0) }.mapValues(\.count),
          notEmitted: firstRows.count - emitted.count,
          follows: decoded.effect(.kept, .late(shift), of: 0, null: null, ofDraws: description, seed: seed)))
    }
    self.step = step
    self.units = units
    self.points = points
    distinctInputs = left.rows.distinctInputs
    let sentences = left.rows.distinct.sentenceNumbers
    slope = Self.slope(pairs, SentenceGroups(sentences), ofDraws: description, seed: seed)
  }

  private static func slope(
    _ pairs: [[[(shift: Int, delay: Int)]]], _ sentences: SentenceGroups, ofDraws description: String,
    seed: UInt64
  ) -> Effect {
    guard let estimate = leastSquaresSlope(pairs[0]) else {
      return .notDetermined(.undefinedOutcome("the token is not written for two shifts"))
    }
    var generator = SeededGenerator(seed: seed, label: "slopes")
    var resampled: [Double] = []
    for _ in 0..<2000 {
      let drawn = sentences.draw(using: &generator).map { pairs[0][$0] }
      if let slope = leastSquaresSlope(drawn) { resampled.append(slope) }
    }
    let null = pairs.dropFirst().map(leastSquaresSlope)
    guard null.allSatisfy({ $0 != nil }) else {
      return .notDetermined(.undefinedOutcome("with a random set the token is not written for two shifts"))
    }
    return Effect(
      estimate: estimate,
      interval: Interval(low: quantile(0.025, of: resampled), high: quantile(0.975, of: resampled)),
      null: null.compactMap { $0 }, ofDraws: description, sentences: sentences.count)
  }

  /// The slope of delay on shift over all pairs; nil if all shifts are one.
  private static func leastSquaresSlope(_ pairs: [[(shift: Int, delay: Int)]]) -> Double? {
    var (count, x, y, xx, xy) = (0, 0, 0, 0, 0)
    for pair in pairs.joined() {
      count += 1
      x += pair.shift
      y += pair.delay
      xx += pair.shift * pair.shift
      xy += pair.shift * pair.delay
    }
    let spread = count * xx - x * x
    return spread == 0 ? nil : Double(count * xy - x * y) / Double(spread)
  }
}

extension CounterfactualRuns {
  /// The first row of each distinct input.
  var firstRowOfInput: [Int] {
    var first = [Int?](repeating: nil, count: distinctInputs)
    for (row, input) in inputs.enumerated() where first[input] == nil { first[input] = row }
    return first.compactMap { $0 }
  }
}
