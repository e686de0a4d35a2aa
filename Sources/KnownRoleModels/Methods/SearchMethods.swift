import Analyses
import LinearAlgebra
import Networks
import Tasks

/// The methods that look for a set, or a subspace, whose exchange does what the role says.
extension RoleMethodInputs {
  func agreeingSearch(_ role: SoughtRole) throws -> MethodAnswer.Found {
    let pairs = try exchange(role.moves.difference, data.select)
    let largest = max(1, units / 2)
    let found = try SufficientSet(
      role.moves, choosing: pairs, measuring: exchange(role.moves.difference, data.tune),
      ranking: SufficientSet.greedyRanking(role.moves, pairs, limit: largest), threshold: options.threshold,
      randomSets: 1, seed: options.seed)
    let moves = role == .storing ? found.measured?.wordMoves : found.measured?.positionMoves
    let stays = role == .storing ? found.measured?.positionStays : found.measured?.wordStays
    let isThere = [moves, stays].allSatisfy { ($0?.measurement?.estimate ?? 0) >= options.threshold }
    return .set(units: (found.units ?? []).sorted(), isThere: isThere)
  }

  func bothDifferSearch(_ role: SoughtRole) throws -> MethodAnswer.Found {
    let test = try RoleTest(
      role.moves, model, data, at: options.step,
      .init(
        threshold: options.threshold, tuneThreshold: options.tuneThreshold, timeLeft: options.timeLeft,
        selectPairs: options.rows, tunePairs: options.rows, verifyPairs: options.rows, swaps: options.swaps,
        randomSets: 0, seed: options.seed))
    let share = test.path.first { $0.units == test.units }?.tuneShare ?? 0
    return .set(units: test.units, isThere: share >= options.threshold)
  }

  func alignmentSearch(_ role: SoughtRole) throws -> MethodAnswer.Found {
    let learning = try exchange(.both, data.select)
    let objective = AlignmentObjective(role.moves, learning, sources: learning.partners)
    var best: (subspace: Basis, share: Double)?
    for dimensions in options.dimensions where dimensions <= units {
      let found = try AlignmentSearch.search(
        objective, besides: nil,
        .init(
          dimensions: dimensions, starts: options.alignmentStarts, iterations: options.alignmentIterations,
          seed: options.seed))
      let share = try shares(role, data.tune) { [try $0.edit(found.subspace)] }[0]
      if share > best?.share ?? -1 { best = (found.subspace, share) }
      if share >= options.tuneThreshold { break }
    }
    guard let best else {
      throw AnalysisError.setLargerThanModel(size: options.dimensions.min() ?? 1, units: units)
    }
    return .subspace(best.subspace, isThere: best.share >= options.threshold)
  }
}
