/// R3: the storing units keep the token with all others at their mean over rows of the same T and t.
///
/// The mean over all T would erase the time as well, and a set that holds the word and nothing else must then fail.
struct R3StoringSuffices: ClaimTest {
  let name = "R3"
  let statement = "Storing units suffice"

  func quantities(_ criteria: Criteria) -> [ClaimQuantity] { [.init("token kept", criteria.sufficient)] }

  func measure(on bench: ClaimBench) throws -> [Measured] {
    try bench.ablations(.meanAtStep, .others, "token kept")
  }

  func measureAsPublished(on bench: PublishedBench) throws -> [Measured] {
    try bench.storing.map {
      Measured($0.condition, "token kept", try bench.verify(.enabledOnly, $0), best: 1)
    }
  }

  var notJudgedAsPublished: String? { nil }
}
