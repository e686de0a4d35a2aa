import Analyses
import Foundation
import Networks
import Tasks
import Testing

/// On the planted chain the edges that are there are found, and no others.
@Suite struct PlantedPathTests {
  let planted: PlantedRoles
  let runs: Counterfactuals
  let others: Counterfactuals

  init() throws {
    planted = try PlantedRoles()
    runs = try Counterfactuals(planted.model, rows: planted.rows(6...6).prefix(20))
    others = try Counterfactuals(planted.model, rows: planted.others(7...8).prefix(60))
  }

  @Test func theWholeEffectPassesThroughTheChain() throws {
    let value = try EditValue.laterRows(of: others, for: runs.rows, seed: 1)
    let (c, z) = (Path.Hop(.candidate, of: planted.triggering), Path.Hop(.update, of: planted.outputting))
    let chain = try PathPatching(runs, Path(from: planted.counting, [c, z]), steps: 0...5, value)
    let (total, through, share) = (
      try #require(chain.total.measurement), try #require(chain.through.measurement),
      try #require(chain.share.measurement)
    )
    #expect(abs(total.estimate - 30 * 0.99) < 0.5 && abs(through.estimate - total.estimate) < 0.01)
    #expect(abs(share.estimate - 1) < 1e-3 && share.null.pValue <= 0.01 && chain.meets == true)
    let word = try PathPatching(
      runs, Path(from: planted.storing, [Path.Hop(.candidate, of: planted.outputting)]), steps: 0...5, value)
    #expect(abs(try #require(word.share.measurement).estimate - 1) < 1e-3)
    // Other ways do not lead there.
    for hops in [
      [Path.Hop(.update, of: planted.triggering), z], [c, Path.Hop(.candidate, of: planted.outputting)],
      [c, Path.Hop(.reset, of: planted.outputting)], [Path.Hop(.candidate, of: planted.storing), z], [z],
    ] {
      let found = try PathPatching(
        runs, Path(from: planted.counting, hops), steps: 0...5, value, randomSets: 20)
      // Logits of up to 1000 are exact to 6e-5, and the whole effect is 30.
      #expect(abs(found.share.estimate) < 1e-5 && found.meets == false, "\(hops)")
    }
    // What has no effect has no share.
    let none = try PathPatching(runs, Path(from: [3], [z]), steps: 0...5, value, randomSets: 20)
    #expect(none.share.reason != nil && none.meets == nil)
  }

  /// Put into an earlier step, the triggering units bring the word about, through z of the outputting ones.
  @Test func anEarlyTriggerPassesThroughTheUpdateGates() throws {
    let states = runs.baseline.decoder.states
    let value = EditValue.earlier(-3, in: states)
    func through(_ gate: Gate, _ receivers: [Int]) throws -> PathPatching {
      try PathPatching(
        runs, Path(from: planted.triggering, [Path.Hop(gate, of: receivers)]), steps: 2...2, value,
        outcome: .probability(), .gained, at: 3, randomSets: 200)
    }
    let found = try through(.update, planted.outputting)
    #expect(try #require(found.total.measurement).estimate > 0.99)
    #expect(abs(try #require(found.share.measurement).estimate - 1) < 1e-4)
    for (gate, receivers) in [
      (Gate.update, planted.storing), (.candidate, planted.outputting), (.reset, planted.outputting),
    ] {
      #expect(abs(try through(gate, receivers).share.estimate) < 1e-4)
    }
  }

  @Test func theGraphHasThePlantedEdgesAndNoOthers() throws {
    let sets = [
      MechanismGraph.Node("storing", units: planted.storing), .init("counting", units: planted.counting),
      .init("triggering", units: planted.triggering), .init("outputting", units: planted.outputting),
      .init("bystanders", units: planted.bystanders),
    ]
    let value = try EditValue.laterRows(of: others, for: runs.rows, seed: 1)
    let graph = try MechanismGraph(runs, sets: sets, value)
    #expect(graph.nodes.map(\.name) == sets.map(\.name) + ["logits"] && graph.edges.count == 5 * (5 * 3 + 1))
    let found = graph.edges.filter(\.isFound).map { "\($0.from) \($0.gate?.rawValue ?? "-") \($0.to)" }
    #expect(
      Set(found) == [
        "storing candidate outputting", "counting candidate triggering", "triggering update outputting",
        "outputting - logits",
      ], "\(found)")
    #expect(
      graph.edges.filter { !$0.isFound }.allSatisfy { abs($0.effect.measurement?.estimate ?? 1) < 1e-4 })
    // What passes on does not pass back: in the order given all differences are forward, where there is an edge.
    #expect(graph.asymmetries.count == 10)
    for found in graph.asymmetries {
      let difference = try #require(found.difference.measurement)
      let isEdge = [
        ["storing", "outputting"], ["counting", "triggering"], ["triggering", "outputting"],
      ].contains([found.from, found.to])
      #expect(Criteria.specified.differ.isMet(by: found.difference) == isEdge, "\(found.from) → \(found.to)")
      #expect(isEdge ? difference.interval.low > 1 : abs(difference.estimate) < 1e-4)
    }
    // Given the other way round it is the other way round.
    let reversed = try MechanismGraph(runs, sets: sets.reversed(), value, randomSets: 20)
    for found in reversed.asymmetries where found.to == "counting" && found.from == "triggering" {
      #expect(found.difference.estimate < -1)
    }
    // Nine draws can't tell an edge from the best of twenty.
    let few = try MechanismGraph(runs, sets: Array(sets.prefix(4)), value, gates: [.update], randomSets: 9)
    #expect(few.edges.allSatisfy { !$0.isFound })
    let encoded = try JSONEncoder().encode(graph)
    #expect(try JSONDecoder().decode(MechanismGraph.self, from: encoded) == graph)
  }

  /// Unit by unit, at the step that opens the gates: four edges. The gates are saturated, so that gradients see none.
  @Test func everyPairOfUnitsIsPatched() throws {
    let value = try EditValue.laterRows(of: others, for: runs.rows, seed: 1)
    let found = try EdgePatching(runs, .update, at: 5, value)
    for sender in 0..<32 {
      for receiver in 0..<32 {
        let isEdge = planted.triggering.contains(sender) && planted.outputting.contains(receiver)
        #expect(abs(found.effects[sender, receiver] - (isEdge ? -15 * 0.995 : 0)) < (isEdge ? 0.3 : 1e-3))
        #expect(abs(found.attributions[sender, receiver]) < 1e-6)
      }
    }
    #expect(found.agreement.pearson.reason != nil)
  }

  @Test func badInputIsATypedError() throws {
    let value = EditValue.zero
    func patch(_ path: Path, _ steps: ClosedRange<Int> = 0...2, _ runs: Counterfactuals? = nil) throws {
      _ = try PathPatching(runs ?? self.runs, path, steps: steps, value, randomSets: 2)
    }
    let hop = Path.Hop(.update, of: [1])
    #expect(throws: AnalysisError.repeatedUnit(unit: 2)) { try patch(Path(from: [2, 2], [hop])) }
    #expect(throws: AnalysisError.unitOutOfRange(unit: 32, units: 32)) {
      try patch(Path(from: [2], [Path.Hop(.update, of: [32])]))
    }
    #expect(throws: AnalysisError.self) { try patch(Path(from: [], [hop])) }
    #expect(throws: AnalysisError.tooFewRows(condition: "a gate on the path", found: 0, needed: 1)) {
      try patch(Path(from: [2], []))
    }
    #expect(throws: AnalysisError.self) {
      try PathPatching(runs, Path(from: [2], [hop]), steps: 0...2, value, outcome: .token, randomSets: 2)
    }
    for position in [0, 99] {
      #expect(throws: AnalysisError.stepOutOfRange(step: position, recorded: 1...runs.steps)) {
        try PathPatching(runs, Path(from: [2], [hop]), steps: 0...2, value, at: position, randomSets: 2)
      }
    }
    #expect(throws: AnalysisError.self) { try patch(Path(from: [2], [Path.Hop(of: [1])])) }
    #expect(throws: AnalysisError.self) { try patch(Path(from: [2], [Path.Hop(.update, .update, of: [1])])) }
    #expect(throws: AnalysisError.self) { try patch(Path(from: [2], [Path.Hop(.forget, of: [1])])) }
    #expect(throws: AnalysisError.stepOutOfRange(step: 6, recorded: 0...5)) {
      try patch(Path(from: [2], [hop]), 0...6)
    }
    let several = try Counterfactuals(planted.model, rows: planted.rows(6...7).prefix(40))
    #expect(throws: AnalysisError.self) { try patch(Path(from: [2], [hop]), 0...2, several) }
    let lstm = try Counterfactuals(
      try CounterfactualsTests.model(.lstm),
      rows: CounterfactualsTests.data.training.distinct.filter { _, position, _ in position == 5 }.prefix(4))
    #expect(throws: AnalysisError.self) { try patch(Path(from: [2], [hop]), 0...2, lstm) }
    #expect(throws: AnalysisError.self) {
      try MechanismGraph(runs, sets: [.init("a", units: [1]), .init("b", units: [1])], value)
    }
    #expect(throws: AnalysisError.self) {
      try MechanismGraph(runs, sets: [.init("a", units: [1]), .init("a", units: [2])], value)
    }
    #expect(throws: AnalysisError.self) { try EditValue.laterRows(of: runs, for: others.rows, seed: 1) }
  }
}
