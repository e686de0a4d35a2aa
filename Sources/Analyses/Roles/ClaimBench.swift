import LinearAlgebra
import Networks
import Tasks

/// What the claims of the corrected arm are measured on: one model, its rows, and the sets found for each role.
public struct ClaimBench {
  /// The model that the claims are about.
  public let model: Seq2Seq
  /// The dataset with Select, Tune and Verify.
  public let data: Dataset
  /// Positions, steps and numbers of draws.
  public let options: CorrectedArm.Options
  /// Rows of the asked positions, thinned.
  public let select: Counterfactuals
  /// The same of Verify, on which everything is measured.
  public let verify: Counterfactuals
  /// What finds units where one thing alone differs.
  let search: RoleSearch
  /// Storing and counting units, by step; the search is the role test's.
  public let storing: [RoleSet]
  /// Counting units, by step.
  public let counting: [RoleSet]
  /// The role tests behind them.
  public let storingTests: [RoleTest]
  /// The role tests behind the counting units.
  public let countingTests: [RoleTest]
  /// Triggering units, by T.
  public let triggering: [RoleSet]
  /// Outputting units, by T and w.
  public let outputting: [RoleSet]

  /// Finds the sets.
  ///
  /// - Throws: As `CorrectedArm`.
  init(
    _ model: Seq2Seq, _ data: Dataset, _ options: CorrectedArm.Options,
    roles: ((_ step: Int) throws -> DoubleDissociation.Step)? = nil, progress: (String, Double) -> Void
  ) throws {
    (self.model, self.data, self.options) = (model, data, options)
    select = try Counterfactuals(model, rows: try Self.thinned(data.select, options))
    verify = try Counterfactuals(model, rows: try Self.thinned(data.verify, options))
    var search = RoleSearch(choosing: select, measuring: verify, criteria: options.criteria)
    (search.randomSets, search.seed) = (options.randomSets, options.seed)
    self.search = search

    // The last steps leave no pair with enough steps to go.
    let last = (options.positions.max() ?? 1) - options.timeLeft
    let steps = last < 0 ? [] : Array(stride(from: 0, through: last, by: max(1, options.stride)))
    func tests(_ role: SufficientSet.Role) throws -> [RoleTest] {
      try steps.compactMap { step in
        progress("\(role == .word ? "storing" : "counting"), t = \(step)", 0)
        do {
          guard let roles else { return try RoleTest(role, model, data, at: step, options.roleTest) }
          let given = try roles(step)
          return try (role == .word ? given.storing : given.counting).made(at: step, with: options.roleTest)
        } catch AnalysisError.tooFewRows {
          return nil
        }
      }
    }
    storingTests = try tests(.word)
    countingTests = try tests(.position)
    storing = storingTests.map { RoleSet($0, options.criteria) }
    counting = countingTests.map { RoleSet($0, options.criteria) }
    triggering = try Self.triggerPlaces(options).map {
      progress("triggering, T = \($0.position)", 0)
      return try search.triggering(position: $0.position, step: $0.step)
    }
    // One w and T is one condition: it takes all the sentences that there are.
    var pairs = options
    pairs.rowsPerPair = max(options.rowsPerPair, 2 * Int(options.criteria.sentences))
    var writing = RoleSearch(
      choosing: select, measuring: try Counterfactuals(model, rows: try Self.thinned(data.verify, pairs)),
      criteria: options.criteria)
    (writing.randomSets, writing.seed) = (options.randomSets, options.seed)
    let words = Set(verify.rows.words).sorted()
    outputting = try options.positions.flatMap { position in
      progress("outputting, T = \(position)", 0)
      return try words.map { try writing.outputting(word: $0, position: position) }
    }
  }

  /// At most so many rows of each (w, T), spread over the lengths, and over other sentences for each w; T < length where
  /// there are such rows, so that writing w does not end the sentence.
  private static func thinned(_ rows: Rows, _ options: CorrectedArm.Options) throws -> Rows {
    var kept: [Int] = []
    for position in options.positions {
      let all = rows.indices { _, last, _ in last == position }
      guard !all.isEmpty else {
        throw AnalysisError.tooFewRows(condition: "position \(position)", found: 0, needed: 1)
      }
      let inside = all.filter { rows.lengths[$0] > position }
      let byWord = grouped(inside.isEmpty ? all : inside) { Int(rows.words[$0]) }
      for (number, (_, members)) in byWord.enumerated() {
        let count = min(options.rowsPerPair, members.count)
        let shift = members.count * number / byWord.count / max(1, count)
        kept += (0..<count).map { members[($0 * members.count / count + shift) % members.count] }
      }
    }
    return rows.rows(kept)
  }

  var criteria: Criteria { options.criteria }
  var words: [Int32] { Set(verify.rows.words).sorted() }
  func name(_ word: Int32) -> String { data.vocabulary.name(of: word) }

  /// The steps before T that are looked at; the last is T − 1.
  func steps(_ position: Int) -> [Int] {
    stride(from: position - 1, through: 0, by: -max(1, options.stride)).reversed()
  }

  /// The positions that leave a step before T − 1, with the step in the middle.
  static func triggerPlaces(_ options: CorrectedArm.Options) -> [(position: Int, step: Int)] {
    options.positions.filter { $0 >= 3 }.map { ($0, ($0 - 2) / 2) }
  }

  /// The T for which a set found at a step is asked: those with as many steps to go as its pairs had.
  func positions(after step: Int) -> [Int] {
    options.positions.filter { $0 >= step + options.timeLeft }
  }

  /// Units that write any of the words at a position.
  func writing(at position: Int) -> [Int] {
    Set(outputting.filter { $0.position == position }.compactMap(\.units).joined()).sorted()
  }

  /// An ablation's effect at each (T, t) of the storing sets, over all words, with reference rows of the same T.
  func ablations(
    _ substitute: Ablation.Substitute, _ scope: Ablation.Scope, _ quantity: String
  ) throws -> [Measured] {
    try storing.flatMap { set in
      try positions(after: set.step).map { position in
        let runs = try verify.rows(at: position)
        let found = try Ablation(
          runs, reference: select, steps: [set.step],
          .init(
            substitute, scope: scope, reference: substitute == .zero ? .none : .sameTime,
            randomSets: options.randomSets, drawsMatchedSets: false, seed: options.seed),
          choose: { _ in set.units ?? [] })
        return Measured(
          "T = \(position), t = \(set.step)", quantity, found.steps[0].uniform,
          // No more can be lost than is there.
          best: scope == .set ? found.unedited : 1)
      }
    }
  }
}

extension CorrectedArm.Options {
  /// Those of the role tests.
  var roleTest: RoleTest.Options {
    RoleTest.Options(
      threshold: criteria.exchangeMoves, tuneThreshold: criteria.exchangeMovesOnTune, timeLeft: timeLeft,
      randomSets: randomSets, seed: seed)
  }
}

extension RoleTest {
  /// This test, if it is the one that is asked for.
  ///
  /// - Throws: `AnalysisError.invalidOption`.
  fileprivate func made(at step: Int, with options: Options) throws -> RoleTest {
    for (name, found, wanted) in [
      ("the step of a role test", "\(self.step)", "\(step)"),
      ("the options of a role test", "\(self.options)", "\(options)"),
    ] where found != wanted {
      throw AnalysisError.invalidOption(name: name, value: found, expected: wanted)
    }
    return self
  }
}

extension RoleSet {
  /// The set that a role test took, with what it does on Verify.
  init(_ test: RoleTest, _ criteria: Criteria) {
    let moves = test.role == .word ? "the word moves, the place stays" : "the place moves, the word stays"
    self.init(
      role: test.role == .word ? .storing : .counting, word: nil, position: nil, step: test.step,
      ranking: test.units, rankedBy: "in no order: searched as a set", units: test.units,
      evidence: [.init(what: moves, effect: test.measured.share, criterion: criteria.moves)])
  }
}
