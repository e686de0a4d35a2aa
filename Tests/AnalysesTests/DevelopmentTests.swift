import Analyses
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Development over checkpoints that were made by hand, so that what appears when is known.
@Suite struct DevelopmentTests {
  let planted: PlantedPositioning
  /// 0: nothing; 100: the count without the word; 200: all; 300: nothing; 400 and 500: all.
  let checkpoints: [Checkpoint]

  init() throws {
    let planted = try PlantedPositioning()
    let nothing = Seq2Seq(planted.model.configuration, seed: 9)
    // a and b look alike: the word never gets in.
    var embedding = try planted.model.parameter("encoder.embedding")
    (embedding[3, 0], embedding[4, 1]) = (0, 0)
    var wordless = planted.model
    try wordless.setParameter("encoder.embedding", to: embedding)
    let models = [nothing, wordless, planted.model, nothing, planted.model, planted.model]
    var checkpoints: [Checkpoint] = []
    for (number, model) in models.enumerated() {
      let loss = number == 0 ? nil : 1 / Double(number)
      checkpoints.append(Checkpoint(epoch: number, step: 100 * number, loss: loss, model: model))
    }
    (self.planted, self.checkpoints) = (planted, checkpoints)
  }

  /// Sentences of six words, each once with either word at the end: who can't tell the words is right in half of them,
  /// whatever he answers. Every second beginning is for teaching.
  private func pairs(teaching: Bool) -> Rows {
    let task = LastTokenAutoencoder()
    return Rows(
      (0..<32).filter { $0.isMultiple(of: 2) == teaching }.flatMap { number in
        let prefix = (0..<5).map { LastTokenAutoencoder.words[number >> $0 & 1] }
        return LastTokenAutoencoder.words.map { task.row(prefix: prefix, word: $0) }
      })
  }

  @Test func rolesAppearWhenTheyWereMade() throws {
    let rows = planted.rows(5...8)
    let (tune, counting) = (planted.others(5...8).prefix(60), planted.counting)
    let measures: [DevelopmentMeasure] = [
      .tokenAccuracy(rows),
      .storingProbe(
        teaching: pairs(teaching: true), testing: pairs(teaching: false), position: 6, step: 2, draws: 40),
      .sufficientSet(.word, choosing: tune, measuring: rows, step: 3, limit: 2, randomSets: 200),
      .sufficientSet(.position, choosing: tune, measuring: rows, step: 3, limit: 2, randomSets: 200),
      .shiftSlope(rows, step: 4, randomSets: 200) { _ in counting },
    ]
    let curve = try DevelopmentCurve(checkpoints.reversed(), rows: rows, measuring: measures, seed: 1)
    #expect(
      curve.points.map(\.step) == [0, 100, 200, 300, 400, 500] && curve.points.map(\.epoch) == Array(0...5))
    #expect(curve.points[0].loss == nil && curve.points[2].loss == 0.5)
    #expect(
      curve.points.map(\.token.share)
        == curve.points.map { $0.values["token accuracy"]?.effect.measurement?.estimate })
    #expect(curve.points[2].whole.share == 1 && curve.points[0].whole.share == 0)
    for measure in measures {
      let all = try #require(curve.points[2].values[measure.name])
      let effect = try #require(all.effect.measurement, "\(measure.name): \(all.effect)")
      #expect(effect.estimate > 0.95, "\(measure.name): \(effect)")
      let wordless = curve.points[1].values[measure.name]?.effect.measurement?.estimate ?? 0
      if measure.name.contains("word read") {
        #expect(effect.null.mean < 0.9 && effect.sentences == 16)
        // An untrained GRU can be read too: the floor of control 8. A model that the word never got into can't: of 32
        // guesses, 26 are right in 3 of 10,000 models.
        #expect(wordless < 0.8)
        continue
      }
      #expect(effect.null.pValue <= 0.03, "\(measure.name): \(effect)")
      let isCount = measure.name.contains("position at 3") || measure.name.contains("slope")
      #expect(
        try curve.onset(of: measure.name, atLeast: 0.9) == Onset.Time(after: 300, by: 400), "\(measure.name)")
      if !isCount { #expect(wordless < 0.8) }
      // One word of two is right half of the time by chance.
      let untrained = curve.points[0].values[measure.name]?.effect.measurement?.estimate ?? 0
      #expect(untrained < 0.7, "\(measure.name): \(untrained)")
    }
    #expect(
      curve.points[2].values["smallest set that moves the word at 3"]?.units?.sorted() == planted.storing)
    #expect(
      curve.points[2].values["smallest set that moves the position at 3"]?.units?.sorted() == planted.counting
    )
    #expect(curve.points[0].values["smallest set that moves the word at 3"]?.effect.reason != nil)
    #expect(throws: AnalysisError.self) { try curve.onset(of: "no such measure", atLeast: 0) }
  }

  @Test func theAccuracyOfAnUntrainedModelIsWithinItsNull() throws {
    for seed in 1...5 {
      let model = Seq2Seq(planted.model.configuration, seed: UInt64(seed))
      let curve = try DevelopmentCurve(
        [Checkpoint(epoch: 0, step: 0, loss: nil, model: model)], rows: planted.rows(5...8),
        measuring: [.tokenAccuracy(planted.rows(5...8))], seed: 1)
      let effect = try #require(curve.points[0].values["token accuracy"]?.effect.measurement)
      #expect(effect.null.pValue > 0.01)
    }
  }

  @Test func checkpointsAreThoseOfAnUninterruptedTraining() throws {
    let data = planted.data
    let model = Seq2Seq(Configuration(units: 6, vocabulary: data.vocabulary), seed: 2)
    let options = TrainingOptions(batchSize: 16, epochs: 5, stepsPerEpoch: 3, goal: 2)
    let found = try Checkpoint.training(model, on: data, options, every: 2)
    #expect(found.map(\.epoch) == [0, 2, 4, 5] && found.map(\.step) == [0, 6, 12, 15])
    #expect(found[0].model == model && found[0].loss == nil)
    for checkpoint in found.dropFirst() {
      var again = model
      var shorter = options
      shorter.epochs = checkpoint.epoch
      let history = try again.train(on: data, shorter)
      #expect(again == checkpoint.model && checkpoint.loss == history.epochs.last.map { Double($0.loss) })
    }
    #expect(throws: AnalysisError.self) { try Checkpoint.training(model, on: data, options, every: 0) }
  }

  /// Trainings in which the accuracy comes at checkpoint 1, 2, 3 and never.
  @Test func theOnsetOverSeedsHasItsMedianAndSaysInHowManyItCame() throws {
    let (rows, nothing) = (planted.rows(5...8), checkpoints[0].model)
    func curve(from first: Int, seed: UInt64) throws -> DevelopmentCurve {
      var checkpoints: [Checkpoint] = []
      for epoch in 0..<4 {
        let model = epoch < first ? nothing : planted.model
        checkpoints.append(Checkpoint(epoch: epoch, step: 10 * epoch, loss: nil, model: model))
      }
      let measures: [DevelopmentMeasure] = [.tokenAccuracy(rows, draws: 20)]
      return try DevelopmentCurve(checkpoints, rows: rows, measuring: measures, seed: seed)
    }
    let curves = try [1, 2, 3, 9].map { try curve(from: $0, seed: UInt64($0)) }
    let onset = try Onset(of: "token accuracy", atLeast: 0.99, in: curves)
    let expected: [Onset.Time?] = [
      Onset.Time(after: 0, by: 10), Onset.Time(after: 10, by: 20), Onset.Time(after: 20, by: 30), nil,
    ]
    #expect(onset.times == expected)
    #expect(onset.median == 25 && onset.appeared.count == 3 && onset.appeared.of == 4)
    // A resample with too many that never come has no end.
    #expect(onset.interval == nil)
    let three = try Onset(of: "token accuracy", atLeast: 0.99, in: Array(curves.prefix(3)))
    #expect(three.median == 20 && three.interval == Interval(low: 10, high: 30))
    let atOnce = try Onset(of: "token accuracy", atLeast: 0.99, in: [try curve(from: 0, seed: 5)])
    #expect(atOnce.times == [Onset.Time(after: nil, by: 0)] && atOnce.interval == nil && atOnce.median == 0)
    #expect(throws: AnalysisError.self) { try Onset(of: "token accuracy", atLeast: 1, in: []) }
  }

  @Test func badCheckpointsAreRefused() throws {
    let rows = planted.rows(5...5)
    #expect(throws: AnalysisError.self) { try DevelopmentCurve([], rows: rows, measuring: [], seed: 1) }
    #expect(throws: AnalysisError.self) {
      try DevelopmentCurve([checkpoints[0], checkpoints[0]], rows: rows, measuring: [], seed: 1)
    }
    #expect(throws: AnalysisError.self) {
      try DevelopmentCurve(
        [checkpoints[0]], rows: rows, measuring: [.tokenAccuracy(rows), .tokenAccuracy(rows)], seed: 1)
    }
    // Where no row tells anything, nothing is determined.
    let nowhere = DevelopmentMeasure.storingProbe(teaching: rows, testing: rows, position: 12, step: 2)
    let told = try DevelopmentCurve([checkpoints[2]], rows: rows, measuring: [nowhere], seed: 1).points[0]
    #expect(told.values[nowhere.name]?.effect.reason == .noRows(condition: "position 12"))
    // What is wrong for every model is no development.
    let wrong = DevelopmentMeasure.shiftSlope(rows, step: 2, randomSets: 2) { _ in [99] }
    #expect(throws: AnalysisError.unitOutOfRange(unit: 99, units: 32)) {
      try DevelopmentCurve([checkpoints[2]], rows: rows, measuring: [wrong], seed: 1)
    }
  }
}
