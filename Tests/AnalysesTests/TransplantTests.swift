import Analyses
import Networks
import Tasks
import Testing

/// R6 on the planted chain: which sets start the output, and through what.
@Suite struct TransplantTests {
  let planted: PlantedRoles
  let runs: Counterfactuals

  init() throws {
    planted = try PlantedRoles()
    let rows = planted.rows(6...7)
    let some = (0..<rows.count).filter { $0 % 2 == 0 }
    runs = try Counterfactuals(planted.model, rows: rows.rows(Array(some.prefix(30))))
  }

  @Test func theTriggeringUnitsStartTheOutputAtEveryStep() throws {
    let found = try Transplant(runs, units: planted.triggering)
    #expect(found.cells.map(\.position) == [Int](repeating: 6, count: 5) + [Int](repeating: 7, count: 6))
    #expect(found.cells.prefix(5).map(\.step) == [0, 1, 2, 3, 4])
    for cell in found.cells {
      let (p, emitted) = (try #require(cell.probability.measurement), try #require(cell.emitted.measurement))
      #expect(cell.landing == cell.step + 1 && cell.sourceStep == cell.position - 1)
      #expect(p.estimate > 0.99 && p.null.mean < 0.1 && p.null.pValue <= 0.01)
      #expect(emitted.estimate == 1 && cell.meets == true)
      #expect(try #require(cell.unedited) < 0.01)
    }
  }

  /// Two steps before T the counting units say so to the triggering ones; with a lead of 1 nothing has come of it yet.
  @Test func otherSetsDoNotUnlessTheyLeadByTwo() throws {
    for units in [planted.storing, planted.counting, planted.outputting + planted.bystanders] {
      let found = try Transplant(runs, units: units, randomSets: 20)
      #expect(found.cells.allSatisfy { $0.meets == false }, "\(units)")
    }
    let counted = try Transplant(runs, units: planted.counting, lead: 2, randomSets: 50)
    #expect(counted.cells.allSatisfy { $0.meets == true })
    // Where any set does it, the set is none.
    #expect(
      try Transplant(runs, units: Array(0..<32), randomSets: 3).cells.allSatisfy {
        $0.probability.estimate > 0.99 && $0.meets == false
      })
    // The output itself, put where only logits see it.
    let written = try Transplant(runs, units: planted.outputting, lead: 0, randomSets: 50)
    #expect(written.cells.allSatisfy { $0.meets == true && $0.landing == $0.step })
  }

  @Test func theEffectPassesThroughTheUpdateGatesOfTheOutputtingUnits() throws {
    let through = try GateMediation(runs, units: planted.triggering, of: planted.outputting)
    for cell in through.cells {
      let passes = try #require(cell.passes.measurement)
      #expect(cell.effect > 0.99 && abs(cell.effectWithGatesHeld) < 0.01)
      #expect(abs(passes.estimate - 1) < 1e-6 && passes.null.mean < 0.3 && cell.meets == true)
      #expect(passes.null.draws == 200)
    }
    // Held for all other units, nothing is left either; for the storing units alone, or as candidates, all is.
    #expect(
      try GateMediation(runs, units: planted.triggering, randomSets: 5).cells
        .allSatisfy { abs($0.effectWithGatesHeld) < 0.01 && $0.meets == false })
    // Two steps ahead, the count passes through the candidates of the next step.
    let counted = try GateMediation(
      runs, units: planted.counting, through: .candidate, of: planted.triggering, lead: 2, randomSets: 5)
    #expect(counted.cells.allSatisfy { abs(($0.passes.measurement?.estimate ?? 0) - 1) < 1e-6 })
    for (gate, held) in [
      (Gate.update, planted.storing), (.candidate, planted.outputting), (.reset, planted.outputting),
    ] {
      let found = try GateMediation(runs, units: planted.triggering, through: gate, of: held, randomSets: 20)
      #expect(
        found.cells.allSatisfy { abs($0.passes.measurement?.estimate ?? 1) < 1e-6 && $0.meets == false })
    }
    // Where there is no effect, there is no share of it.
    let none = try GateMediation(runs, units: planted.bystanders, of: planted.outputting, randomSets: 5)
    #expect(none.cells.allSatisfy { $0.passes.reason != nil && $0.meets == nil })
  }

  @Test func stepsThatAreChosenAreThoseOfAll() throws {
    let all = try Transplant(runs, units: planted.triggering, randomSets: 5).cells
    let some = try Transplant(runs, units: planted.triggering, into: [1, 5, 30], randomSets: 5).cells
    #expect(some == all.filter { [1, 5].contains($0.step) } && some.map(\.position) == [6, 7, 7])
    #expect(
      try GateMediation(runs, units: planted.triggering, into: [1, 5], randomSets: 5).cells.map(\.step)
        == [1, 1, 5])
    #expect(throws: AnalysisError.self) { try Transplant(runs, units: planted.triggering, into: [30]) }
  }

  @Test func badInputIsATypedError() throws {
    #expect(throws: AnalysisError.unitOutOfRange(unit: 40, units: 32)) { try Transplant(runs, units: [40]) }
    #expect(throws: AnalysisError.repeatedUnit(unit: 2)) { try Transplant(runs, units: [2, 2]) }
    #expect(throws: AnalysisError.self) { try Transplant(runs, units: [2], lead: -1) }
    #expect(throws: AnalysisError.self) { try Transplant(runs, units: [2], lead: 7) }
    #expect(throws: AnalysisError.self) { try GateMediation(runs, units: [2], lead: 0) }
    #expect(throws: AnalysisError.self) { try GateMediation(runs, units: [2], outcome: .whole) }
    #expect(throws: AnalysisError.self) { try GateMediation(runs, units: [2], through: .forget) }
  }
}
