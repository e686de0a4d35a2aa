import LinearAlgebra
import Networks
import Tasks

/// The claims R0 … R9 on one model, one by one.
struct ClaimMeasurement {
  let model: Seq2Seq
  let data: Dataset
  let options: CorrectedArm.Options
  /// Rows of the asked positions, thinned.
  let select: Counterfactuals
  let verify: Counterfactuals
  let search: RoleSearch

  init(_ model: Seq2Seq, _ data: Dataset, _ options: CorrectedArm.Options) throws {
    (self.model, self.data, self.options) = (model, data, options)
    select = try Counterfactuals(model, rows: try Self.thinned(data.select, options))
    verify = try Counterfactuals(model, rows: try Self.thinned(data.verify, options))
    var search = RoleSearch(choosing: select, measuring: verify)
    (search.randomSets, search.seed) = (options.randomSets, options.seed)
    search.criteria = options.criteria
    self.search = search
  }

  /// At most so many rows of each (w, T), spread over the lengths; T < length where there are such rows, so that writing
  /// w does not end the sentence.
  private static func thinned(_ rows: Rows, _ options: CorrectedArm.Options) throws -> Rows {
    var kept: [Int] = []
    for position in options.positions {
      let all = rows.indices { _, last, _ in last == position }
      guard !all.isEmpty else {
        throw AnalysisError.tooFewRows(condition: "position \(position)", found: 0, needed: 1)
      }
      let inside = all.filter { rows.lengths[$0] > position }
      for (_, members) in Dictionary(grouping: inside.isEmpty ? all : inside, by: { rows.words[$0] }).sorted(
        by: { $0.key < $1.key })
      {
        let count = min(options.rowsPerPair, members.count)
        kept += (0..<count).map { members[$0 * members.count / count] }
      }
    }
    return rows.rows(kept)
  }

  func steps(_ position: Int) -> [Int] {
    Swift.stride(from: position - 1, through: 0, by: -max(1, options.stride)).reversed()
  }

  var words: [Int32] { Set(verify.rows.words).sorted() }
  func name(_ word: Int32) -> String { data.vocabulary.name(of: word) }

  var criteria: Criteria { options.criteria }

  /// Where no set was found, there is nothing to measure, and the claim fails.
  func missing(_ what: String) -> Effect {
    .notDetermined(.undefinedOutcome("no set of at most half of the units \(what)"))
  }

  // MARK: R0, R1

  /// Null: the same outputs beside the requests of other rows.
  func positionsTokens() throws -> ClaimFinding {
    let decoding = try model.decode(data.verify, steps: data.verify.targets.steps)
    func isRight(_ row: Int, asking other: Int) -> Bool {
      let (word, position) = (data.verify.words[other], data.verify.positions[other])
      return position <= decoding.tokens.steps && decoding.tokens[row, at: position] == word
    }
    var generator = SeededGenerator(seed: options.seed, label: "requests of other rows")
    let all = 0..<data.verify.count
    let orders = (0..<options.randomSets).map { _ in generator.shuffled(all) }
    func effect(_ rows: [Int]) -> Effect {
      let asked = data.verify.rows(rows)
      let right = InputValues(
        ofRows: rows.map { isRight($0, asking: $0) ? 1 : 0 }, inputs: asked.inputNumbers,
        sentences: asked.sentenceNumbers)
      return Effect(
        meanOf: right,
        null: orders.map { order in Double(rows.count { isRight($0, asking: order[$0]) }) / Double(rows.count)
        },
        ofDraws: "requests of other rows")
    }
    let whole = effect(Array(all))
    var cells = [
      ClaimFinding.Cell("all", "token accuracy", whole, isMet: criteria.token.isMet(by: whole))
    ]
    for word in Set(data.verify.words).sorted() {
      for position in options.positions {
        let rows = data.verify.indices { asked, last, _ in asked == word && last == position }
        if rows.isEmpty { continue }
        let found = effect(rows)
        cells.append(
          .init(
            "w = \(name(word)), T = \(position)", "token accuracy", found,
            isMet: criteria.pair.isMet(by: found))
        )
      }
    }
    return ClaimFinding(
      "R0", "The model positions tokens",
      criterion:
        "token accuracy ≥ \(criteria.tokenAccuracy) on unseen inputs, ≥ \(criteria.pairAccuracy) for every (w, T)",
      cells)
  }

  func wordCanBeRead() throws -> ClaimFinding {
    let wanted = Set(options.positions)
    func recordings(_ model: Seq2Seq) throws -> (training: Recording, unseenInputs: Recording) {
      func record(_ rows: Rows) throws -> Recording {
        try model.record(rows.filter { _, position, _ in wanted.contains(position) })
      }
      return (try record(data.select), try record(data.verify))
    }
    let own = try recordings(model)
    // Control 8: what a probe finds in a model that was never trained, training did not put there.
    let floor = try recordings(Seq2Seq(model.configuration, seed: options.seed &+ 7919))
    let probes = try TokenProbes(
      training: own.training, unseenInputs: own.unseenInputs, untrained: floor, positions: options.positions,
      .init(permutations: options.randomSets, seed: options.seed), steps: { steps($0) })
    return ClaimFinding(
      "R1", "Storing units carry w",
      criterion:
        "a probe for w with T and t fixed: on unseen inputs ≥ \(criteria.probeAccuracy), selectivity ≥ \(criteria.selectivity), and above an untrained model (control 8)",
      probes.cells.map { cell in
        let isAboveFloor = cell.probe.unseenInputs.measurement.flatMap { found in
          cell.probe.floor.map { found.interval.low > $0 }
        }
        let floor = cell.probe.floor.map { ", untrained \(Double(Int($0 * 100 + 0.5)) / 100)" } ?? ""
        return .init(
          "T = \(cell.position), t = \(cell.step)" + floor, "w read", cell.probe.unseenInputs,
          isMet: cell.meets(criteria).flatMap { meets in isAboveFloor.map { meets && $0 } })
      })
  }

  // MARK: Storing

  func storingSets() throws -> [(set: RoleSet, found: SufficientSet)] {
    try options.positions.flatMap { position in
      try steps(position).map { try search.storing(position: position, step: $0) }
    }
  }

  private func ablations(
    _ sets: [RoleSet], _ substitutes: [Ablation.Substitute], _ scope: Ablation.Scope, _ quantity: String,
    _ judge: ([Effect]) -> Bool?
  ) throws -> [ClaimFinding.Cell] {
    var cells: [ClaimFinding.Cell] = []
    for set in sets {
      let position = set.position ?? 0
      for word in words {
        let condition = "w = \(name(word)), T = \(position), t = \(set.step)"
        guard let units = set.units else {
          cells.append(.init(condition, quantity, missing("moves the word"), isMet: false))
          continue
        }
        let runs = try Counterfactuals(
          model, rows: verify.rows.filter { asked, last, _ in asked == word && last == position },
          steps: position)
        let effects = try substitutes.map { substitute in
          try Ablation(
            runs, reference: select, steps: [set.step],
            .init(
              substitute, scope: scope, randomSets: options.randomSets, drawsMatchedSets: false,
              seed: options.seed), choose: { _ in units }
          ).steps[0].uniform
        }
        cells.append(.init(condition, quantity, effects[effects.count / 2], isMet: judge(effects)))
      }
    }
    return cells
  }

  func isNecessary(_ sets: [RoleSet]) throws -> ClaimFinding {
    ClaimFinding(
      "R2", "Storing units are necessary",
      criterion:
        "the loss beats \(criteria.beaten) of random sets, set to zero, to the mean at the step, and resampled",
      try ablations(sets, [.zero, .meanAtStep, .resampledRow], .set, "token lost") { effects in
        effects.reduce(true) { all, effect in
          all.flatMap { so in criteria.necessary.isMet(by: effect).map { so && $0 } }
        }
      })
  }

  func suffices(_ sets: [RoleSet]) throws -> ClaimFinding {
    ClaimFinding(
      "R3", "Storing units suffice",
      criterion:
        "≥ \(criteria.tokenKept) keep the token with all others at their mean, more than with \(criteria.beaten) of random sets",
      try ablations(sets, [.meanAtStep], .others, "token kept") { effects in
        criteria.sufficient.isMet(by: effects[0])
      })
  }

  // MARK: Counting

  /// At every step that some asked T leaves at least two steps after.
  private var countingSteps: [Int] {
    let last = (options.positions.max() ?? 1) - 2
    return last < 1 ? [] : Swift.stride(from: 1, through: last, by: max(1, options.stride)).map { $0 }
  }

  func countingSets() throws -> [(set: RoleSet, found: SufficientSet)] {
    try countingSteps.compactMap { step in
      do { return try search.counting(step: step) } catch AnalysisError.tooFewRows { return nil }
    }
  }

  func keepsTime(_ sets: [RoleSet]) throws -> ClaimFinding {
    let cells = try sets.map { set -> ClaimFinding.Cell in
      let condition = "t = \(set.step)"
      guard let units = set.units else {
        return .init(condition, "one step late", missing("moves the position"), isMet: false)
      }
      do {
        let shift = try StateShift(
          verify, units: units, at: set.step, shifts: 1...1, randomSets: options.randomSets,
          seed: options.seed)
        let follows = shift.points[0].follows
        return .init(
          condition, "one step late", follows, isMet: criteria.late.isMet(by: follows))
      } catch AnalysisError.tooFewRows {
        return .init(
          condition, "one step late", .notDetermined(.noRows(condition: "a token after the step")), isMet: nil
        )
      }
    }
    return ClaimFinding(
      "R4", "Counting units keep the time",
      criterion:
        "the value of the step before: exactly one step late with P ≥ \(criteria.oneStepLate) at each t; random sets ≤ \(criteria.oneStepLateRandom)",
      cells)
  }

  func countsDown(_ sets: [RoleSet]) throws -> ClaimFinding {
    let regression = try TimeRegression(
      training: ProbeStates(select.baseline), unseenInputs: ProbeStates(verify.baseline), draws: 500,
      seed: options.seed)
    var cells: [ClaimFinding.Cell] = []
    for set in sets {
      guard let units = set.units else {
        cells.append(
          .init("t = \(set.step)", "R²(T − t) − R²(t)", missing("moves the position"), isMet: false))
        continue
      }
      for unit in units.sorted() {
        let fit = regression.units[unit]
        cells.append(
          .init("t = \(set.step), unit \(unit)", "R²(T − t) − R²(t)", fit.difference, isMet: fit.countsDown))
      }
      guard set.step >= 2 else { continue }
      let exchange = try Exchange(
        of: .position, in: verify, at: set.step, from: set.step - 1, seed: options.seed)
      let landing = try Interchange(
        exchange, units: units, randomSets: options.randomSets, seed: options.seed
      ).positionMoves
      cells.append(
        .init(
          "exchange from t = \(set.step - 1) into \(set.step)", "lands by the time left", landing,
          isMet: criteria.landing.isMet(by: landing)))
    }
    return ClaimFinding(
      "R5", "They count down",
      criterion:
        "for each unit R²(T − t) > R²(t), interval excluding 0; an exchange from another step lands by the time left in ≥ \(criteria.landsByTimeLeft)",
      cells)
  }
}
