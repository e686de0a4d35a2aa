import Analyses
import LinearAlgebra
import Networks
import Tasks
import Testing

@Suite struct PublishedSelectionTests {
  /// The fault that the book shows: for w = 3, T = 5 a thousand copies of one input stand against 16 distinct ones.
  @Test func thePublishedNegativesAreCopiesOfOneInput() throws {
    let (model, _) = try plantedModel(storing: 4)
    var generator = SeededGenerator(seed: 1)
    let rows = Rows(LastTokenAutoencoder(longest: 6, rowsPerCell: 1000).rows(using: &generator))
    let recording = try model.record(rows.published(word: 3, position: 5))
    let examples = try LabelledStates.publishedStoring(recording, word: 3, position: 5, step: 2)
    #expect(examples.count == 2000 && examples.distinctInputs == 17)
    #expect(recording.rows.count == 2000 && rows.published(word: 3, position: 5, limit: 20).count == 40)
    let last = try #require(recording.rows.indices { word, position, _ in word == 3 && position == 5 }.first)
    #expect(examples.states.row(0) == Array(recording.decoder.states.units(row: last, step: 2)))
    let negatives = examples.rows(examples.labels.indices.filter { examples.labels[$0] == 0 })
    #expect(negatives.count == 1000 && negatives.distinctInputs == 1)
    // Both sides of the published split hold the same inputs.
    let sides = examples.sides(try Split.byRow(examples, seed: 42))
    #expect(sides.heldOut.count == 400)
    let elimination = try RecursiveFeatureElimination(training: sides.training, heldOut: sides.heldOut)
    #expect(elimination.sharedInputs == elimination.distinctHeldOutInputs)
    // The one negative has the token that the positives have, and the planted unit, which holds nothing but the
    // token, can't tell them apart; accuracy is on whatever else there is, here nothing.
    #expect(elimination.rounds[0].heldOut.share < 0.6)
  }

  @Test func countingHasAClassForEachStepBeforeThePosition() throws {
    let (model, data) = try plantedModel(storing: 4)
    let rows = data.test.filter { _, position, _ in position == 6 }
    let recording = try model.record(rows)
    let examples = try LabelledStates.publishedCounting(recording, word: 3, position: 6)
    #expect(Set(examples.labels) == Set(0...5))
    #expect(examples.count == 6 * rows.words.filter { $0 == 3 }.count)
    #expect(
      examples.states.row(0)
        == Array(recording.decoder.states.units(row: rows.words.firstIndex(of: 3) ?? 0, step: 0)))
    let asking = rows.words.filter { $0 == 3 }.count
    #expect(examples.labels[5 * asking] == 5)
    #expect(
      examples.states.row(5 * asking)
        == Array(recording.decoder.states.units(row: rows.words.firstIndex(of: 3) ?? 0, step: 5)))
  }

  @Test func conditionsWithoutRowsAndStepsThatWereNotRecordedAreErrors() throws {
    let (model, data) = try plantedModel(storing: 4)
    let recording = try model.record(data.test.filter { _, position, _ in position == 6 })
    #expect(
      throws: AnalysisError.tooFewRows(condition: "word 3 at position 4", found: 0, needed: 5)
    ) { try LabelledStates.publishedStoring(recording, word: 3, position: 4, step: 1) }
    #expect(throws: AnalysisError.self) {
      try LabelledStates.publishedCounting(recording, word: 9, position: 6)
    }
    #expect(throws: AnalysisError.self) {
      try LabelledStates.publishedStoring(recording, word: 3, position: 6, step: 99)
    }
    #expect(throws: AnalysisError.self) { try LabelledStates(recording, steps: [1]) { _, _, _ in nil } }
  }

  @Test func splitsByInputShareNone() throws {
    let examples = try noisyStates(rows: 50, units: 2, seed: 1)
    let repeated = examples.rows((0..<200).map { $0 % 50 })
    let sides = repeated.sides(try Split.byInput(repeated, seed: 3))
    #expect(sides.heldOut.distinctInputs == 10 && sides.training.distinctInputs == 40)
    #expect(Set(sides.heldOut.inputs).isDisjoint(with: sides.training.inputs))
    #expect(throws: AnalysisError.self) { try Split.byInput(repeated, heldOut: 1, seed: 3) }
    #expect(throws: AnalysisError.self) { try Split.byInput(examples.rows([0, 0]), seed: 3) }
  }

  @Test func joinedRowsKeepTheirSidesAndBalancedOnesTheirShares() throws {
    let (one, two) = (
      try noisyStates(rows: 30, units: 2, seed: 1), try noisyStates(rows: 10, units: 2, seed: 2)
    )
    let (examples, split) = try LabelledStates.joining(training: one, heldOut: two)
    let sides = examples.sides(split)
    #expect(sides.training.states == one.states && sides.heldOut.states == two.states)
    #expect(sides.heldOut.labels == two.labels && examples.distinctInputs == 40)
    #expect(Set(sides.training.inputs).isDisjoint(with: sides.heldOut.inputs))
    #expect(throws: AnalysisError.self) {
      try LabelledStates.joining(training: one, heldOut: try noisyStates(rows: 10, units: 3, seed: 2))
    }
    let uneven = try LabelledStates(
      states: one.states, labels: (0..<30).map { $0 < 24 ? 0 : 1 }, inputs: one.inputs)
    let even = uneven.balanced(seed: 1)
    #expect(even.labels == [Int](repeating: 0, count: 6) + [Int](repeating: 1, count: 6))
    #expect(Set(even.inputs).count == 12 && even.balanced(seed: 2) == even)
  }
}
