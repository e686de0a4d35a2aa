import Analyses
import Foundation
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
      #expect(asked.emitted.interval == .wilson(asked.distinctInputs, of: asked.distinctInputs))
    }
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
    #expect(throws: AnalysisError.self) { try LongRun(planted.model, rows: rows, steps: 60) }
    #expect(throws: AnalysisError.self) { try LongRun(planted.model, rows: rows, tolerance: 0) }
  }

  /// h' = tanh(−2 h) goes to and fro between ± the zero of tanh(2 h) = h, and writes two words in turn.
  @Test func aCycleHasItsPeriodAndItsTokens() throws {
    let data = LastTokenAutoencoder(longest: 3, rowsPerCell: 4).heldOut(seed: 1)
    var builder = try ParameterBuilder(
      Seq2Seq(Configuration(units: 1, vocabulary: data.vocabulary, cell: .simpleRNN), seed: 1))
    try builder.set("encoder.0.bias", 0, 0, 1)
    try builder.set("decoder.0.recurrent", 0, 0, -2)
    try builder.set("output.kernel", 0, 4, 1)
    try builder.set("output.kernel", 0, 3, -1)
    let found = try LongRun(builder.model, rows: data.training, steps: 80)
    let ending = try #require(found.endings.first)
    #expect(found.endings.count == 1 && ending.period == 2 && ending.tokens == [3, 4])
    #expect(abs(ending.speed - 2 * 0.9575) < 1e-3)
  }
}
