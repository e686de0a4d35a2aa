import Tasks
import Testing

struct BadInputTests {
  let task: TokenPositioning

  init() throws { task = try TokenPositioning(words: 3, lengths: 2...4) }

  @Test func aRowIsMadeFromWhatPeopleWrite() throws {
    let row = try task.row("a b c", word: "b", position: 1)
    #expect(task.vocabulary.render(row.input) == "a b c EOS b @1")
    #expect(task.vocabulary.render(row.target) == "b · · EOS")
    let copying = try TokenPositioning(words: 3, lengths: 2...4, context: .copied)
    #expect(copying.vocabulary.render(try copying.row("a b c", word: "b", position: 1).target) == "b b c EOS")
  }

  @Test func wordsAndTokensOutsideTheVocabularyAreNamed() {
    let unknown = TaskError.wordOutsideVocabulary(word: "x", words: 8, examples: ["a", "b", "c", "·", "@1"])
    #expect(throws: unknown) { try task.row("a x", word: "b", position: 1) }
    #expect(throws: unknown) { try task.row("a b", word: "x", position: 1) }
    #expect(throws: TaskError.wordOutsideVocabulary(word: "·", words: 3, examples: ["a", "b", "c"])) {
      try task.row("a b", word: "·", position: 1)
    }
    #expect(throws: TaskError.tokenOutsideVocabulary(token: 11, vocabularySize: 11)) {
      try task.vocabulary.check([3, 11])
    }
    #expect(throws: TaskError.tokenOutsideVocabulary(token: -1, vocabularySize: 11)) {
      try task.vocabulary.check([-1])
    }
  }

  @Test func aTextIsAskedForItsWords() throws {
    let corpus = try TextCorpus(text: "a b c\nc b a\nb c a\na a b", vocabularyLimit: 2)
    let asking = try TokenPositioning(text: corpus, asking: ["b"], lengths: 3...3)
    #expect(asking.askedWords == [4] && asking.vocabulary.name(of: 4) == "b")
    #expect(throws: TaskError.wordOutsideVocabulary(word: "c", words: 2, examples: ["a", "b"])) {
      try TokenPositioning(text: corpus, asking: ["a", "c"])
    }
    #expect(throws: TaskError.self) { try TokenPositioning(text: corpus, asking: []) }
    #expect(throws: TaskError.self) { try TokenPositioning(text: corpus, asking: ["a", "a"]) }
    #expect(throws: TaskError.invalidOption(name: "asking", value: "0", expected: "at least 1")) {
      try TokenPositioning(text: corpus, asking: 0)
    }
  }

  @Test func positionsAndLengthsOutsideTheTaskAreNamed() {
    #expect(throws: TaskError.positionBeyondLength(position: 3, length: 2, allowed: 1...2)) {
      try task.row("a b", word: "b", position: 3)
    }
    #expect(throws: TaskError.positionBeyondLength(position: 0, length: 2, allowed: 1...2)) {
      try task.row("a b", word: "b", position: 0)
    }
    #expect(throws: TaskError.lengthOutsideTask(length: 5, allowed: 2...4)) {
      try task.row("a b c a b", word: "b", position: 1)
    }
  }

  @Test func tooFewDistinctInputsNameTheLength() throws {
    var draws = Draws(seed: 1)
    #expect(
      throws: TaskError.tooFewDistinctInputs(task: "control-signal", length: 2, needed: 88, available: 9)
    ) { try task.balanced(using: &draws) }
    let corpus = try TextCorpus(text: "a b\na b\nb a\nb b\na a a")
    let text = try TokenPositioning(text: corpus, asking: 2, lengths: 2...3)
    #expect(
      throws: TaskError.tooFewDistinctInputs(task: "control-signal", length: 2, needed: 4, available: 3)
    ) {
      try text.balanced(rowsPerCell: RowsPerCell(training: 1, select: 1, tune: 1, verify: 1), using: &draws)
    }
    // A length that no line has.
    let longer = try TokenPositioning(text: corpus, asking: 2, lengths: 4...5)
    #expect(
      throws: TaskError.tooFewDistinctInputs(task: "control-signal", length: 4, needed: 88, available: 0)
    ) { try longer.balanced(using: &draws) }
    // All 9 sentences serve, and not one more is needed.
    let sizes = RowsPerCell(training: 3, select: 2, tune: 2, verify: 2)
    #expect(try task.balanced(rowsPerCell: sizes, using: &draws).training.count == 3 * 3 * (2 + 3 + 4))
    // The autoencoder's inputs are taken for every word at once, so that fewer fit than there are sentences.
    let whole = try WholeAutoencoder(words: 2, lengths: 3...3)
    #expect {
      try whole.balanced(rowsPerCell: RowsPerCell(training: 2, select: 1, tune: 1, verify: 1), using: &draws)
    } throws: { error in
      guard case .tooFewDistinctInputs("autoenc", 3, _, _)? = error as? TaskError else { return false }
      return true
    }
  }

  @Test func optionsThatMakeNoSenseAreNamed() throws {
    var draws = Draws(seed: 1)
    #expect(throws: TaskError.invalidOption(name: "words", value: "1", expected: "at least 2")) {
      try TokenPositioning(words: 1)
    }
    #expect(throws: TaskError.invalidOption(name: "lengths", value: "0...3", expected: "within 1...1000")) {
      try TokenPositioning(lengths: 0...3)
    }
    #expect(throws: TaskError.self) { try TokenPositioning(weights: [0.5, 0]) }
    #expect(throws: TaskError.self) { try TokenPositioning(weights: [0.5, .nan]) }
    #expect(throws: TaskError.self) { try TokenPositioning(weights: []) }
    for words in [["two words", "b"], ["", "b"], ["b", "b"], ["@1", "b"], ["PAD", "b"], []] {
      #expect {
        try RhymePositioning(words: words)
      } throws: { error in
        guard case .invalidOption("words", _, _)? = error as? TaskError else { return false }
        return true
      }
    }
    #expect(throws: TaskError.self) { try WholeAutoencoder(words: 1) }
    #expect(throws: TaskError.self) { try LengthControl(words: 0) }
    #expect(throws: TaskError.invalidOption(name: "longest", value: "0", expected: "at least 1")) {
      try TokenPositioningToy(longest: 0)
    }
    #expect(throws: TaskError.invalidOption(name: "tune", value: "0 rows in a cell", expected: "at least 1"))
    {
      try task.balanced(rowsPerCell: RowsPerCell(tune: 0), using: &draws)
    }
    #expect(
      throws: TaskError.invalidOption(
        name: "unseen", value: "a at position 9", expected: "a word and a position that the task asks for")
    ) { try task.balanced(unseen: [WordAtPosition(word: 3, position: 9)], using: &draws) }
    #expect {
      try TokenPositioning.asPublished.balanced(using: &draws)
    } throws: { error in
      guard case .invalidOption("context", "drawn", _)? = error as? TaskError else { return false }
      return true
    }
  }
}
