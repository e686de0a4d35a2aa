import Analyses
import Foundation
import KnownRoleModels
import LinearAlgebra
import Networks
import Tasks
import Testing

/// What models do beyond what they were made for.
@Suite struct LongRunTests {
  /// It writes its word at every step, so at 1, whatever it is asked for.
  @Test func aModelThatCannotCountWritesTheWordAtOnceForEveryLength() throws {
    let (model, _) = try plantedModel(storing: 5)
    let rows = LastTokenAutoencoder(longest: 16, rowsPerCell: 4).heldOut(seed: 1).training
    let found = try PastTrainedLength(model, rows: rows, trainedThrough: 8)
    #expect(found.asked.map(\.position) == Array(1...16) && found.trainedThrough == 8)
    for asked in found.asked {
      #expect(asked.isTrained == (asked.position <= 8) && asked.emitted.share == 1)
      #expect(asked.onTime.share == (asked.position == 1 ? 1 : 0) && asked.ended.count == 0)
      #expect(asked.emissions == [1: asked.distinctInputs] && asked.meanEmission == 1)
      #expect(asked.emitted.interval == .wilson(asked.sentences, of: asked.sentences))
      // Two words in one surrounding are one sentence.
      #expect(asked.position > 2 || asked.sentences == asked.distinctInputs / 2)
    }
    let again = rows.rows([0, 0] + Array(0..<rows.count))
    #expect(try PastTrainedLength(model, rows: again, trainedThrough: 8) == found)
    #expect(throws: AnalysisError.self) { try PastTrainedLength(model, rows: rows, trainedThrough: 16) }
  }

  /// Its register counts to 8: it knows no later position, and what it does there is not what was asked for.
  @Test func aModelThatCountsToEightIsRightUpToEight() throws {
    let planted = try PlantedPositioning()
    let rows = LastTokenAutoencoder(longest: 16, rowsPerCell: 4).heldOut(seed: 1).training
    let found = try PastTrainedLength(planted.model, rows: rows, trainedThrough: 8)
    for asked in found.asked where asked.isTrained {
      #expect(asked.onTime.share == 1 && asked.emissions == [asked.position: asked.distinctInputs])
      #expect(asked.ended.share == 1)
    }
    #expect(found.asked.last?.onTime.share == 0)
    // Asked for three positions earlier than it writes, it is late, and that is seen.
    let late = Rows(
      (0..<rows.count).filter { rows.positions[$0] == 8 }.map { index in
        var row = rows[index]
        row.position = 5
        return row
      })
    let asked = try PastTrainedLength(planted.model, rows: late, trainedThrough: 4, patience: 4).asked[0]
    #expect(asked.emissions == [8: asked.distinctInputs] && asked.onTime.count == 0 && asked.ended.share == 1)
    // Where positions have tokens, none stands for one that was not trained.
    let short = try TokenPositioning(words: 8, lengths: 3...4)
    let long = try TokenPositioning(words: 8, lengths: 3...6).balanced(seed: 1).verify
    let model = Seq2Seq(Configuration(units: 4, vocabulary: short.vocabulary), seed: 1)
    #expect(throws: NetworkError.self) { try PastTrainedLength(model, rows: long, trainedThrough: 4) }
  }

  @Test func thePlantedModelRestsAtItsPointAfterEOS() throws {
    let planted = try PlantedPositioning()
    let rows = planted.rows(5...8)
    let recording = try planted.model.record(rows, steps: 40)
    let points = try FixedPoints(
      planted.model, from: recording.visitedStates(count: 16, seed: 1), feeding: [Vocabulary.eos])
    let found = try LongRun(planted.model, rows: rows, steps: 120, points: points)
    let ending = try #require(found.endings.first)
    #expect(found.endings.count == 1 && ending.period == 1 && ending.tokens == [Vocabulary.eos])
    #expect(ending.inputs.share == 1 && ending.inputs.of == rows.distinctInputs && ending.speed < 1e-5)
    #expect(try #require(ending.distance) < 1e-3)
    // Soon after EOS it still moves: 15 % of what is left a step.
    let soon = try LongRun(planted.model, rows: rows, steps: 11, longestPeriod: 2)
    #expect(
      soon.endings.allSatisfy {
        $0.period == nil && $0.tokens.isEmpty && $0.speed > 0.01 && $0.distance == nil
      })
    // A drift that is within the tolerance for one step, but not for two, is no rest.
    let last = planted.rows(8...8)
    let speed = try LongRun(planted.model, rows: last, steps: 20, longestPeriod: 2).endings[0].speed
    for (factor, period) in [(1.5, nil), (2.5, 1)] as [(Double, Int?)] {
      let run = try LongRun(
        planted.model, rows: last, steps: 20, longestPeriod: 2, tolerance: factor * speed / 2.0.squareRoot())
      #expect(run.endings[0].period == period)
    }
    #expect(throws: AnalysisError.self) { try LongRun(planted.model, rows: rows, steps: 60) }
    #expect(throws: AnalysisError.self) { try LongRun(planted.model, rows: rows, tolerance: 0) }
  }

  /// h' = tanh(−2 h) goes to and fro between ± the zero of tanh(2 h) = h, and writes two words in turn.
  @Test func aCycleHasItsPeriodAndItsTokens() throws {
    let data = LastTokenAutoencoder(longest: 3, rowsPerCell: 4).heldOut(seed: 1)
    let model = try ParameterBuilder.twoWordsInTurn(data.vocabulary)
    let found = try LongRun(model, rows: data.training, steps: 80)
    let ending = try #require(found.endings.first)
    #expect(found.endings.count == 1 && ending.period == 2 && ending.tokens == [3, 4])
    // The cycle is the same wherever it is cut. A state at rest came from the token before it: at step 80 it writes
    // 4 and was fed 3, at step 81 the other way round.
    let points = try FixedPoints(model, from: Matrix([[0.5]]), feeding: [3])
    for (steps, isKnown) in [(80, true), (81, false)] {
      let cut = try LongRun(model, rows: data.training, steps: steps, points: points).endings[0]
      #expect(cut.tokens == [3, 4] && (cut.distance != nil) == isKnown)
    }
    #expect(abs(ending.speed - 2 * 0.9575) < 1e-3)
  }
}
