import Analyses
import Networks
import Tasks
import Testing

/// The published selection and verification, on a mechanism that is known.
@Suite struct PublishedArmTests {
  let planted: PlantedPositioning
  let data: Dataset

  init() throws {
    planted = try PlantedPositioning()
    data = LastTokenAutoencoder(longest: 8, rowsPerCell: 100).published(seed: 3)
  }

  @Test func importantUnitsAreThoseThatEliminationAndGradientsShare() throws {
    let found = try PublishedUnits.select(.counting, planted.model, data, word: 3, position: 6, steps: 1..<6)
    #expect(found.map(\.step) == Array(1..<6))
    for units in found {
      // The second round's machine has nothing left to tell steps by, and is not taken.
      #expect(units.eliminated.count == 8 && units.attributed.count == 16)
      #expect(Set(units.important) == Set(units.eliminated).intersection(units.attributed))
      #expect(units.overlap.common == units.important.count)
      #expect(units.eliminated == found[0].eliminated)
      // The planted units tell the steps and have gradients.
      #expect(Set(planted.counting).isSubset(of: units.important), "\(units)")
      #expect(units.accuracy.share == 1 && units.inputsWith == 32 && units.inputsWithout == 0)
    }
    // Each is the elimination, and the gradients, of its own data and step.
    let recording = try planted.model.record(data.training.published(word: 3, position: 6))
    func eliminate(_ examples: LabelledStates) throws -> RecursiveFeatureElimination {
      let sides = examples.sides(try Split.byRow(examples, seed: 1))
      return try RecursiveFeatureElimination(training: sides.training, heldOut: sides.heldOut)
    }
    let examples = try LabelledStates.publishedCounting(recording, word: 3, position: 6)
    let first = try #require(
      recording.rows.indices { word, position, _ in word == 3 && position == 6 }.first)
    for step in 0..<6 {
      let row = try #require(examples.labels.firstIndex(of: step))
      #expect(
        examples.states.row(row) == Array(recording.decoder.states.units(row: first, step: step)))
    }
    let counting = try eliminate(.publishedCounting(recording, word: 3, position: 6))
    let with = try planted.model.record(
      recording.rows.filter { word, position, _ in word == 3 && position == 6 })
    let without = recording.rows.filter { word, position, _ in !(word == 3 && position == 6) }.distinctInputs
    for units in found {
      let gradients = try IntegratedGradients(
        planted.model, AttributionStates(with, step: units.step, position: 6))
      #expect(units.attributed == gradients.publishedUnits && units.eliminated == counting.selected)
      #expect(try units.overlap == SetOverlap(units.eliminated, units.attributed, of: 32))
    }
    let storing = try PublishedUnits.select(
      .storing, planted.model, data, word: 3, position: 6, steps: [2, 5])
    for units in storing {
      let stored = try eliminate(
        .publishedStoring(recording, word: 3, position: 6, step: units.step))
      #expect(units.eliminated == stored.selected && units.accuracy == stored.rounds[0].heldOut)
      #expect(units.inputsWithout == without)
    }
    // The counting units tell the positions of the two classes, so the elimination takes them for storing.
    #expect(Set(planted.counting).isSubset(of: storing[0].eliminated))
    #expect(storing[0].inputsWith == 32 && storing[0].inputsWithout > 0)
    #expect(throws: AnalysisError.self) {
      try PublishedUnits.select(.storing, planted.model, data, word: 3, position: 12, steps: [2])
    }
  }

  @Test func theVerificationDoesWhatThePlantedUnitsSay() throws {
    let rows = data.training.filter { word, position, _ in word == 3 && position == 6 }
    func verify(_ kind: PublishedVerification.Kind, _ units: [Int], at step: Int) throws
      -> PublishedVerification
    {
      try PublishedVerification(kind, planted.model, rows: rows, units: units, at: step, randomSets: 200)
    }
    let late = try verify(.previous, planted.counting, at: 3)
    #expect(late.at == 0 && late.oneLater > 0.9 && late.before == 1 && late.distinctInputs == 32)
    // Where EOS should be there is the word.
    #expect(late.after == 0)
    // Zero is a tie of the words, which a = 3 wins, and not the word b.
    #expect(try verify(.disabled, planted.storing, at: 3).at == 1)
    #expect(try #require(late.effect.measurement).null.pValue <= 0.02)
    let other = try verify(.previous, planted.storing, at: 3)
    #expect(other.at == 1 && other.oneLater < 0.1 && other.after == 1)
    // Zero leaves the token to the first of equal words, which is a = 3; the count is set back to 4.3 steps.
    let disabled = try verify(.disabled, planted.counting, at: 3)
    #expect(disabled.at == 0 && disabled.effect.measurement?.estimate == 1)
    let enabled = try verify(.enabledOnly, planted.counting + planted.storing, at: 3)
    #expect(enabled.at == 1 && enabled.effect.measurement?.estimate == 1)
    #expect(try verify(.disabled, [], at: 3).effect.reason != nil)
    #expect(throws: AnalysisError.self) { try verify(.previous, [1], at: 0) }
    #expect(throws: AnalysisError.self) {
      try PublishedVerification(
        .disabled, planted.model, rows: data.training.rows([0, data.training.count - 1]), units: [1], at: 2)
    }
  }
}
