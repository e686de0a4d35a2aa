import Analyses
import LinearAlgebra
import Networks
import Tasks
import Testing

/// Ablations with reference rows of the same T, or the same w, on a planted model.
@Suite struct MatchedReferenceTests {
  private let planted: PlantedPositioning
  private let verify: Counterfactuals
  private let reference: Counterfactuals

  init() throws {
    planted = try PlantedPositioning()
    // As many of each T and w, so that no T outweighs the others.
    func some(_ count: Int, _ rows: Rows) -> Rows {
      let groups = Dictionary(grouping: 0..<rows.count) { [Int(rows.words[$0]), rows.positions[$0]] }
      return rows.rows(groups.values.flatMap { $0.prefix(count) }.sorted())
    }
    verify = try Counterfactuals(planted.model, rows: some(3, planted.rows(6...8)))
    reference = try Counterfactuals(planted.model, rows: some(6, planted.others(6...8)))
  }

  private func kept(_ units: [Int], _ substitute: Ablation.Substitute, _ match: ReferenceMatch) throws
    -> Double
  {
    let found = try Ablation(
      verify, reference: reference, steps: [4],
      .init(substitute, scope: .others, reference: match, randomSets: 20, drawsMatchedSets: false),
      choose: { _ in units })
    return try #require(found.steps[0].edited)
  }

  /// The word is kept; what is given to the other units says the time, or not.
  @Test(arguments: [Ablation.Substitute.meanAtStep, .resampledRow, .bestConstant])
  func aStoringSetSufficesIfTheOthersKeepTheTime(_ substitute: Ablation.Substitute) throws {
    #expect(try kept(planted.storing, substitute, .none) < 0.75)
    #expect(try kept(planted.storing, substitute, .sameTime) == 1)
    // Of the same word, times are mixed as before.
    #expect(try kept(planted.storing, substitute, .sameWord) < 0.75)
    // Units that do not hold the word do not suffice with the time alone.
    #expect(try kept(planted.counting, substitute, .sameTime) < 0.75)
  }

  /// The other way round, the time is kept, and the word is that of the reference.
  @Test(arguments: [Ablation.Substitute.meanAtStep, .resampledRow, .bestConstant])
  func aCountingSetSufficesIfTheOthersKeepTheWord(_ substitute: Ablation.Substitute) throws {
    #expect(try kept(planted.counting, substitute, .none) < 0.75)
    #expect(try kept(planted.counting, substitute, .sameWord) == 1)
  }

  /// By hand: the means of the rows that match.
  @Test func valuesComeFromTheRowsThatMatch() throws {
    let traces = reference.baseline.decoder.states
    for match in ReferenceMatch.allCases {
      let matched = try MatchedReference(match, of: verify.rows, from: reference.rows)
      func fits(_ row: Int, _ other: Int) -> Bool {
        switch match {
        case .none: true
        case .sameTime: verify.rows.positions[row] == reference.rows.positions[other]
        case .sameWord: verify.rows.words[row] == reference.rows.words[other]
        }
      }
      let edited = try verify.record([Edit(units: [7, 13], at: 2, .meanAtStep(of: traces, matched: matched))])
      let always = try verify.record([Edit(units: [7, 13], at: 2, .mean(of: traces, matched: matched))])
      let drawn = try verify.record([
        Edit(units: [7, 13], at: 2, .resampled(from: traces, matched: matched, seed: 3))
      ])
      for row in stride(from: 0, to: verify.rows.count, by: 7) {
        let others = (0..<reference.rows.count).filter { fits(row, $0) }
        #expect(matched.members[matched.groups[row]] == others)
        for unit in [7, 13] {
          let values = others.map { Double(traces[$0, 2, unit]) }
          let mean = values.reduce(0, +) / Double(values.count)
          #expect(abs(Double(edited.decoder.states[row, 2, unit]) - mean) < 1e-4)
          let all = others.flatMap { other in traces.steps.map { Double(traces[other, $0, unit]) } }
          #expect(
            abs(Double(always.decoder.states[row, 2, unit]) - all.reduce(0, +) / Double(all.count)) < 1e-4)
        }
        let pair = [7, 13].map { drawn.decoder.states[row, 2, $0] }
        #expect(others.contains { other in [7, 13].map { traces[other, 2, $0] } == pair })
      }
    }
  }

  @Test func aRowWithoutAMatchIsAnError() throws {
    let sevens = reference.rows.filter { _, position, _ in position == 7 }
    #expect(throws: AnalysisError.tooFewRows(condition: "position 6, of the reference", found: 0, needed: 1))
    {
      try MatchedReference(.sameTime, of: verify.rows.filter { _, position, _ in position < 8 }, from: sevens)
    }
    #expect(throws: AnalysisError.tooFewRows(condition: "word 4, of the reference", found: 0, needed: 1)) {
      try MatchedReference(.sameWord, of: sevens, from: sevens.filter { word, _, _ in word == 3 })
    }
    // Values for other rows than those that are edited.
    let matched = try MatchedReference(.sameTime, of: sevens, from: reference.rows)
    #expect(throws: AnalysisError.self) {
      try verify.decode([
        [Edit(units: [7], at: 2, .meanAtStep(of: reference.baseline.decoder.states, matched: matched))]
      ])
    }
  }
}
