import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Attribution must find what is there, and nothing where nothing is.
@Suite struct AttributionMechanismTests {
  @Test func thePlantedUnitIsFoundByEveryMethodAndNoOther() throws {
    let (model, data) = try plantedModel(storing: 77, units: 200)
    let rows = data.test.distinct.filter { _, position, _ in position == 8 }
    let recording = try model.record(rows)
    let partners = try BaselineState.counterfactual(of: rows)
    // Nothing but rounding is left for the others: a product's last bits depend on how many rows it has.
    func isAlone(_ finding: some UnitAttribution) -> Bool {
      let size = abs(finding.meanAttributions[77])
      return size > 0 && finding.rankedUnits[0] == 77 && finding.publishedUnits.count == 100
        && finding.meanAttributions.indices.allSatisfy {
          $0 == 77 || abs(finding.meanAttributions[$0]) < 1e-4 * size
        }
    }
    for step in [0, 4, 8] {
      let states = try AttributionStates(recording, step: step, position: 8)
      for target in [StateTarget.probability, .logProbability, .margin] {
        #expect(isAlone(try GradientTimesState(model, states, target: target)))
        let integrated = try IntegratedGradients(
          model, states, target: target, baseline: partners, rule: .gaussLegendre(50))
        #expect(isAlone(integrated))
        #expect(integrated.completeness.largest < 1e-3)
        let patching = try AttributionPatching(model, states, target: target, source: partners, seed: 1)
        #expect(isAlone(patching) && isAlone(patching.patching))
        let pearson = try #require(patching.agreement.pearson.measurement)
        #expect(
          pearson.estimate > 0.999 && pearson.null.pValue <= 0.01
            && pearson.sentences == rows.distinctSentences)
        let spearman = try #require(patching.agreement.spearman.measurement)
        #expect(spearman.null.pValue <= 0.01)
      }
    }
    // The other word's store turns the answer around: from P ≈ 1 to P ≈ 0.
    let states = try AttributionStates(recording, step: 4, position: 8)
    let patching = try UnitPatching(model, states, target: .probability, source: partners)
    #expect(patching.attributions.column(77).allSatisfy { abs($0 + 1) < 1e-3 })
    let direct = try DirectLogitAttribution(model, recording, position: 8)
    #expect(isAlone(direct))
    #expect(direct.written?.storage.allSatisfy { $0 == 0 } == true)
    // Random sets of three hold it three times in 200 draws, and else give nothing.
    let share = try #require(try direct.share(of: [77, 3, 4], seed: 2).measurement)
    #expect(abs(share.estimate - 1) < 1e-6 && share.sentences == rows.distinctSentences)
    #expect(share.interval.low > 0.999 && share.interval.high < 1.001)
    #expect((0.005...0.03).contains(share.null.pValue) && share.null.median == 0)
    #expect(try #require(try direct.share(of: [3, 4, 5], seed: 2).measurement).estimate == 0)
    let turned = try DirectLogitAttribution(model, recording, position: 8, words: rows.words.map { 7 - $0 })
    guard case .notDetermined(.undefinedOutcome) = try turned.share(of: [77], seed: 2) else {
      Issue.record("a share of less than nothing was given")
      return
    }
    #expect(throws: AnalysisError.repeatedUnit(unit: 3)) { try direct.share(of: [3, 3], seed: 2) }
  }

  /// Attributions of one untrained model say nothing about another: p-values must be small as seldom as they promise.
  @Test func attributionsOfAnotherModelAreSeldomSignificant() throws {
    let data = LastTokenAutoencoder(longest: 6, rowsPerCell: 30).heldOut(seed: 1)
    let rows = data.test.distinct.filter { _, position, _ in position == 6 }
    func states(_ seed: UInt64) throws -> (Seq2Seq, AttributionStates) {
      let model = Seq2Seq(.init(units: 16, vocabulary: data.vocabulary), seed: seed)
      return (model, try AttributionStates(try model.record(rows), step: 1, position: 6))
    }
    var (pearson, spearman, own) = ([Double](), [Double](), [Double]())
    for draw in 0..<200 {
      let (model, ours) = try states(UInt64(2 * draw))
      let (other, theirs) = try states(UInt64(2 * draw + 1))
      let target = StateTarget.logitDifference(from: 5)
      let attributions = try GradientTimesState(model, ours, target: target).attributions
      func agreement(_ model: Seq2Seq, _ states: AttributionStates) throws -> AttributionAgreement {
        let effects = try UnitPatching(model, states, target: target).attributions
        return try AttributionAgreement(
          attributions, effects, inputs: states.inputs, resamples: 20, permutations: 199, seed: UInt64(draw))
      }
      let unrelated = try agreement(other, theirs)
      pearson.append(try #require(unrelated.pearson.measurement).null.pValue)
      spearman.append(try #require(unrelated.spearman.measurement).null.pValue)
      // Beside its own effects, the sign is turned: what a unit gives is lost when it is set to zero.
      if draw < 20 { own.append(try #require(try agreement(model, ours).pearson.measurement).estimate) }
    }
    for (level, expected) in [(0.05, 10.0), (0.5, 100.0)] {
      for found in [pearson, spearman].map({ $0.count { $0 <= level } }) {
        let deviation = (expected * (1 - level)).squareRoot()
        #expect(abs(Double(found) - expected) < 4 * deviation, "\(found) of 200 at \(level)")
      }
    }
    #expect(own.allSatisfy { $0 < -0.99 }, "\(own)")
  }

  @Test func repeatsOfAnInputAreNoFurtherEvidence() throws {
    var generator = SeededGenerator(seed: 6)
    let attributions = Matrix.normal(rows: 8, columns: 10, using: &generator)
    let effects = Matrix.normal(rows: 8, columns: 10, using: &generator)
    let once = try AttributionAgreement(attributions, effects, inputs: Array(0..<8), seed: 3)
    let repeats = [0, 1, 2, 3, 3, 3, 4, 5, 6, 7, 7]
    let again = try AttributionAgreement(
      attributions.rows(repeats), effects.rows(repeats), inputs: repeats, seed: 3)
    #expect(once == again)
    let measurement = try #require(once.pearson.measurement)
    #expect(measurement.sentences == 8 && measurement.null.draws == 999)
    #expect(
      measurement.interval.low < measurement.estimate && measurement.estimate < measurement.interval.high)
    let means = (attributions.columnMeans.map { Double($0) }, effects.columnMeans.map { Double($0) })
    #expect(abs(measurement.estimate - (pearsonCorrelation(means.0, means.1) ?? 0)) < 1e-6)
  }

  /// An interval from many inputs must hold the correlation of the true means about as often as it says.
  @Test func intervalsHoldTheCorrelationOfTheTrueMeans() throws {
    var generator = SeededGenerator(seed: 12)
    var held = 0
    for trial in 0..<200 {
      let truth = (0..<20).map { _ in (generator.normal(), generator.normal()) }
      var (a, e) = (Matrix(rows: 40, columns: 20), Matrix(rows: 40, columns: 20))
      for row in 0..<40 {
        for unit in 0..<20 {
          a[row, unit] = Float(truth[unit].0 + truth[unit].1 + generator.normal())
          e[row, unit] = Float(truth[unit].0 + generator.normal())
        }
      }
      let agreement = try AttributionAgreement(
        a, e, inputs: Array(0..<40), resamples: 300, permutations: 1, seed: UInt64(trial))
      let interval = try #require(agreement.pearson.measurement).interval
      let correlation = try #require(pearsonCorrelation(truth.map { $0.0 + $0.1 }, truth.map(\.0)))
      if interval.low <= correlation && correlation <= interval.high { held += 1 }
    }
    // Quantiles of the resamples, which show the bias of noisy means twice, hold it in 166.
    #expect((172...199).contains(held), "\(held) of 200")
  }

  @Test func theAuditHoldsEveryCombinationOnce() throws {
    let data = LastTokenAutoencoder(longest: 6, rowsPerCell: 60).heldOut(seed: 1)
    var model = Seq2Seq(.init(units: 12, vocabulary: data.vocabulary), seed: 2)
    try model.train(on: data, TrainingOptions(batchSize: 32, epochs: 15, learningRate: 0.01))
    let rows = data.test.distinct.filter { _, position, _ in position == 6 }
    let recording = try model.record(rows)
    let states = try AttributionStates(recording, step: 3, position: 6)
    let partners = try BaselineState.counterfactual(of: rows)
    var shares = [Double]()
    let audit = try GradientAudit(
      model, states, baselines: [.zero, .meanAtStep, partners], resamples: 100, permutations: 99, seed: 1,
      progress: { shares.append($0) })
    #expect(audit.entries.count == 45 && shares.count == 45 && shares.last == 1)
    #expect(audit.distinctInputs == rows.count && audit.step == 3 && audit.position == 6)
    for (index, entry) in audit.entries.enumerated() {
      #expect(entry.target == [.probability, .logProbability, .margin][index / 15])
      #expect(entry.baseline == [.zero, .meanAtStep, partners][index / 5 % 3])
      #expect(entry.method == GradientAudit.Method.all[index % 5])
      #expect(entry.publishedUnits.count == 6)
      let patching = try UnitPatching(model, states, target: entry.target, source: entry.baseline)
      let means = patching.meanAttributions
      #expect(zip(entry.agreement.effects, means).allSatisfy { abs($0 + $1) < 1e-6 })
      guard case .integratedGradients(let rule) = entry.method else { continue }
      let integrated = try IntegratedGradients(
        model, states, target: entry.target, baseline: entry.baseline, rule: rule)
      #expect(entry.completeness == integrated.completeness)
      #expect(entry.publishedUnits == integrated.publishedUnits)
      #expect(
        zip(entry.agreement.attributions, integrated.meanAttributions).allSatisfy { abs($0 - $1) < 1e-6 })
    }
    // Zero is the one baseline at which gradient × input and attribution patching are the same.
    for first in stride(from: 0, to: 45, by: 5) {
      let (gradient, patching) = (audit.entries[first], audit.entries[first + 1])
      #expect((gradient.agreement == patching.agreement) == (gradient.baseline == .zero))
    }
    let again = try JSONDecoder().decode(GradientAudit.self, from: JSONEncoder().encode(audit))
    #expect(again == audit)
  }
}
