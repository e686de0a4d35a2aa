import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Attributions beside an implementation of their own in float64, and what must hold of them.
@Suite struct AttributionTests {
  @Test func allAreThoseOfTheReference() throws {
    let fixture = try AttributionFixture.load()
    #expect(fixture.cases.map(\.cell) == [.gru, .resetAfterGRU])
    for each in fixture.cases {
      let (model, recording) = try each.run()
      for entry in each.entries {
        let states = try AttributionStates(recording, step: entry.step, position: each.position)
        let (target, baseline) = (entry.stateTarget, each.baseline(entry))
        let place = Comment("\(each.cell), t = \(entry.step), \(target), \(entry.baseline)")
        let integrated = try IntegratedGradients(
          model, states, target: target, baseline: baseline, rule: entry.integrationRule)
        #expect(agree(integrated.attributions.storage, entry.integrated), place)
        #expect(agree(integrated.completeness.states, entry.values), place)
        #expect(agree(integrated.completeness.baselines, entry.baselineValues), place)
        let gradient = try GradientTimesState(model, states, target: target)
        #expect(agree(gradient.attributions.storage, entry.gradientTimesState), place)
        #expect(agree(gradient.values, entry.values), place)
        let patching = try AttributionPatching(
          model, states, target: target, source: baseline, resamples: 10, permutations: 10, seed: 1)
        #expect(agree(patching.attributions.storage, entry.firstOrder), place)
        #expect(agree(patching.patching.attributions.storage, entry.patched), place)
        #expect(agree(patching.patching.values.map { Float($0) }, entry.values), place)
      }
    }
  }

  @Test func directAttributionsAreThoseOfTheReferenceAndAddUpToTheLogits() throws {
    for each in try AttributionFixture.load().cases {
      let (model, recording) = try each.run()
      let direct = try DirectLogitAttribution(model, recording, position: each.position)
      #expect(direct.others == each.direct.others)
      #expect(agree(direct.attributions.storage, each.direct.attributions))
      #expect(agree(try #require(direct.carried).storage, each.direct.carried))
      #expect(agree(try #require(direct.written).storage, each.direct.written))
      #expect(direct.distinctInputs == Set(each.inputs).count)
    }
    // At every position of every cell, split where it can be.
    for cell in CellKind.allCases {
      for layers in 1...2 {
        let (model, recording) = try untrained(cell, layers: layers, seed: 5)
        for position in 1...6 {
          let direct = try DirectLogitAttribution(model, recording, position: position)
          #expect((direct.errors.max() ?? 1) < 2e-6)
          #expect((direct.carried != nil) == (cell == .gru || cell == .resetAfterGRU))
          guard let carried = direct.carried, let written = direct.written else { continue }
          let sums = zip(carried.storage, written.storage).map { Double($0 + $1) }
          #expect(agree(direct.attributions.storage, sums, tolerance: 1e-6))
        }
      }
    }
  }

  @Test func nodesAreThoseOfNumPyAndIntegratePolynomialsExactly() throws {
    for (count, expected) in try AttributionFixture.load().gaussLegendre {
      let (places, weights) = try IntegrationRule.gaussLegendre(try #require(Int(count))).nodes()
      #expect(places.count == expected.places.count)
      for (ours, theirs) in zip(places, expected.places) { #expect(abs(ours - theirs) < 1e-13) }
      for (ours, theirs) in zip(weights, expected.weights) { #expect(abs(ours - theirs) < 1e-13) }
    }
    for count in [1, 2, 5, 20, 300] {
      let (places, weights) = try IntegrationRule.gaussLegendre(count).nodes()
      for degree in [0, 1, count, 2 * count - 1] {
        let integral = zip(places, weights).reduce(0) { $0 + $1.1 * pow($1.0, Double(degree)) }
        #expect(abs(integral - 1 / Double(degree + 1)) < 1e-13)
      }
    }
    let (places, weights) = try IntegrationRule.leftRiemann(4).nodes()
    #expect(places == [0, 0.25, 0.5, 0.75] && weights == [0.25, 0.25, 0.25, 0.25])
    #expect(IntegrationRule.published == .leftRiemann(50))
  }

  @Test func correlationsAreThoseOfSciPy() throws {
    for expected in try AttributionFixture.load().correlations {
      let pearson = try #require(pearsonCorrelation(expected.first, expected.second))
      let spearman = try #require(spearmanCorrelation(expected.first, expected.second))
      #expect(abs(pearson - expected.pearson) < 1e-12 && abs(spearman - expected.spearman) < 1e-12)
    }
    #expect(pearsonCorrelation([0.1, 0.1, 0.1], [1, 2, 3]) == nil)
    #expect(spearmanCorrelation([1, 2, 3], [2, 2, 2]) == nil)
    #expect(pearsonCorrelation([1], [1]) == nil)
    // Values whose squares leave the range of Double.
    #expect(pearsonCorrelation([1e-150, 2e-150, 4e-150], [1, 2, 4]).map { abs($0 - 1) < 1e-12 } == true)
  }

  @Test func biasCorrectedIntervalsAreThoseOfSciPysNormalDistribution() throws {
    let expected = try AttributionFixture.load().intervals
    #expect(expected.count == 10)
    for each in expected {
      let interval = Interval.biasCorrected(each.estimate, resampled: each.draws)
      #expect(abs(interval.low - each.low) < 1e-9 && abs(interval.high - each.high) < 1e-9)
    }
  }

  /// Sundararajan 2017, proposition 1, on a cell without kinks.
  @Test(arguments: [StateTarget.probability, .logProbability, .logitDifference(from: 4)])
  func attributionsAddUpToWhatTheyExplain(target: StateTarget) throws {
    let fixture = try #require(try AttributionFixture.load().cases.first { $0.cell == .resetAfterGRU })
    let (model, recording) = try fixture.run()
    for step in 0...fixture.position {
      let states = try AttributionStates(
        recording, step: step, position: fixture.position, words: [3, 5, 6, 3])
      for baseline in [BaselineState.zero, .meanAtStep, .counterfactual(partners: fixture.partners)] {
        func completeness(_ rule: IntegrationRule) throws -> Completeness {
          try IntegratedGradients(model, states, target: target, baseline: baseline, rule: rule).completeness
        }
        let (exact, coarse, fine) = (
          try completeness(.gaussLegendre(50)), try completeness(.leftRiemann(50)),
          try completeness(.leftRiemann(300))
        )
        #expect(exact.largest < 1e-5)
        // At T a difference of logits is linear, and no rule errs.
        if step == fixture.position && target == .logitDifference(from: 4) {
          #expect(coarse.largest < 1e-5)
        } else {
          #expect(coarse.mean > 20 * exact.mean)
          // The error of the left rule falls as 1 / n.
          #expect(abs(coarse.mean / fine.mean - 6) < 1.5, "\(step): \(coarse.mean), \(fine.mean)")
        }
        #expect(exact.states == coarse.states && exact.errors.count == states.count)
        let whole = zip(exact.states, exact.baselines).reduce(0) { $0 + abs(Double($1.0) - Double($1.1)) }
        #expect(abs(try #require(coarse.relative) - coarse.errors.reduce(0, +) / whole) < 1e-12)
      }
    }
  }

  /// At T logits are linear in the state: every method gives the effect of the unit, exactly.
  @Test(arguments: CellKind.allCases) func whereTheTargetIsLinearAllMethodsAgree(cell: CellKind) throws {
    let (model, recording) = try untrained(cell, seed: 3)
    for target in [StateTarget.logit, .logitDifference(from: 5)] {
      let states = try AttributionStates(recording, step: 4, position: 4)
      for baseline in [BaselineState.zero, .meanAtStep, try .counterfactual(of: recording.rows)] {
        let patching = try AttributionPatching(model, states, target: target, source: baseline, seed: 1)
        let truth = patching.patching.attributions.storage.map { Double($0) }
        #expect(truth.contains { abs($0) > 1e-4 })
        #expect(agree(patching.attributions.storage, truth, tolerance: 1e-6))
        #expect(try #require(patching.agreement.pearson.measurement).estimate > 0.9999)
        for rule in [IntegrationRule.leftRiemann(1), .leftRiemann(3), .gaussLegendre(2)] {
          let integrated = try IntegratedGradients(
            model, states, target: target, baseline: baseline, rule: rule)
          #expect(agree(integrated.attributions.storage, truth.map { -$0 }, tolerance: 1e-6))
        }
        if baseline == .zero {
          let gradient = try GradientTimesState(model, states, target: target)
          #expect(agree(gradient.attributions.storage, truth.map { -$0 }, tolerance: 1e-6))
        }
      }
    }
  }

  /// More points than one batch takes: what a row gets must not depend on the rows beside it.
  @Test func rowsAreWorkedOnInBatchesThatChangeNothing() throws {
    let (model, recording) = try untrained(.resetAfterGRU, seed: 3)
    let many = (0..<1000).map { $0 % recording.rows.count }
    let all = try model.record(recording.rows.rows(many))
    let (states, few) = (
      try AttributionStates(all, step: 2, position: 5), try AttributionStates(recording, step: 2, position: 5)
    )
    let patching = try UnitPatching(model, states)
    let patchingOfFew = try UnitPatching(model, few)
    let integrated = try IntegratedGradients(model, states)
    let integratedOfFew = try IntegratedGradients(model, few)
    for row in 0..<1000 {
      let one = many[row]
      let effects = patchingOfFew.attributions.row(one).map { Double($0) }
      #expect(agree(patching.attributions.row(row), effects, tolerance: 1e-6))
      let expected = integratedOfFew.attributions.row(one).map { Double($0) }
      #expect(agree(integrated.attributions.row(row), expected, tolerance: 1e-6))
    }
    #expect(patching.distinctInputs == recording.rows.count && patching.values.count == 1000)
  }

  /// The published selection takes the signed mean first, so that what has both signs cancels.
  @Test func thePublishedSelectionIsTheHalfWithTheLargestSignedMean() {
    struct Given: UnitAttribution { let attributions: Matrix }
    let given = Given(attributions: Matrix([[9, 1, -2, 0, 0.5], [-9, 2, -4, 0, 0.5]]))
    #expect(given.meanAttributions == [0, 1.5, -3, 0, 0.5])
    #expect(given.rankedUnits == [2, 1, 4, 0, 3])
    #expect(given.publishedUnits == [2, 1])
  }

  /// A model of large random parameters, so that states differ, and its greedy run over rows of the toy task.
  private func untrained(_ cell: CellKind, layers: Int = 1, seed: UInt64) throws -> (Seq2Seq, Recording) {
    let data = LastTokenAutoencoder(longest: 6, rowsPerCell: 30).heldOut(seed: 1)
    var model = Seq2Seq(
      .init(units: 9, vocabulary: data.vocabulary, cell: cell, decoderLayers: layers), seed: seed)
    for view in model.layout.views where !view.name.hasSuffix(".recurrent") {
      var matrix = try model.parameter(view.name)
      for index in matrix.storage.indices { matrix.storage[index] *= 10 }
      try model.setParameter(view.name, to: matrix)
    }
    return (model, try model.record(data.test.distinct.filter { _, position, _ in position == 6 }))
  }
}
