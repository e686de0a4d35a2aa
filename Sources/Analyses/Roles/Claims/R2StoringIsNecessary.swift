/// R2: without the storing units the token is lost, more than without random sets, under three kinds of ablation.
///
/// Means and resampled rows come from rows of the same T and t, which erase the word and leave the time. Where so many random
/// sets lose all there is to lose that no set could lose more, it can't be told.
struct R2StoringIsNecessary: ClaimTest {
  let name = "R2"
  let statement = "Storing units are necessary"
  private let kinds: [(Ablation.Substitute, String)] = [
    (.zero, "token lost, zero"), (.meanAtStep, "token lost, mean of the same T"),
    (.resampledRow, "token lost, another row of the same T"),
  ]

  func quantities(_ criteria: Criteria) -> [ClaimQuantity] {
    kinds.map { .init($0.1, criteria.necessary) }
  }

  func measure(on bench: ClaimBench) throws -> [Measured] {
    try kinds.flatMap { try bench.ablations($0.0, .set, $0.1) }
  }

  func measureAsPublished(on bench: PublishedBench) throws -> [Measured] {
    try bench.storing.map {
      Measured($0.condition, kinds[0].1, try bench.verify(.disabled, $0), best: 1)
    }
  }

  var notJudgedAsPublished: String? { nil }
}
