import LinearAlgebra
import Networks
import Tasks

/// The pairs of one split on which a role is looked for or measured, at one step.
///
/// Rows with T < length are taken where there are any, so that writing w does not end the sentence. Of these as many as
/// asked are drawn at random, each once, and paired among themselves.
struct RolePairs {
  let model: Seq2Seq
  let rows: Rows
  let step: Int
  let sourceStep: Int
  /// The least T − t of a row and T′ − s of its source.
  let timeLeft: Int
  /// The most pairs.
  let count: Int
  let basis: Basis?
  let seed: UInt64

  /// - Throws: `AnalysisError.tooFewRows` if no row has a partner that differs as asked, `NetworkError`.
  func exchange(_ difference: Exchange.Difference) throws -> Exchange {
    let first = max(step, sourceStep) + max(1, timeLeft)
    let all = rows.indices { _, position, _ in position >= first }
    let inside = all.filter { rows.lengths[$0] > rows.positions[$0] }
    let eligible = inside.isEmpty ? all : inside
    guard !eligible.isEmpty else {
      throw AnalysisError.tooFewRows(
        condition: "its token at position \(first) or later", found: 0, needed: 2)
    }
    var generator = SeededGenerator(seed: seed, label: "rows of pairs")
    let drawn =
      eligible.count <= count
      ? eligible : generator.sample(count, of: 0..<eligible.count).sorted().map { eligible[$0] }
    let runs = try Counterfactuals(model, rows: rows.rows(drawn))
    return try Exchange(
      of: difference, in: try basis.map(runs.rotated) ?? runs, at: step, from: sourceStep, seed: seed)
  }
}
