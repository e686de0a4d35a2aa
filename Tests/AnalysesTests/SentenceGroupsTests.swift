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
}
