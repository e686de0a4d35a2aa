import Analyses
import Foundation
import LinearAlgebra
import Networks
import Tasks
import Testing

/// The rows of a planted model as a dataset whose splits are disjoint.
func planted(_ data: Dataset, select: Rows, verify: Rows) -> Dataset {
  let numbers = 0..<select.count
  let (first, second) = (numbers.filter { $0 % 2 == 0 }, numbers.filter { $0 % 2 == 1 })
  return Dataset(
    task: data.task, form: data.form, vocabulary: data.vocabulary, training: data.training,
    validation: select.rows(second), test: verify, select: select.rows(first))
}

/// Sets that are searched where word and place both differ.
@Suite struct RoleTestTests {
  static let options = RoleTest.Options(selectPairs: 80, tunePairs: 80, randomSets: 100)

  func measured(_ effect: Effect?) throws -> Effect.Measurement {
    try #require(effect?.measurement, "\(String(describing: effect))")
  }

  @Test(arguments: [0, 3]) func plantedSetsAreFoundExactly(_ step: Int) throws {
    let model = try PlantedPositioning()
    let data = planted(model.data, select: model.others(4...8), verify: model.rows(4...8))
    for (role, units) in [(SufficientSet.Role.word, model.storing), (.position, model.counting)] {
      let found = try RoleTest(role, model.model, data, at: step, Self.options)
      #expect(found.role == role && found.step == step && found.sourceStep == step)
      #expect(found.units == units && found.reachesTuneThreshold && found.reachesThreshold == true)
      let share = try measured(found.measured.share)
      #expect(share.estimate == 1 && share.null.pValue <= 0.05 && share.null.draws == 100)
      #expect(found.measured.difference == .both && found.measured.pairs >= share.sentences)
      #expect(try measured(found.samePosition?.share).estimate == 1)
      #expect(try measured(found.sameWord?.share).estimate == 1)
      // The whole state moves word and place: it has neither role.
      #expect(try measured(found.wholeState.share).estimate == 0)
      #expect(found.selectPairs <= 80 && found.tunePairs <= 80 && found.selectPairs > 20)
      #expect(found.path.allSatisfy { $0.size <= PlantedPositioning.units / 2 })
      let enough = try #require(found.path.first { $0.units == units })
      #expect(enough.tuneShare == 1 && enough.score <= 0 && enough.score > -0.1)
      #expect(found.path.first?.size == 1 && found.path.first?.tuneShare ?? 1 < 0.95)
    }
  }

  /// The unit that holds the word beside its place of use is not taken; of each planted pair both units are.
  @Test func rolesOfAChainAreFoundWhileItCounts() throws {
    let model = try PlantedRoles()
    let data = planted(model.data, select: model.others(5...8), verify: model.rows(5...8))
    let found = try DoubleDissociation(model.model, data, steps: [2], Self.options)
    let step = try #require(found.steps.first)
    #expect(step.storing.units == model.storing && step.counting.units == model.counting)
    #expect(step.score == 1 && found.score == 1 && step.isDissociated == true && step.step == 2)
    #expect(step.overlap.common == 0 && step.overlap.firstSize == 2)
    let hypothesis = try #require(step.hypothesis)
    #expect(try measured(hypothesis.share).estimate == 1)
    #expect(try hypothesis.cases.allSatisfy { try measured($0.share).estimate == 1 })
    #expect(hypothesis.cases.map(\.exchanged) == InterchangeAccuracy.Exchanged.allCases)
    #expect(try JSONDecoder().decode(DoubleDissociation.self, from: JSONEncoder().encode(found)) == found)
  }

  /// One pair of units holds word and time left: what moves one moves the other, whatever the set.
  @Test func noSetHasARoleInAMixedCode() throws {
    let model = try PlantedRoles(.mixed)
    let data = planted(model.data, select: model.others(5...8), verify: model.rows(5...8))
    let found = try DoubleDissociation(model.model, data, steps: [2], Self.options)
    let step = try #require(found.steps.first)
    #expect(try #require(found.score) < 0.5, "\(String(describing: found.score))")
    #expect(step.isDissociated == false)
    for test in [step.storing, step.counting] {
      #expect(!test.units.isEmpty && !test.reachesTuneThreshold && test.reachesThreshold == false)
      #expect(test.path.allSatisfy { $0.tuneShare < 0.7 }, "\(test.role) \(test.path.map(\.tuneShare))")
    }
  }

  @Test func anUntrainedModelIsItsOwnNull() throws {
    let task = try PlantedPositioning()
    let model = Seq2Seq(Configuration(units: 16, vocabulary: task.data.vocabulary), seed: 3)
    let data = planted(task.data, select: task.others(5...8), verify: task.rows(5...8))
    let found = try DoubleDissociation(model, data, steps: [1, 2], Self.options)
    #expect(found.steps.count == 2 && found.steps.allSatisfy { $0.isDissociated == false })
    #expect(try #require(found.score) < 0.2)
    #expect(found.steps.allSatisfy { !$0.storing.units.isEmpty && !$0.counting.units.isEmpty })
  }

  /// Coordinates of a rotation: no few of them are the planted pair.
  @Test func rolesCanBeLookedForInAnotherBasis() throws {
    let model = try PlantedPositioning()
    let data = planted(model.data, select: model.others(5...8), verify: model.rows(5...8))
    let basis = Basis.random(units: PlantedPositioning.units, seed: 4)
    var options = Self.options
    (options.largest, options.randomSets, options.swaps) = (3, 10, 32)
    let found = try RoleTest(.position, model.model, data, at: 2, in: basis, options)
    #expect(found.path.count == 3 && !found.reachesTuneThreshold)
    #expect(try measured(found.measured.share).estimate < 0.9)
    // It is the exchange in that basis that is measured.
    let pairs = RolePairs(model.model, data.verify, at: 2, count: 600, in: basis, seed: options.seed &+ 2)
    let again = try RoleOutcome(.position, pairs.exchange(.both), units: found.units, randomSets: 10)
    #expect(again == found.measured)
  }

  /// The smallest that is enough; else the smallest that chance can't tell from the best.
  @Test func theSizeIsChosenOnTune() throws {
    let model = try PlantedPositioning()
    let data = planted(model.data, select: model.others(5...8), verify: model.rows(5...8))
    var options = Self.options
    options.largest = 1
    let short = try RoleTest(.word, model.model, data, at: 3, options)
    #expect(short.units.count == 1 && !short.reachesTuneThreshold && short.reachesThreshold == false)
    (options.largest, options.tuneThreshold) = (4, 0)
    #expect(try RoleTest(.word, model.model, data, at: 3, options).units.count == 1)
    (options.tuneThreshold, options.threshold) = (1, 1.1)
    let strict = try RoleTest(.word, model.model, data, at: 3, options)
    #expect(strict.units == model.storing && strict.reachesTuneThreshold && strict.reachesThreshold == false)
  }

  @Test func badInputIsATypedError() throws {
    let planted = try PlantedPositioning()
    func test(_ options: RoleTest.Options, at step: Int = 3) throws {
      _ = try RoleTest(.word, planted.model, planted.data, at: step, options)
    }
    #expect(throws: AnalysisError.setLargerThanModel(size: 33, units: 32)) { try test(.init(largest: 33)) }
    for wrong in [
      RoleTest.Options(timeLeft: 0), .init(largest: 0), .init(selectPairs: 0), .init(tunePairs: 0),
      .init(verifyPairs: 0), .init(swaps: -1), .init(randomSets: -1),
    ] { #expect(throws: AnalysisError.self) { try test(wrong) } }
    #expect(
      throws: AnalysisError.tooFewRows(condition: "position 9 or a later one", found: 0, needed: 2)
    ) { try test(.init(), at: 6) }
  }

  /// A model that writes no numbers must not read as one that no exchange moves.
  @Test func aFailureInsideARunIsAnError() throws {
    let planted = try PlantedPositioning()
    var model = planted.model
    var bias = try model.parameter("output.bias")
    bias[0, 3] = .nan
    try model.setParameter("output.bias", to: bias)
    #expect(throws: AnalysisError.self) {
      try RoleTest(.word, model, planted.data, at: 2, Self.options)
    }
  }
}
