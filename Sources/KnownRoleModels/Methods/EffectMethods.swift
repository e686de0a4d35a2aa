import Analyses
import LinearAlgebra
import Networks
import Tasks

/// The methods that rank units by what they do to the word at T, to first order or one at a time.
extension RoleMethodInputs {
  func integratedGradients(_ role: SoughtRole) throws -> MethodAnswer.Found {
    try attributed(role) { states, baseline in
      try IntegratedGradients(
        model, states, target: .probability, baseline: .states(baseline), rule: .gaussLegendre(8)
      ).attributions
    }
  }

  func gradientTimesState(_ role: SoughtRole) throws -> MethodAnswer.Found {
    try attributed(role) { states, _ in
      try GradientTimesState(model, states, target: .margin).attributions
    }
  }

  func attributionPatching(_ role: SoughtRole) throws -> MethodAnswer.Found {
    try attributed(role) { states, baseline in
      let gradients = try GradientTimesState(model, states, target: .margin).gradients
      return try firstOrderEffects(gradients, states, source: .states(baseline))
    }
  }

  /// The mean size of each unit's attribution over pairs that differ in one thing, the place of each being its row's T.
  private func attributed(
    _ role: SoughtRole, _ attribute: (AttributionStates, _ source: Matrix) throws -> Matrix
  ) throws -> MethodAnswer.Found {
    let pairs = try exchange(role.moves.difference, data.select)
    let (run, rows) = (pairs.targets.baseline, pairs.targets.rows)
    let (own, others) = (run.states(at: options.step), pairs.sources.states(at: options.step))
    let inputs = rows.inputNumbers
    var sums = [Double](repeating: 0, count: units)
    for (place, members) in grouped(0..<rows.count, by: { rows.positions[$0] }) {
      let tokens = TokenGrid(
        rows: members.count, steps: run.tokens.steps, storage: members.flatMap { run.tokens.row($0) })
      let states = try AttributionStates(
        states: own.rows(members), step: options.step, position: place, words: members.map { rows.words[$0] },
        tokens: tokens, inputs: members.map { inputs[$0] })
      let found = try attribute(states, others.rows(members.map { pairs.partners[$0] }))
      for index in found.storage.indices { sums[index % units] += Double(abs(found.storage[index])) }
    }
    let scores = sums.map { $0 / Double(rows.count) }
    return .ranking(scores: scores, strength: scores.max() ?? 0)
  }

  func bestConstants(_ role: SoughtRole) throws -> MethodAnswer.Found {
    let matched = try MatchedReference(
      role == .storing ? .sameTime : .sameWord, of: tune.rows, from: select.rows)
    let sets = (0..<units).map { [$0] }
    let values = try EditValue.bestConstants(
      select, sets: sets, at: options.step, matched: matched, iterations: options.constantIterations)
    let edits = sets.indices.map { [Edit(units: sets[$0], at: options.step, values[$0])] }
    let decoded = try tune.decode([[]] + edits, through: tune.rows.positions.max())
    let kept = (0...units).map { decoded.score(.probability(), of: $0) ?? 0 }
    let scores = kept.dropFirst().map { max(0, kept[0] - $0) }
    return .ranking(scores: scores, strength: scores.max() ?? 0)
  }
}
