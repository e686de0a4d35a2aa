import Analyses
import KnownRoleModels
import Networks
import Tasks
import Testing

/// Which word of a row with another row's state counts, and which rows are paired.
@Suite struct LandingTests {
  /// h' = tanh(−2 h) writes the words 3 and 4 in turn, whatever is asked: the first of a row's own word and its source's is
  /// the one that it wrote.
  @Test func ofTwoWordsTheFirstCounts() throws {
    let data = LastTokenAutoencoder(longest: 3, rowsPerCell: 4).heldOut(seed: 1)
    let model = try ParameterBuilder.twoWordsInTurn(data.vocabulary)
    let runs = try Counterfactuals(model, rows: data.training.distinct, steps: 3)
    let exchange = try Exchange(of: .word, in: runs, at: 0, seed: 1)
    let found = try Interchange(exchange, units: [0], randomSets: 1)
    let asked = exchange.targets.rows.words
    #expect(found.counts.ownWord == asked.count { $0 == 3 } && found.counts.ownWord > 0)
    #expect(found.counts.sourceWord == asked.count { $0 == 4 } && found.counts.sourceWord > 0)
  }

  /// All that an LSTM carries is its state and its cell state: with both a row goes on as its source does, with one alone
  /// most do not. A search exchanges its units in all places that it is given.
  @Test func severalPlacesAreExchangedTogether() throws {
    let data = try TokenPositioning(words: 4, lengths: 4...6).balanced(seed: 1)
    let model = Seq2Seq(
      Configuration(units: 6, vocabulary: data.vocabulary, cell: .lstm), seed: 5)
    let exchange = try Exchange(
      of: .both, in: Counterfactuals(model, rows: data.verify.prefix(200)), at: 1, seed: 1)
    let all = Array(0..<6)
    let both: [Place] = [.state, .cellState]
    // The model always writes one token, so that sources and targets are fed the same.
    func goOnAsTheirSources(_ places: [Place]) throws -> Int {
      let words = exchange.sourceWords
      let decoded = try exchange.targets.decode([exchange.edits(all, in: places)], watching: .words(words))
      return exchange.partners.enumerated().count { row, partner in
        (1...exchange.targets.steps).allSatisfy {
          let expected = exchange.sources.probability(of: words[row], row: partner, at: $0)
          return abs(decoded.probability(variant: 0, row: row, at: $0) - expected) < 1e-6
        }
      }
    }
    #expect(try goOnAsTheirSources(both) == exchange.partners.count)
    #expect(try goOnAsTheirSources([.state]) < exchange.partners.count / 2)
    #expect(try goOnAsTheirSources([.cellState]) < exchange.partners.count / 2)
    #expect(
      throws: AnalysisError.invalidOption(
        name: "places", value: "none", expected: "at least one, such as .state")
    ) {
      try exchange.edits(all, in: [])
    }
    // The first of a greedy ranking has the largest margin by itself, wherever it is exchanged.
    let word = try Exchange(
      of: .word, in: Counterfactuals(model, rows: data.verify.prefix(200)), at: 1, seed: 1)
    for places in [[.state], [.cellState], both] {
      let found = try SufficientSet(
        .word, choosing: word, measuring: word, in: places, threshold: 0, randomSets: 2)
      let margins = try all.map { unit -> Double in
        let decoded = try word.targets.decode(
          [word.edits([unit], in: places)], watching: .words(word.sourceWords), continuing: .uneditedTokens)
        let there = Expectation(words: word.sourceWords, positions: word.targets.rows.positions)
        return decoded.values(.margin, of: 0, expecting: there).reduce(0) { $0 + ($1 ?? 0) }
      }
      #expect(
        found.places == places && found.ranking.first == margins.indices.max { margins[$0] < margins[$1] })
      #expect(try found.measured == Interchange(word, units: found.units ?? [], in: places, randomSets: 2))
    }
  }

  @Test func rowsWhoseTokenIsWrittenAreLeftOut() throws {
    let planted = try PlantedPositioning()
    let all = planted.others(3...7)
    let runs = try Counterfactuals(
      planted.model, rows: all.rows(stride(from: 0, to: all.count, by: 4).map { $0 }))
    #expect(Set(runs.rows.positions) == [3, 4, 5, 6, 7])
    for difference in Exchange.Difference.allCases {
      let exchange = try Exchange(of: difference, in: runs, at: 4, from: 1, seed: 2)
      #expect(exchange.targets.rows.positions.allSatisfy { $0 > 4 })
      #expect(exchange.targets.rows.count == runs.rows.positions.count { $0 > 4 })
    }
  }

  /// Where a sentence may go on after T, sources of the same length are taken, if there are any.
  @Test func sourcesAreOfTheSameLengthWhereTheyCanBe() throws {
    let data = try TokenPositioning(words: 4, lengths: 4...8).balanced(seed: 1)
    let model = Seq2Seq(Configuration(units: 4, vocabulary: data.vocabulary), seed: 1)
    let runs = try Counterfactuals(model, rows: data.verify.prefix(300))
    let exchange = try Exchange(of: .position, in: runs, at: 0, seed: 1)
    let rows = exchange.targets.rows
    for (row, partner) in exchange.partners.enumerated() {
      let possible = (0..<rows.count).contains {
        rows.words[$0] == rows.words[row] && rows.positions[$0] != rows.positions[row]
          && rows.lengths[$0] == rows.lengths[row]
      }
      if possible { #expect(exchange.sources.rows.lengths[partner] == rows.lengths[row]) }
    }
    #expect(Set(rows.lengths).count > 1)
  }
}
