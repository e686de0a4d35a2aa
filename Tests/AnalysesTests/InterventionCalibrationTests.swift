import Analyses
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Where there is nothing to find, interventions must find it at the nominal rate: p ≤ .05 in one of twenty models.
@Suite struct InterventionCalibrationTests {
  static let data = LastTokenAutoencoder(longest: 7, rowsPerCell: 60).heldOut(seed: 5)
  static let rows = data.test.distinct.filter { _, position, _ in position >= 5 }.prefix(16)
  static let reference = data.training.distinct.filter { _, position, _ in position >= 5 }.prefix(32)

  /// An untrained model that is not quite as small as a new one, so that its states differ between rows.
  static func untrained(_ seed: UInt64, units: Int = 16) throws -> Seq2Seq {
    var model = Seq2Seq(Configuration(units: units, vocabulary: data.vocabulary), seed: seed)
    for view in model.layout.views {
      var matrix = try model.parameter(view.name)
      for index in matrix.storage.indices { matrix.storage[index] *= 4 }
      try model.setParameter(view.name, to: matrix)
    }
    return model
  }

  func expectNominal(_ pValues: [Double], _ what: String) {
    let count = Double(pValues.count)
    let (small, half) = (
      Double(pValues.count { $0 <= 0.05 }) / count, Double(pValues.count { $0 <= 0.5 }) / count
    )
    // Four binomial deviations.
    #expect(abs(small - 0.05) < 4 * (0.05 * 0.95 / count).squareRoot(), "\(what): \(small) at .05")
    #expect(abs(half - 0.5) < 4 * (0.25 / count).squareRoot(), "\(what): \(half) at .5")
  }

  @Test(arguments: [Ablation.Scope.set, .others]) func setsWithoutARoleBeatRandomSetsAtTheNominalRate(
    _ scope: Ablation.Scope
  ) throws {
    var (uniform, matched) = ([Double](), [Double]())
    for seed in UInt64(0)..<200 {
      let model = try Self.untrained(seed)
      let runs = try Counterfactuals(model, rows: Self.rows)
      let reference = try Counterfactuals(model, rows: Self.reference)
      // A set that has nothing to do with the model.
      var generator = SeededGenerator(seed: seed, label: "any set")
      let set = generator.sample(4, of: 0..<16)
      let found = try Ablation(
        runs, reference: reference, steps: [2],
        .init(.meanAtStep, scope: scope, outcome: .margin, randomSets: 59, seed: seed), choose: { _ in set })
      uniform.append(try #require(found.steps[0].uniform.measurement).null.pValue)
      matched.append(try #require(found.steps[0].matched.measurement).null.pValue)
    }
    expectNominal(uniform, "uniform, \(scope)")
    // Matched sets share units with the chosen one, so their p-values are drawn towards the middle.
    #expect(matched.count { $0 <= 0.05 } <= 20, "\(matched.count { $0 <= 0.05 }) of 200")
  }

  /// Units selected for labels that mean nothing, in models that hold nothing.
  @Test func unitsSelectedForShuffledLabelsBeatRandomSetsAtTheNominalRate() throws {
    var (ablated, exchanged) = ([Double](), [Double]())
    for seed in UInt64(0)..<150 {
      let model = try Self.untrained(seed)
      let runs = try Counterfactuals(model, rows: Self.rows)
      let reference = try Counterfactuals(model, rows: Self.reference)
      let examples = try LabelledStates(reference.baseline, steps: [2]) { word, _, _ in Int(word) }
      var generator = SeededGenerator(seed: seed, label: "shuffled labels")
      let shuffled = try LabelledStates(
        states: examples.states, labels: generator.shuffled(examples.labels), inputs: examples.inputs)
      let set = try RecursiveFeatureElimination(
        training: shuffled, heldOut: shuffled, .init(roundSize: 4, leastAccuracy: 0)
      ).rounds[0].units
      let found = try Ablation(
        runs, reference: reference, steps: [2],
        .init(.meanAtStep, outcome: .margin, randomSets: 59, seed: seed),
        choose: { _ in set })
      ablated.append(try #require(found.steps[0].uniform.measurement).null.pValue)
      // The exchange of a set, judged by the margin of the source's word.
      let exchange = try Exchange(of: .word, in: runs, at: 2, seed: seed)
      let sets = [set] + RandomSets.uniform(count: 59, size: 4, of: 16, seed: seed)
      let decoded = try exchange.targets.decode(
        sets.map { [try exchange.edit($0)] }, watching: .words(exchange.sourceWords))
      let effect = decoded.effect(
        .kept, .margin, of: 0, null: Array(1..<60), ofDraws: "random sets of 4 units",
        expecting: Expectation(words: exchange.sourceWords, positions: exchange.targets.rows.positions))
      exchanged.append(try #require(effect.measurement).null.pValue)
    }
    expectNominal(ablated, "ablated")
    expectNominal(exchanged, "exchanged")
  }

  /// A model that does not write its token has no unit that moves it, and nothing that could be late.
  @Test func anUntrainedModelHasNoSufficientSetAndNoDelay() throws {
    for seed in UInt64(0)..<10 {
      let model = try Self.untrained(seed)
      let runs = try Counterfactuals(model, rows: Self.rows)
      for role in SufficientSet.Role.allCases {
        let exchange = try Exchange(of: role.difference, in: runs, at: 2, seed: seed)
        let found = try SufficientSet(role, choosing: exchange, measuring: exchange, randomSets: 20)
        #expect(found.units == nil && found.measured == nil, "\(role), seed \(seed): \(found.curve)")
      }
      // A word that happens to be written by all rows comes no later for any set that is put back in time.
      do {
        let shift = try StateShift(runs, units: [1, 2, 3], at: 2, shifts: 1...1, randomSets: 20)
        #expect((shift.points[0].follows.measurement?.null.pValue ?? 1) > 0.04)
      } catch let error as AnalysisError {
        guard case .tooFewRows = error else { throw error }
      }
    }
  }

  @Test func whatIsUndefinedIsNotDetermined() throws {
    let model = try Self.untrained(3)
    let runs = try Counterfactuals(model, rows: Self.rows)
    let never = (0..<runs.rows.count).filter { row in
      !runs.baseline.tokens.row(row).contains(runs.rows.words[row])
    }
    let silent = try Counterfactuals(model, rows: Self.rows.rows(never))
    let decoded = try silent.decode([[Edit(units: [1], at: 2, .zero)], []])
    #expect(decoded.score(.delay, of: 0) == nil)
    let effect = decoded.effect(.kept, .delay, of: 0, null: [1], ofDraws: "nothing")
    guard case .notDetermined(.undefinedOutcome) = effect else {
      Issue.record("\(effect)")
      return
    }
    let one = try Counterfactuals(model, rows: Self.rows.prefix(1))
    let single = try one.decode([[Edit(units: [1], at: 2, .zero)], []])
    #expect(
      single.effect(.lost, .token, of: 0, null: [1], ofDraws: "nothing") == .notDetermined(.oneSentenceOnly))
    #expect(single.effect(.lost, .token, of: 0, null: [], ofDraws: "nothing").reason != nil)
    let same = try Counterfactuals(model, rows: Self.rows.filter { word, _, _ in word == 3 })
    #expect(throws: AnalysisError.self) { try Exchange(of: .word, in: same, at: 2, seed: 1) }
  }
}
