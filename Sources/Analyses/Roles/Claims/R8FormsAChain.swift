/// R8: with everything outside the chain resampled the behaviour is kept, and what the trigger does passes along the path to
/// the outputting units' update gates.
struct R8FormsAChain: ClaimTest {
  let name = "R8"
  let statement = "The four kinds form a chain"
  private let kept = "kept with all else resampled"
  private let path = "share along the path"

  func quantities(_ criteria: Criteria) -> [ClaimQuantity] {
    [.init(kept, criteria.chainKept), .init(path, criteria.chainPath)]
  }

  func measure(on bench: ClaimBench) throws -> [Measured] {
    let options = bench.options
    let draws = min(100, options.randomSets)
    func nearest(_ sets: [RoleSet], to step: Int) -> [Int]? {
      sets.min { abs($0.step - step) < abs($1.step - step) }?.units
    }
    return try ClaimBench.triggerPlaces(options).flatMap { position, step -> [Measured] in
      let condition = "T = \(position), t = \(step)"
      let written = bench.writing(at: position)
      guard let stored = nearest(bench.storing, to: step), let counted = nearest(bench.counting, to: step),
        let started = bench.triggering.first(where: { $0.position == position })?.units, !written.isEmpty
      else {
        return [Measured(condition, kept, .notDetermined(.noSet("has one of the roles of the chain")))]
      }
      let scrubbing = try CausalScrubbing(
        bench.verify, try hypothesis(stored, counted, started, written), at: step, draws: 4,
        randomSets: draws, seed: options.seed)
      var found = [
        Measured(condition + ", all but the chain resampled", kept, scrubbing.kept, best: 1)
      ]
      let receivers = written.filter { !started.contains($0) }
      if receivers.isEmpty { return found }
      let runs = try bench.verify.rows(at: position)
      let share: Effect
      do {
        share = try PathPatching(
          runs, Path(from: started, [.init(.update, of: receivers)], to: .everything),
          steps: 0...position - 1, .laterRows(of: bench.verify, for: runs.rows, seed: options.seed),
          randomSets: draws, seed: options.seed
        ).share
      } catch AnalysisError.tooFewRows {
        // The last T has no later one.
        share = .notDetermined(.noRows(condition: "another word at a later position"))
      }
      found.append(Measured(condition + ", trigger → z of outputting → logits", path, share))
      return found
    }
  }

  /// The chain as a hypothesis in which no unit stands twice: what two roles share codes word and time together.
  private func hypothesis(
    _ storing: [Int], _ counting: [Int], _ triggering: [Int], _ outputting: [Int]
  ) throws -> Hypothesis {
    let both = Set(storing).intersection(counting + triggering).union(outputting)
    let parts: [Hypothesis.Part] = [
      .init("word", Set(storing).subtracting(both).sorted(), dependsOn: .word),
      .init("time", Set(counting + triggering).subtracting(both).sorted(), dependsOn: .timeLeft),
      .init("word and time", both.sorted(), dependsOn: .wordAndTimeLeft),
    ]
    return try Hypothesis(parts.filter { !$0.units.isEmpty })
  }

  var notJudgedAsPublished: String? { "the published code has no test of it" }
}
