import LinearAlgebra
import Networks
import Tasks

/// R6 … R9: the start of the output, the output, the chain, and the sets' differences.
extension ClaimMeasurement {
  /// The positions that leave a step before T − 1, with the step in the middle.
  private var triggerPlaces: [(position: Int, step: Int)] {
    options.positions.filter { $0 >= 3 }.map { ($0, ($0 - 2) / 2) }
  }

  func triggeringSets() throws -> [RoleSet] {
    try triggerPlaces.map { try search.triggering(position: $0.position, step: $0.step) }
  }

  /// Units that write any of the words at a position.
  private func writing(_ outputting: [RoleSet], at position: Int) -> [Int] {
    Set(outputting.filter { $0.position == position }.compactMap(\.units).joined()).sorted()
  }

  func starts(_ sets: [RoleSet]) throws -> ClaimFinding {
    var cells: [ClaimFinding.Cell] = []
    for set in sets {
      let position = set.position ?? 0
      guard let units = set.units else {
        cells.append(.init("T = \(position)", "P(w at t₁ + 1)", missing("starts the output"), isMet: false))
        continue
      }
      let runs = try verify.rows(at: position)
      let wanted = Set(steps(position))
      let transplant = try Transplant(
        runs, units: units, into: wanted, randomSets: options.randomSets, seed: options.seed)
      for cell in transplant.cells {
        cells.append(
          .init(
            "T = \(position), t₁ = \(cell.step)", "P(w at t₁ + 1)", cell.probability,
            isMet: criteria.start.isMet(by: cell.probability)))
      }
      let mediation = try GateMediation(
        runs, units: units, into: wanted, randomSets: options.randomSets, seed: options.seed)
      for cell in mediation.cells {
        // No bound on p: the gates of all other units are held, and random sets of as many are nearly the same set.
        cells.append(
          .init(
            "T = \(position), t₁ = \(cell.step), through z", "share through z", cell.passes,
            isMet: criteria.startThroughGates.isMet(by: cell.passes)))
      }
    }
    return ClaimFinding(
      "R6", "Triggering units start the output",
      criterion:
        "transplanted early: P(w at t₁ + 1) ≥ \(criteria.started), random ≤ \(criteria.startedRandom); a share ≥ \(criteria.throughUpdateGates) of it passes through z",
      cells)
  }

  func outputtingSets() throws -> [RoleSet] {
    try options.positions.flatMap { position in
      try words.map { try search.outputting(word: $0, position: position) }
    }
  }

  func writes(_ sets: [RoleSet]) -> ClaimFinding {
    var cells: [ClaimFinding.Cell] = []
    for set in sets {
      let condition = "w = \(set.word.map(name) ?? "any"), T = \(set.position ?? 0)"
      if set.units == nil {
        cells.append(
          .init(
            condition, "share of the logit difference", missing("gives enough of the logit difference"),
            isMet: false))
      }
      cells += set.evidence.map { .init(condition + ", " + $0.what, $0.what, $0.effect, isMet: $0.isMet) }
    }
    return ClaimFinding(
      "R7", "Outputting units write it",
      criterion:
        "the top units give a share ≥ \(criteria.logitShare) of the logit difference at T on unseen inputs, and a share ≥ \(criteria.changeAtPosition) of all their change is at T",
      cells)
  }

  /// The chain as a hypothesis in which no unit stands twice: what two roles share codes word and time together.
  private func hypothesis(
    _ storing: [Int], _ counting: [Int], _ triggering: [Int], _ outputting: [Int]
  ) throws -> Hypothesis {
    let both = Set(storing).intersection(counting + triggering).union(outputting)
    func rest(_ units: [Int]) -> [Int] { units.filter { !both.contains($0) } }
    let times = Set(counting + triggering).subtracting(both).sorted()
    let parts: [Hypothesis.Part] = [
      .init("word", Set(rest(storing)).sorted(), dependsOn: .word),
      .init("time", times, dependsOn: .timeLeft),
      .init("word and time", both.sorted(), dependsOn: .wordAndTimeLeft),
    ]
    return try Hypothesis(parts.filter { !$0.units.isEmpty })
  }

  func formsChain(
    _ storing: [RoleSet], _ counting: [RoleSet], _ triggering: [RoleSet], _ outputting: [RoleSet]
  ) throws -> ClaimFinding {
    var cells: [ClaimFinding.Cell] = []
    for (position, step) in triggerPlaces {
      let condition = "T = \(position), t = \(step)"
      let nearest = storing.filter { $0.position == position }.min {
        abs($0.step - step) < abs($1.step - step)
      }
      let time = counting.filter { $0.step < position - 1 }.min { abs($0.step - step) < abs($1.step - step) }
      let trigger = triggering.first { $0.position == position }
      guard let stored = nearest?.units, let counted = time?.units, let started = trigger?.units,
        outputting.contains(where: { $0.position == position && $0.units != nil })
      else {
        cells.append(
          .init(
            condition, "kept with all else resampled", missing("has one of the roles of the chain"),
            isMet: false))
        continue
      }
      let written = writing(outputting, at: position)
      let runs = try verify.rows(at: position)
      let scrubbing = try CausalScrubbing(
        verify, try hypothesis(stored, counted, started, written), at: step, draws: 4,
        randomSets: min(100, options.randomSets), seed: options.seed)
      cells.append(
        .init(
          condition + ", all but the chain resampled", "kept with all else resampled", scrubbing.kept,
          isMet: criteria.chainKept.isMet(by: scrubbing.kept)))
      let receivers = written.filter { !started.contains($0) }
      if receivers.isEmpty { continue }
      let passes = condition + ", trigger → z of outputting → logits"
      let share: Effect
      do {
        let path = try PathPatching(
          runs, Path(from: started, [.init(.update, of: receivers)], to: .everything),
          steps: 0...position - 1,
          try .laterRows(of: verify, for: runs.rows, seed: options.seed),
          randomSets: min(100, options.randomSets), seed: options.seed)
        share = path.share
      } catch AnalysisError.tooFewRows {
        // The last T has no later one.
        share = .notDetermined(.noRows(condition: "another word at a later position"))
      }
      cells.append(
        .init(
          passes, "share along the path", share, isMet: criteria.chainPath.isMet(by: share)))
    }
    return ClaimFinding(
      "R8", "They form a chain",
      criterion:
        "the path's effect ≥ \(criteria.pathShare) of the total; resampling everything outside the chain keeps ≥ \(criteria.behaviourKept); p ≤ \(criteria.chainPValue)",
      cells)
  }

  /// Sets of four bootstrap samples of Select for each condition (w, T, t), all of one size.
  func setsDiffer(_ storing: [RoleSet]) throws -> ClaimFinding {
    let (name, statement) = ("R9", "The sets differ by (w, T, t)")
    let criterion =
      "overlap between conditions below the bootstrap overlap of a condition with itself, interval excluding 0"
    let sizes = storing.compactMap { $0.units?.count }.sorted()
    guard !sizes.isEmpty else {
      return ClaimFinding(
        name, statement, criterion: criterion,
        [.init("all", "own overlap − overlap with others", missing("moves the word"), isMet: false)])
    }
    let size = max(1, min(sizes[sizes.count / 2], model.configuration.units - 1))
    let middle = options.positions[options.positions.count / 2]
    let places = storing.filter { set in
      set.units != nil && [middle, options.positions.last].contains(set.position)
    }
    // The first and the last of the steps at which the middle and the last T have a set.
    let chosen = Set([middle, options.positions.last ?? middle]).sorted().flatMap { position in
      let own = places.filter { $0.position == position }
      return own.count > 1 ? [own[0], own[own.count - 1]] : own
    }
    var generator = SeededGenerator(seed: options.seed, label: "bootstrap of conditions")
    var sets: [[[Int]]] = []
    for place in chosen {
      let position = place.position ?? 0
      let runs = try select.rows(at: position)
      for word in words.prefix(3) {
        sets.append(
          try (0..<4).map { _ in
            let exchange = try Exchange(
              of: .word, in: runs.resampled(using: &generator, asking: word), at: place.step,
              seed: generator.next(), where: { asked, _ in asked == word })
            return try SufficientSet.greedyRanking(.word, exchange, limit: size).sorted()
          })
      }
    }
    guard sets.count >= 3 else {
      let effect = Effect.notDetermined(.noRows(condition: "a set at three conditions"))
      return ClaimFinding(
        name, statement, criterion: criterion,
        [.init("all", "own overlap − overlap with others", effect, isMet: nil)])
    }
    let difference = try SetDifference(
      sets, of: model.configuration.units, sentences: select.rows.distinctSentences, seed: options.seed)
    let isMet = difference.effect.measurement.map { $0.interval.low > 0 && $0.null.pValue <= 0.05 }
    return ClaimFinding(
      name, statement, criterion: criterion,
      [
        .init(
          "\(sets.count) conditions, sets of \(size)", "own overlap − overlap with others", difference.effect,
          isMet: isMet)
      ])
  }

  /// What sets that move the word and sets that move the position at about the same step have in common.
  func overlaps(_ storing: [RoleSet], _ counting: [RoleSet]) throws -> [CorrectedArm.Overlap] {
    try storing.compactMap { set in
      guard let position = set.position, let word = set.units,
        let time = counting.first(where: { $0.step == set.step })?.units
      else { return nil }
      guard let exchange = try? Exchange(of: .both, in: verify, at: set.step, seed: options.seed) else {
        return nil
      }
      return CorrectedArm.Overlap(
        position: position, step: set.step,
        overlap: try SetOverlap(word, time, of: model.configuration.units),
        mixed: try Interchange(
          exchange, units: word, randomSets: min(50, options.randomSets), seed: options.seed
        )
        .wordMoves)
    }
  }
}

extension Counterfactuals {
  /// Rows drawn with replacement: as many that ask for `word` as there are, and all others once.
  fileprivate func resampled(using generator: inout SeededGenerator, asking word: Int32) throws
    -> Counterfactuals
  {
    let own = rows.indices { asked, _, _ in asked == word }
    let others = rows.indices { asked, _, _ in asked != word }
    let drawn = own.map { _ in own[generator.integer(below: own.count)] }
    return try Counterfactuals(model, rows: rows.rows(drawn + others), steps: steps)
  }
}
