import Tasks
import Testing

/// What counts as one sentence, in every kind of task.
@Suite struct SentenceTests {
  /// By hand: the numbers of rows with these inputs, words and positions.
  private func numbers(_ rows: [(input: [Int32], word: Int32, position: Int)]) -> [Int] {
    Rows(
      rows.map {
        Row(
          input: $0.input, target: [$0.word, Vocabulary.eos], word: $0.word, position: $0.position, length: 4)
      }
    ).sentenceNumbers
  }
  private let sos = Vocabulary.sos
  private let eos = Vocabulary.eos

  @Test func whatFollowsTheEndOfASentenceIsTheRequest() {
    // One sentence with two words, two positions, and a request of one token; another; the first again.
    #expect(
      numbers([
        ([3, 4, 5, eos, 3, 9], 3, 1), ([3, 4, 5, eos, 4, 9], 4, 1), ([3, 4, 5, eos, 4, 10], 4, 2),
        ([3, 4, eos, 4, 10], 4, 2), ([3, 4, 5, eos, 10], eos, 2), ([3, 4, eos, 3, 9], 3, 1),
      ]) == [0, 0, 0, 1, 0, 1])
  }

  @Test func aWordThatIsAskedForByStandingThereIsLeftOpen() {
    #expect(
      numbers([
        ([sos, 3, 4, 5, eos], 5, 3), ([sos, 3, 4, 4, eos], 4, 3),
        // Another surrounding; the same words with another one asked for; another length.
        ([sos, 4, 4, 5, eos], 5, 3), ([sos, 3, 5, 5, eos], 5, 2), ([sos, 3, 4, eos], 4, 2),
        ([sos, 3, 3, 5, eos], 3, 2),
      ]) == [0, 0, 1, 2, 3, 2])
    // Equal inputs are one sentence, whatever is asked of them.
    #expect(numbers([([sos, 3, 4, eos], 3, 1), ([sos, 3, 4, eos], 4, 2)]) == [0, 0])
  }

  /// Without a sentence, and where nothing names what is asked for, each input stands for itself.
  @Test func inputsWithoutASentenceStandForThemselves() {
    #expect(numbers([([3, 9], 3, 1), ([4, 9], 4, 1), ([3, 9], 3, 1)]) == [0, 1, 0])
    #expect(numbers([([sos, 3, 4, eos], 5, 2), ([sos, 3, 5, eos], 4, 2)]) == [0, 1])
  }

  /// In the balanced forms every split has as many sentences as were drawn for it, and shares none with another.
  @Test func balancedTasksHaveAsManySentencesAsWereDrawn() throws {
    var draws = Draws(seed: 1)
    let counts = RowsPerCell(training: 3, select: 2, tune: 2, verify: 3)
    func check(_ data: Dataset, cells: Int) throws {
      #expect(data.verify.distinctSentences == 3 * cells, "\(data.task)")
      #expect(data.select.distinctSentences == 2 * cells, "\(data.task)")
      // Numbers go by the first row: a sentence of another split would come again.
      let both = Rows(
        (0..<data.select.count).map { data.select[$0] } + (0..<data.verify.count).map { data.verify[$0] })
      #expect(both.distinctSentences == 5 * cells, "\(data.task)")
      #expect(Set(both.sentenceNumbers).count == (both.sentenceNumbers.max() ?? -1) + 1)
    }
    // One sentence of each length serves all requests.
    try check(
      TokenPositioning(words: 8, lengths: 4...6).balanced(rowsPerCell: counts, using: &draws), cells: 3)
    try check(LengthControl(words: 8, lengths: 4...6).balanced(rowsPerCell: counts, using: &draws), cells: 3)
    // One surrounding of each length and position serves all words.
    try check(
      LastTokenAutoencoder(longest: 7, words: 8, shortest: 5).balanced(rowsPerCell: counts, using: &draws),
      cells: 3)
    try check(
      WholeAutoencoder(words: 8, lengths: 5...6).balanced(rowsPerCell: counts, using: &draws), cells: 11)
    let rhymes = try RhymePositioning(lengths: 4...5).balanced(rowsPerCell: counts, using: &draws)
    #expect(rhymes.verify.distinctSentences == 6 && rhymes.verify.distinctInputs == 3 * 15 * 9)
  }

  /// The default task of the book: 5,632 inputs of Verify are 88 sentences, of which 16 can be asked for T = 12.
  @Test func theBooksTaskHasFewSentences() throws {
    var draws = Draws(seed: 1)
    let verify = try TokenPositioning(words: 8).balanced(using: &draws).verify
    #expect(verify.distinctInputs == 5632 && verify.distinctSentences == 88)
    #expect(verify.filter { _, position, _ in position == 12 }.distinctSentences == 16)
  }

  @Test func theToyTasksHaveTheSentencesThatArePossible() throws {
    var draws = Draws(seed: 1)
    let toy = LastTokenAutoencoder(longest: 5, rowsPerCell: 20).published(using: &draws).training
    // 2^(L − 1) surroundings of length L.
    #expect(toy.distinctSentences == 1 + 2 + 4 + 8 + 16 && toy.distinctInputs == 62)
    let requests = try TokenPositioningToy(longest: 4, rowsPerCell: 5).published(using: &draws).training
    #expect(requests.distinctSentences == 8 && requests.distinctInputs == 8)
    let drawn = TokenPositioning.asPublished.published(using: &draws).verify.prefix(500)
    #expect(drawn.distinctSentences <= drawn.distinctInputs)
  }
}
