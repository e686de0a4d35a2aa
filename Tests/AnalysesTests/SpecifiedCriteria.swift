import Analyses

extension Criteria {
  /// The criteria of the book, but for the number of sentences: made data are small, and two are enough.
  static let specified: Criteria = {
    do {
      return try Criteria(specifiedValues)
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  static let specifiedValues: [String: Double] = [
    "tokenAccuracy": 0.99, "pairAccuracy": 0.95, "probeAccuracy": 0.95, "selectivity": 0.3,
    "randomSetsBeaten": 0.99, "tokenKept": 0.9, "oneStepLate": 0.9, "oneStepLateRandom": 0.1,
    "landsByTimeLeft": 0.9, "started": 0.8, "startedRandom": 0.1, "throughUpdateGates": 0.5,
    "logitShare": 0.8, "changeAtPosition": 0.5, "pathShare": 0.5, "behaviourKept": 0.8,
    "chainPValue": 0.05, "chancePValue": 0.05, "exchangeMoves": 0.9, "exchangeMovesOnTune": 0.95,
    "sentences": 2,
  ]
}

// Whether what an analysis found is what the specification asks.
extension Transplant.Cell {
  var meets: Bool? { Criteria.specified.start.isMet(by: probability) }
}
extension GateMediation.Cell {
  var meets: Bool? {
    Criterion(atLeast: Criteria.specified.throughUpdateGates, pValue: 0.05).isMet(by: passes)
  }
}
extension CausalScrubbing {
  var meets: Bool? { Criterion(atLeast: Criteria.specified.behaviourKept).isMet(by: kept) }
}
extension PathPatching {
  var meets: Bool? { Criterion(atLeast: Criteria.specified.pathShare).isMet(by: share) }
}
extension MechanismGraph.Edge {
  var isFound: Bool { isFound(by: Criteria.specified.differ) }
}
extension TokenProbes.Cell {
  var meetsCriterion: Bool? {
    guard let accuracy = probe.unseenInputs.measurement?.estimate, let selectivity = probe.selectivity
    else { return nil }
    return accuracy >= Criteria.specified.probeAccuracy && selectivity >= Criteria.specified.selectivity
  }
}
