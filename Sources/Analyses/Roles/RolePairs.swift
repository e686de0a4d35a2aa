import LinearAlgebra
import Networks
import Tasks

/// The pairs of one split on which a role is looked for or measured, at one step.
///
/// Rows with T < length are taken where there are any, so that writing w does not end the sentence. Of these as many as
/// asked are drawn at random, each once, and paired among themselves. So equal numbers give equal pairs.
public struct RolePairs: Sendable {
  /// The model whose units are exchanged.
  public let model: Seq2Seq
  /// The split's rows, of which pairs are drawn.
  public let rows: Rows
  /// t.
  public let step: Int
  /// s.
  public let sourceStep: Int
  /// The least T − t of a row and T′ − s of its source.
  public let timeLeft: Int
  /// The most pairs.
  public let count: Int
  /// What the units are coordinates in; nil for the neurons themselves.
  public let basis: Basis?
  /// Fixes which rows are drawn, and their partners.
  public let seed: UInt64

  /// Pairs are drawn when `exchange(_:)` asks for them.
  public init(
    _ model: Seq2Seq, _ rows: Rows, at step: Int, from sourceStep: Int? = nil, timeLeft: Int = 3,
    count: Int = 600, in basis: Basis? = nil, seed: UInt64 = 1
  ) {
    self.model = model
    self.rows = rows
    self.step = step
    self.sourceStep = sourceStep ?? step
    self.timeLeft = timeLeft
    self.count = count
    self.basis = basis
    self.seed = seed
  }

  /// Rows and sources that differ in word, place or both.
  ///
  /// - Throws: `AnalysisError.tooFewRows` if no row has a partner that differs as asked, `.stepOutOfRange`,
  ///   `NetworkError`.
  public func exchange(_ difference: Exchange.Difference) throws -> Exchange {
    let first = max(step, sourceStep) + max(1, timeLeft)
    let all = rows.indices { _, position, _ in position >= first }
    let inside = all.filter { rows.lengths[$0] > rows.positions[$0] }
    let eligible = inside.isEmpty ? all : inside
    guard !eligible.isEmpty else {
      throw AnalysisError.tooFewRows(condition: "position \(first) or a later one", found: 0, needed: 2)
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
