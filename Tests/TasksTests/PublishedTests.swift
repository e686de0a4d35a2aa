import Foundation
import Tasks
import Testing

struct PublishedTests {
  static let corpus = """
    the dog saw a cat
    a cat saw the dog
    the dog saw a cat
    ran
    the cat
    """

  @Test func controlSignalHasThePublishedNumbers() throws {
    var draws = Draws(seed: 1)
    let data = TokenPositioning.asPublished.published(using: &draws)
    #expect(data.training.count == 50_000 && data.test.count == 20_000 && data.validation == data.test)
    #expect(data.form == .published && data.scoring == .token)
    // Inputs repeat, since short sentences are few.
    #expect(data.training.distinctInputs < 45_000)
    var (counts, lengths) = ([Double](repeating: 0, count: 4), Set<Int>())
    for index in 0..<data.training.count {
      let row = data.training[index]
      #expect(row.target[row.position - 1] == row.word && row.target.count == row.length + 1)
      #expect(row.input.suffix(3) == [Vocabulary.eos, row.word, Int32(7 + row.position)])
      lengths.insert(row.length)
      for token in row.target.dropLast() { counts[Int(token) - 3] += 1 }
    }
    #expect(lengths == Set(1...13))
    let sum = counts.reduce(0, +)
    for (count, share) in zip(counts, [0.4, 0.3, 0.2, 0.1]) { #expect(abs(count / sum - share) < 0.005) }
    // Input and target are draws of their own.
    let same = (0..<1000).count { data.training[$0].input.dropLast(3) == data.training[$0].target.dropLast() }
    #expect(same < 100)
  }

  @Test func tokenPosiAsksByTwoTokens() throws {
    var draws = Draws(seed: 1)
    let data = try TokenPositioningToy().published(using: &draws)
    #expect(data.training.count == 26_000 && data.training == data.test && data.scoring == .token)
    #expect(data.training.distinctInputs == 26)
    #expect(data.render(data.training[0]) == "a @1 → a EOS")
    let row = data.training[25_999]
    #expect(row.input == [4, 17] && row.target.suffix(2) == [4, 2] && row.target.count == 14)
    #expect(row.target.allSatisfy { (2...4).contains($0) } && row.position == 13 && row.length == 13)
  }

  @Test func cellsCountRowsAndDistinctInputs() throws {
    var draws = Draws(seed: 1)
    let rows = LastTokenAutoencoder(longest: 3, rowsPerCell: 5).published(using: &draws).training
    let cells = rows.cells
    #expect(cells.map(\.rows) == [5, 5, 5, 5, 5, 5] && cells.map(\.distinctInputs) == [1, 1, 2, 2, 4, 4])
    #expect(cells.map(\.length) == [1, 1, 2, 2, 3, 3] && cells.map(\.word) == [3, 4, 3, 4, 3, 4])
  }

  @Test func whatIsDrawnIsScoredByItsToken() throws {
    var draws = Draws(seed: 1)
    let drawn = try TokenPositioning(words: 2, lengths: 1...3, context: .drawn, publishedRows: 70)
    #expect(
      drawn.heldOut(using: &draws).scoring == .token && drawn.published(using: &draws).scoring == .token)
    let known = try TokenPositioning(words: 2, lengths: 1...3, publishedRows: 70)
    #expect(
      known.heldOut(using: &draws).scoring == .whole && known.published(using: &draws).scoring == .whole)
  }

  @Test func aTextKeepsItsOrderAndItsRepeats() throws {
    let corpus = try TextCorpus(text: Self.corpus, vocabularyLimit: 4)
    var draws = Draws(seed: 1)
    let last = LastTokenAutoencoder.self
    let task = try last.init(text: corpus, asking: 2, lengths: 2...13)
    let data = task.published(using: &draws)
    #expect(
      data.render(data.training) == """
        SOS the dog OOV a cat EOS → · · · · cat EOS
        SOS a cat OOV the dog EOS → · · · · dog EOS
        SOS the dog OOV a cat EOS → · · · · cat EOS
        SOS the cat EOS → · cat EOS
        """)
    let whole = try WholeAutoencoder(text: corpus, asking: 2, lengths: 1...13).published(using: &draws)
    #expect(whole.training.count == 3 && whole.test.count == 2)
    #expect(whole.render(whole.training[0]) == "SOS the dog OOV a cat EOS → the dog OOV a cat EOS")
    #expect(whole.training[0].word == whole.training[0].target[4] && whole.training[0].position == 5)
  }

  @Test func aDrawnTargetIsTheNextLineOfAText() throws {
    let corpus = try TextCorpus(text: Self.corpus)
    for seed in 0..<20 {
      var draws = Draws(seed: UInt64(seed))
      let task = try TokenPositioning(text: corpus, asking: 2, lengths: 1...5, context: .drawn)
      let rows = task.rows(using: &draws)
      #expect(rows.count == 4)
      #expect(task.vocabulary.render(rows[3].input.prefix(2)) == "ran EOS")
      #expect(task.vocabulary.render(rows[3].target) == "the cat EOS")
      #expect(rows[3].target[rows[3].position - 1] == rows[3].word)
    }
  }

  @Test func unknownWordsAreNeverAskedFor() throws {
    let corpus = try TextCorpus(text: "x x x x y z\nx x x y z x", vocabularyLimit: 1)
    for seed in 0..<50 {
      var draws = Draws(seed: UInt64(seed))
      let task = try TokenPositioning(text: corpus, asking: 1, lengths: 1...6, context: .drawn)
      #expect(task.rows(using: &draws).allSatisfy { $0.word == 3 })
    }
  }

  @Test func eosIsPositionedByItsToken() throws {
    let task = try LengthControl(words: 2, lengths: 3...5)
    let row = task.row(sentence: [3, 4, 4], word: Vocabulary.eos, position: 2)
    #expect(task.vocabulary.render(row.input) == "a b b EOS @2")
    #expect(task.vocabulary.render(row.target) == "· EOS")
    #expect(row.position == 2 && row.length == 1 && row.word == Vocabulary.eos)
    #expect(task.positions(length: 3) == 2...4)
    let copying = try LengthControl(words: 2, lengths: 3...5, context: .copied)
    let copied = copying.row(sentence: [3, 4, 4], word: Vocabulary.eos, position: 4)
    #expect(task.vocabulary.render(copied.target) == "a b b EOS")
    var draws = Draws(seed: 1)
    let data = try LengthControl(words: 4, lengths: 1...13, context: .drawn, publishedRows: 700)
      .published(using: &draws)
    #expect(data.training.count == 500 && data.test.count == 200)
    for index in 0..<500 {
      let row = data.training[index]
      #expect(
        row.position == row.length + 1 && data.vocabulary.name(of: row.input.last ?? 0) == "@\(row.position)")
    }
  }

  @Test func aSeedFixesTheRowsAndAnotherChangesThem() throws {
    let corpus = try TextCorpus(text: Self.corpus)
    let tasks: [any TaskGenerator] = [
      try TokenPositioning(weights: [0.6, 0.4], lengths: 1...6, context: .drawn, publishedRows: 70),
      try TokenPositioning(words: 3, lengths: 1...6, context: .copied, publishedRows: 70),
      try TokenPositioning(text: corpus, asking: 2, lengths: 1...5), try WholeAutoencoder(publishedRows: 70),
      try LengthControl(context: .drawn, publishedRows: 70), try TokenPositioningToy(rowsPerCell: 3),
      LastTokenAutoencoder(rowsPerCell: 5), LastTokenAutoencoder(longest: 12, rowsPerCell: 3, words: 8),
    ]
    for task in tasks {
      func dataset(_ seed: UInt64) -> Dataset {
        var draws = Draws(seed: seed)
        return task.published(using: &draws)
      }
      #expect(dataset(1) == dataset(1) && dataset(1) != dataset(2), "\(task.name)")
    }
  }

  @Test func aHundredThousandRowsAreMadeAndToldApart() throws {
    let task = try TokenPositioning(
      weights: [0.4, 0.3, 0.2, 0.1], lengths: 1...13, context: .drawn, publishedRows: 100_000)
    var draws = Draws(seed: 1)
    #expect(task.rows(using: &draws).count == 100_000)
    let training = task.published(using: &draws).training
    #expect(training.distinct.count == training.distinctInputs)
  }
}
