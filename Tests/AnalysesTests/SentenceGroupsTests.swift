import Analyses
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Intervals over sentences, where one sentence serves several inputs.
@Suite struct SentenceGroupsTests {
  @Test func rowsAreAveragedToInputsAndInputsKeepTheirSentence() {
    let values = InputValues(
      ofRows: [1, 3, 0, nil, 5, nil], inputs: [2, 2, 0, 0, 7, 9], sentences: [4, 4, 1, 1, 4, 1])
    #expect(values.values == [0, 2, 5] && values.sentences == [1, 4, 4])
    // The mean is one over inputs: a sentence with two of them counts twice.
    #expect(abs(values.mean - 7.0 / 3) < 1e-12 && values.sentenceCount == 2)
    #expect(InputValues(ofRows: [nil], inputs: [0], sentences: [0]).interval(seed: 1) == nil)
  }

  /// Inputs of a sentence that always agree are one trial; inputs that are independent are one each.
  @Test func proportionsCountAsManyTrialsAsTheSentencesAllow() throws {
    let alone = InputValues((0..<40).map { $0 < 30 ? 1 : 0 }, sentences: Array(0..<40))
    #expect(nearlyEqual(alone.interval(seed: 1), .wilson(30, of: 40)))
    let copies = InputValues((0..<320).map { $0 / 8 < 30 ? 1 : 0 }, sentences: (0..<320).map { $0 / 8 })
    #expect(nearlyEqual(copies.interval(seed: 1), .wilson(30, of: 40)))
    // Each sentence is right in three of four: the sentences do not differ, and no more than all inputs count.
    let even = InputValues((0..<160).map { $0 % 4 < 3 ? 1 : 0 }, sentences: (0..<160).map { $0 / 4 })
    #expect(nearlyEqual(even.interval(seed: 1), .wilson(120, of: 160)))
    // All right: no variance can be seen, so the sentences are the trials.
    let all = InputValues([Double](repeating: 1, count: 320), sentences: (0..<320).map { $0 / 8 })
    #expect(all.interval(seed: 1) == .wilson(40, of: 40))
  }

  private func nearlyEqual(_ a: Interval?, _ b: Interval) -> Bool {
    a.map { abs($0.low - b.low) < 1e-9 && abs($0.high - b.high) < 1e-9 } ?? false
  }

  /// 95 % intervals over sentences hold the true mean about as often; over inputs, as if these were independent, hardly
  /// more than half of the time.
  @Test(arguments: [false, true]) func intervalsHoldTheMeanOfOtherSentences(_ isShare: Bool) {
    var generator = SeededGenerator(seed: 11)
    var (held, naive) = (0, 0)
    let (studies, sentences, requests) = (400, 40, 16)
    // A share's mean over sentences whose own is 0.5, 0.9 or 1.
    let truth = isShare ? 0.8 : 0
    for study in 0..<studies {
      var values: [Double] = []
      for _ in 0..<sentences {
        let own = isShare ? [0.5, 0.9, 1][generator.integer(below: 3)] : generator.normal()
        for _ in 0..<requests {
          values.append(isShare ? (generator.unit() < own ? 1 : 0) : own + generator.normal())
        }
      }
      func holds(_ numbers: [Int]) -> Bool {
        InputValues(values, sentences: numbers).interval(seed: UInt64(study)).map {
          $0.low <= truth && truth <= $0.high
        } ?? false
      }
      if holds(values.indices.map { $0 / requests }) { held += 1 }
      if study < 100, holds(Array(values.indices)) { naive += 1 }
    }
    #expect(Double(held) / Double(studies) > 0.91, "\(held) of \(studies)")
    #expect(naive < 85, "\(naive) of 100")
  }

  /// An effect of many inputs of one sentence says nothing about another.
  @Test func oneSentenceIsNoEvidence() {
    let values = InputValues([0, 1, 1, 1], sentences: [5, 5, 5, 5])
    #expect(Effect(meanOf: values, null: [0.1], ofDraws: "sets") == .notDetermined(.oneSentenceOnly))
    let two = Effect(
      meanOf: InputValues([0, 1, 1, 1], sentences: [5, 5, 6, 6]), null: [0.1], ofDraws: "sets")
    #expect(two.measurement?.sentences == 2 && two.measurement?.estimate == 0.75)
  }

  @Test func sentencesAreCountedWhereARecordingIsAtHand() throws {
    let data = try TokenPositioning(words: 4, lengths: 4...5).balanced(
      seed: 1, rowsPerCell: RowsPerCell(training: 2, select: 3, tune: 1, verify: 3))
    let model = Seq2Seq(Configuration(units: 8, vocabulary: data.vocabulary), seed: 1)
    let runs = try Counterfactuals(model, rows: data.verify)
    let decoded = try runs.decode([[Edit(units: [0], at: 1, .zero)], [Edit(units: [1], at: 1, .zero)]])
    let effect = decoded.effect(.kept, .probability(), of: 0, null: [1], ofDraws: "another unit")
    #expect(decoded.distinctInputs == 3 * 4 * 9 && effect.measurement?.sentences == 6)
    let states = try LabelledStates(runs.baseline, steps: [1]) { word, _, _ in Int(word) }
    #expect(states.distinctInputs == 3 * 4 * 9 && states.distinctSentences == 6)
    #expect(states.rows([0, 1]).sentences == Array(states.sentences.prefix(2)))
    #expect(try ProbeStates(runs.baseline).sentences.count == (try ProbeStates(runs.baseline)).count)
    let probe = try LinearProbe(
      .word, training: ProbeStates(model.record(data.select), steps: [1]),
      unseenInputs: ProbeStates(runs.baseline, steps: [1]))
    #expect(probe.unseenInputs.measurement?.sentences == 6)
    let attributed = try AttributionStates(model.record(data.verify), step: 1, position: 2)
    #expect(Set(attributed.sentences).count == 6)
  }

  /// Four inputs of each sentence that do the same are worth no more than one: every interval is that of one.
  @Test func copiesOfASentenceNarrowNoInterval() throws {
    var generator = SeededGenerator(seed: 4)
    let (count, units, times) = (24, 6, 4)
    let all = (0..<count * times).map { $0 / times }
    let values = (0..<count).map { _ in generator.normal() }
    func near(_ a: Interval?, _ b: Interval?) throws -> Bool {
      let (a, b) = (try #require(a), try #require(b))
      return abs(a.low - b.low) < 1e-5 && abs(a.high - b.high) < 1e-5 && a.high - a.low > 1e-3
    }
    #expect(
      try near(
        InputValues(all.map { values[$0] }, sentences: all).interval(seed: 1),
        InputValues(values, sentences: Array(0..<count)).interval(seed: 1)))

    let attributions = Matrix.normal(rows: count, columns: units, using: &generator)
    var effects = Matrix.normal(rows: count, columns: units, using: &generator)
    for index in effects.storage.indices {
      effects.storage[index] = effects.storage[index] / 2 + attributions.storage[index] + Float(index % units)
    }
    let once = try AttributionAgreement(attributions, effects, inputs: Array(0..<count), seed: 1)
    let copied = try AttributionAgreement(
      attributions.rows(all), effects.rows(all), inputs: Array(all.indices), sentences: all, seed: 1)
    #expect(try near(once.pearson.measurement?.interval, copied.pearson.measurement?.interval))
    #expect(copied.pearson.measurement?.sentences == count)

    // States of several T and t, each sentence with all of them.
    let places = (0..<count).flatMap { sentence in
      [(4, 0), (4, 2), (6, 1), (6, 5), (8, 2), (8, 6)].map { (sentence, $0.0, $0.1) }
    }
    var states = Matrix.normal(rows: places.count, columns: units, using: &generator)
    for (row, place) in places.enumerated() { states[row, 0] += Float(place.1 - place.2) }
    func probeStates(_ sentences: [Int], _ copy: (Int) -> [Int]) throws -> ProbeStates {
      let rows = places.indices.flatMap(copy)
      return try ProbeStates(
        states: states.rows(rows), words: rows.map { _ in 3 }, positions: rows.map { places[$0].1 },
        steps: rows.map { places[$0].2 }, inputs: sentences, firstTokens: rows.map { _ in 3 },
        sentences: rows.map { places[$0].0 })
    }
    let single = try probeStates(places.map(\.0)) { [$0] }
    let repeats = try probeStates(
      places.flatMap { place in (0..<times).map { place.0 * times + $0 } }
    ) { [Int](repeating: $0, count: times) }
    let regressions = try [single, repeats].map { tested in
      try TimeRegression(training: single, unseenInputs: tested, draws: 400).all.difference.measurement
    }
    #expect(regressions[1]?.sentences == count)
    #expect(try near(regressions[0]?.interval, regressions[1]?.interval))
    #expect(abs((regressions[0]?.null.deviation ?? 0) - (regressions[1]?.null.deviation ?? 1)) < 1e-4)
  }
}
