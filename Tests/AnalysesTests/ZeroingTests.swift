import Analyses
import Networks
import Testing

/// On a mechanism that is known, the experiment must find exactly what is there.
@Suite struct ZeroingTests {
  @Test func theUnitThatHoldsTheTokenIsFoundAndItsLossBeatsRandomSets() throws {
    let (model, data) = try plantedModel(storing: 13)
    let choosing = data.validation.distinct.filter { _, position, _ in position == 8 }
    let rows = data.test.distinct.filter { _, position, _ in position == 8 }
    let variance = TokenVariance(try model.record(choosing))
    for step in 0...8 {
      #expect(variance.topUnits(1, at: step) == [13])
      #expect(variance.share[step, 13] > 0.999)
      #expect(variance.share[step, 0] == 0)
    }
    let experiment = try ZeroingExperiment(
      model, rows: rows, steps: 0...8, randomSets: 200, seed: 2, choose: { variance.topUnits(1, at: $0) })
    #expect(experiment.baseline.share == 1)
    #expect(experiment.distinctInputs == rows.count)
    let effects = experiment.effects.compactMap(\.measurement)
    #expect(effects.map(\.null.pValue) == experiment.steps.map(\.pValue))
    #expect(effects.map(\.distinctInputs) == experiment.steps.map { _ in rows.count })
    let halves = Double(rows.words.filter { $0 == 3 }.count) / Double(rows.count)
    for step in experiment.steps {
      // Without its store the model writes the first of two equal logits.
      #expect(step.kept.share == halves)
      #expect(step.interval.low < halves && step.interval.high > halves)
      // A random set of one holds the unit once in 32 draws, and else does nothing.
      #expect(step.randomKept.allSatisfy { $0 == 1 || $0 == halves })
      #expect(step.randomRange.median == 1)
      let hits = step.randomKept.filter { $0 == halves }.count
      #expect((1...18).contains(hits), "\(hits) of 200 draws")
      #expect(abs(step.pValue - Double(1 + hits) / 201) < 1e-12)
    }
  }

  @Test func unitsThatDoNothingChangeNothing() throws {
    let (model, data) = try plantedModel(storing: 13)
    let rows = data.test.distinct.filter { _, position, _ in position == 8 }
    let experiment = try ZeroingExperiment(
      model, rows: rows, steps: 3...3, randomSets: 20, seed: 2, choose: { _ in [0, 1, 2, 3] })
    #expect(experiment.steps[0].kept.share == 1)
    #expect(experiment.steps[0].pValue == 1)
  }

  @Test func setsThatTheModelDoesNotHaveAreErrors() throws {
    let (model, data) = try plantedModel(storing: 13)
    let rows = data.test.distinct.filter { _, position, _ in position == 8 }
    for (units, error) in [
      ([32], AnalysisError.unitOutOfRange(unit: 32, units: 32)), ([4, 4], .repeatedUnit(unit: 4)),
      (Array(0...40), .unitOutOfRange(unit: 32, units: 32)),
    ] {
      #expect(throws: error) {
        try ZeroingExperiment(
          model, rows: rows, steps: 3...3, randomSets: 20, seed: 2, choose: { _ in units })
      }
    }
  }
}
