import Analyses
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
