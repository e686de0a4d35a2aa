import Analyses
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Trust in the elimination itself: what is planted is found, what is not there is found at the nominal rate.
@Suite struct SelectionCalibrationTests {
  /// The unit that holds the token must be found, alone and at p ≤ .01, at every step at which it is held.
  @Test func thePlantedUnitIsFoundAtEveryStep() throws {
    for unit in [13, 30] {
      let (model, data) = try plantedModel(storing: unit)
      let recording = try model.record(data.training.distinct.filter { _, position, _ in position >= 6 })
      for step in [0, 3, 8] {
        let examples = try LabelledStates(recording, steps: [step]) { word, _, _ in Int(word) }
        let split = try Split.byInput(examples, seed: 1)
        let found = try SelectionSignificance(
          examples, split: split, .init(roundSize: 1), permutations: 199, seed: 2)
        #expect(found.round.units == [unit])
        let effect = try #require(found.effect.measurement)
        #expect(effect.estimate == 1 && effect.null.pValue <= 0.01, "step \(step): \(effect.null)")
        #expect(effect.sentences > 10 && effect.interval.low > 0.7)
      }
    }
  }

  /// Several planted units among noise: exactly these, and stably so.
  @Test func plantedUnitsAmongNoiseAreFoundExactly() throws {
    let strengths: [Int: Float] = [2: 1.2, 9: 1.2, 17: 1.2, 23: 1.2]
    let examples = try noisyStates(rows: 400, units: 32, strengths: strengths, seed: 5)
    let split = try Split.byInput(examples, seed: 1)
    let found = try SelectionSignificance(
      examples, split: split, .init(roundSize: 4), permutations: 199, seed: 2)
    #expect(found.round.units == [2, 9, 17, 23])
    #expect(try #require(found.effect.measurement).null.pValue <= 0.01)
    #expect(try SetOverlap(found.round.units, [2, 9, 17, 23], of: 32).pValue <= 0.01)
    let stability = try SelectionStability(examples, samples: 20, .init(roundSize: 4), seed: 1)
    #expect(stability.index > 0.9 && stability.frequencies[9] > 0.9)
  }

  /// Counting: the rows of an input differ in label, and labels are exchanged within each input.
  @Test func countingUnitsAreFoundBesideUnitsThatKnowTheInput() throws {
    var generator = SeededGenerator(seed: 21)
    let (inputs, steps, units) = (40, 4, 8)
    var states = Matrix.normal(rows: inputs * steps, columns: units, using: &generator)
    for input in 0..<inputs {
      let own = Float(generator.normal())
      for step in 0..<steps {
        states[input * steps + step, 6] = 2 * Float(step) + 0.3 * states[input * steps + step, 6]
        states[input * steps + step, 1] = own
      }
    }
    let examples = try LabelledStates(
      states: states, labels: (0..<inputs * steps).map { $0 % steps },
      inputs: (0..<inputs * steps).map { $0 / steps })
    let found = try SelectionSignificance(
      examples, split: Split.byInput(examples, seed: 1), .init(roundSize: 1), permutations: 99, seed: 2)
    #expect(found.round.units == [6])
    let effect = try #require(found.effect.measurement)
    #expect(effect.null.pValue <= 0.01 && abs(effect.null.mean - 0.25) < 0.08, "\(effect)")
    #expect(effect.sentences == 8)
  }

  /// p-values on noise must be small as often as they say: over 300 data sets, for states without any difference.
  @Test func onNoiseThePValuesAreSmallAtTheNominalRate() throws {
    var pValues: [Double] = []
    for seed in UInt64(0)..<300 {
      let examples = try noisyStates(rows: 60, units: 6, seed: seed)
      let split = try Split.byRow(examples, heldOut: 0.4, seed: seed)
      let found = try SelectionSignificance(
        examples, split: split, .init(roundSize: 2), permutations: 39, seed: seed)
      pValues.append(try #require(found.effect.measurement).null.pValue)
    }
    // Binomial deviations: 3.8 around 15, 8.7 around 150. Equal accuracies count against the effect.
    let (small, half) = (pValues.count { $0 <= 0.05 }, pValues.count { $0 <= 0.5 })
    #expect((3...27).contains(small), "\(small) of 300 at .05")
    #expect((110...180).contains(half), "\(half) of 300 at .5")
  }

  /// With labels exchanged the planted unit is taken no more often than any other.
  @Test func onShuffledLabelsThePlantedUnitsAreNotFavoured() throws {
    var generator = SeededGenerator(seed: 12)
    var hits = 0
    for seed in UInt64(0)..<200 {
      let examples = try noisyStates(rows: 40, units: 8, strengths: [5: 3], seed: seed)
      let shuffled = try LabelledStates(
        states: examples.states, labels: generator.shuffled(examples.labels), inputs: examples.inputs)
      let round = try RecursiveFeatureElimination(
        training: shuffled, heldOut: shuffled, .init(roundSize: 2, leastAccuracy: 0)
      ).rounds[0]
      if round.units.contains(5) { hits += 1 }
    }
    // A quarter by chance, 50 with a deviation of 6. Its greater spread gives it a little less weight.
    #expect((20...72).contains(hits), "\(hits) of 200")
  }

  @Test func stabilityOnNoiseIsThatOfChance() throws {
    let examples = try noisyStates(rows: 400, units: 20, seed: 2)
    // Samples of the same rows share their noise, so this is above 0 but far from that of real differences.
    let noise = try SelectionStability(examples, samples: 20, .init(roundSize: 4), seed: 1)
    #expect(noise.index < 0.7, "\(noise.index)")
    #expect(noise.sets.count == 20 && noise.distinctInputs == 400 && noise.gap <= 1e-3)
    #expect(throws: AnalysisError.self) { try SelectionStability(examples, samples: 1, seed: 1) }
  }

  @Test func whatOneInputOrNoExchangeShowsIsNotDetermined() throws {
    let examples = try noisyStates(rows: 20, units: 4, strengths: [1: 5], seed: 3)
    let split = try Split.byRow(examples, seed: 1)
    let bare = try SelectionSignificance(
      examples, split: split, .init(roundSize: 1), permutations: 0, seed: 1)
    #expect(bare.effect == .notDetermined(.noNullDraws))
    let alone = Split(training: Array(0..<19), heldOut: [19])
    let single = try SelectionSignificance(
      examples, split: alone, .init(roundSize: 1), permutations: 9, seed: 1)
    #expect(single.effect == .notDetermined(.oneSentenceOnly))
    #expect(throws: AnalysisError.self) {
      try SelectionSignificance(examples, split: split, .init(roundSize: 9), permutations: 9, seed: 1)
    }
  }
}
