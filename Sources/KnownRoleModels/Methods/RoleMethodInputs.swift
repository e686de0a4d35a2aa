import Analyses
import LinearAlgebra
import Networks
import Tasks

/// What every method is given: one model, the same rows of Select and Tune, and one step.
///
/// The rows are those of the longest sentences, so that nothing but word and place differs in a pair; of these the ones with
/// enough steps to go and T < length, spread evenly over (w, T). Verify is thinned in the same way and serves for the
/// measurement alone.
public struct RoleMethodInputs: Sendable {
  /// The model whose units are sought.
  public let model: Seq2Seq
  /// With the thinned Select, Tune and Verify; Select stands in for training rows too.
  public let data: Dataset
  /// The step and the numbers of all methods.
  public let options: RoleMethodOptions
  /// The runs without edits.
  let select: Counterfactuals
  let tune: Counterfactuals

  /// Prepares what all methods are given of one model.
  ///
  /// - Throws: `AnalysisError.tooFewRows` where no row has enough steps to go; `.invalidOption`; `NetworkError`.
  public init(_ model: Seq2Seq, _ data: Dataset, _ options: RoleMethodOptions = RoleMethodOptions()) throws {
    try options.validate()
    guard model.configuration.decoderLayers == 1, model.configuration.cell != .lstm else {
      throw AnalysisError.invalidOption(
        name: "the model", value: "one of several layers, or with a cell state",
        expected: "a decoder whose state is its units")
    }
    func thinned(_ rows: Rows) throws -> Rows { try Self.thinned(rows, options) }
    let select = try thinned(data.select)
    self.data = Dataset(
      task: data.task, form: data.form, vocabulary: data.vocabulary, training: select,
      validation: try thinned(data.tune), test: try thinned(data.verify), select: select,
      scoring: data.scoring)
    (self.model, self.options) = (model, options)
    self.select = try Counterfactuals(model, rows: select)
    tune = try Counterfactuals(model, rows: self.data.tune)
  }

  var units: Int { model.configuration.units }

  /// So many rows, one of each (w, T) after the other.
  private static func thinned(_ rows: Rows, _ options: RoleMethodOptions) throws -> Rows {
    let longest = rows.lengths.max() ?? 0
    let first = options.step + options.timeLeft
    let all = rows.indices { _, position, length in length == longest && position >= first }
    let inside = all.filter { rows.positions[$0] < longest }
    let eligible = inside.isEmpty ? all : inside
    guard !eligible.isEmpty else {
      throw AnalysisError.tooFewRows(condition: "position \(first) or a later one", found: 0, needed: 2)
    }
    var generator = SeededGenerator(seed: options.seed, label: "rows of methods")
    var seen: [[Int]: Int] = [:]
    let turns = generator.shuffled(eligible).map { row -> (turn: Int, row: Int) in
      let cell = [Int(rows.words[row]), rows.positions[row]]
      seen[cell, default: 0] += 1
      return (seen[cell] ?? 0, row)
    }
    return rows.rows(turns.sorted { $0 < $1 }.prefix(options.rows).map(\.row).sorted())
  }

  /// Pairs of one split.
  func exchange(_ difference: Exchange.Difference, _ rows: Rows) throws -> Exchange {
    try RolePairs(
      model, rows, at: options.step, timeLeft: options.timeLeft, count: rows.count, seed: options.seed
    ).exchange(difference)
  }

  /// The share of pairs that differ in word and place in which each edit does what the role says and nothing else.
  func shares(_ role: SoughtRole, _ rows: Rows, edits: (Exchange) throws -> [Edit]) throws -> [Double] {
    let pairs = try exchange(.both, rows)
    let found = try RoleOutcome.shares(role.moves, pairs, edits: edits(pairs))
    return found.map { $0.isEmpty ? 0 : $0.mean }
  }

  /// States at the step, labelled with the word or with the time left.
  func labelled(_ role: SoughtRole, _ runs: Counterfactuals) throws -> LabelledStates {
    try LabelledStates(runs.baseline, steps: [options.step]) { word, position, step in
      role == .storing ? Int(word) : position - step
    }
  }
}
