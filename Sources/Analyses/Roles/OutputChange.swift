import LinearAlgebra
import Networks

/// How much of all that a set adds to the logit of w, less the strongest other word, changes at T itself (claim R7).
///
/// The set's contribution at step t is Σ h_t (W[·, w] − W[·, w̄]), with w̄ that of T. The share is |change from T − 1 to T|
/// divided by the sum of such changes over the steps 1 … T.
public struct OutputChange: Codable, Sendable, Equatable {
  /// The mean contribution at each step 0 … T.
  public let contributions: [Double]
  /// Beside random sets of the same size.
  public let share: Effect

  /// Measures when the contribution of a set changes.
  ///
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`, and as `DirectLogitAttribution`.
  public init(
    _ model: Seq2Seq, _ recording: Recording, units: [Int], position: Int, randomSets: Int = 200,
    seed: UInt64 = 1
  ) throws {
    let states = recording.decoder.states
    let set = try unitSet(units, of: states.units).sorted()
    let direct = try DirectLogitAttribution(model, recording, position: position)
    let kernel = try model.parameter("output.kernel")
    let rows = recording.rows
    let (distinct, sentences) = (SentenceGroups(rows.inputNumbers).inputs.map { $0[0] }, rows.sentenceNumbers)
    let sets = [set] + RandomSets.uniform(count: randomSets, size: set.count, of: states.units, seed: seed)
    /// `[steps]` of one row.
    func trace(_ set: [Int], _ row: Int) -> [Double] {
      (0...position).map { step in
        set.reduce(0.0) { sum, unit in
          let weight = kernel[unit, Int(direct.words[row])] - kernel[unit, Int(direct.others[row])]
          return sum + Double(states[row, step, unit]) * Double(weight)
        }
      }
    }
    func share(_ set: [Int], _ row: Int) -> Double? {
      let trace = trace(set, row)
      let changes = (1...position).map { abs(trace[$0] - trace[$0 - 1]) }
      let whole = changes.reduce(0, +)
      return whole > 0 ? changes[position - 1] / whole : nil
    }
    func byInput(_ set: [Int]) -> InputValues {
      let found = distinct.compactMap { row in
        share(set, row).map { (value: $0, sentence: sentences[row]) }
      }
      return InputValues(found.map(\.value), sentences: found.map(\.sentence))
    }
    contributions = (0...position).map { step in
      (0..<rows.count).reduce(0.0) { $0 + trace(set, $1)[step] } / Double(max(1, rows.count))
    }
    let own = byInput(set)
    if own.isEmpty {
      self.share = .notDetermined(.undefinedOutcome("the set's contribution never changes"))
      return
    }
    self.share = Effect(
      meanOf: own, null: sets.dropFirst().map(byInput).filter { !$0.isEmpty }.map(\.mean),
      ofDraws: "random sets of \(set.count) units", seed: seed)
  }
}
