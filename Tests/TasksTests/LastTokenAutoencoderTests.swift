import Tasks
import Testing

struct LastTokenAutoencoderTests {
  let task = LastTokenAutoencoder()

  @Test func aRowAsksForItsLastWordAfterFillers() {
    let row = task.row(prefix: [4, 3], word: 4)
    #expect(row.input == [1, 4, 3, 4, 2] && row.target == [5, 5, 4, 2])
    #expect(row.position == 3 && row.length == 3 && row.word == 4)
  }

  @Test func publishedRowsAreTheAuthorsNumbers() {
    var generator = Draws(seed: 1)
    let data = task.published(using: &generator)
    #expect(data.training.count == 26_000)
    #expect(data.training.distinctInputs == 8_046)
    #expect(data.training == data.validation && data.training == data.test)
    #expect(data.training.lengths == data.training.lengths.sorted())
    // Fault 1 of REPLICATION.md: 16 distinct inputs among the rows of (3, T = 5).
    let cell = data.training.filter { word, position, _ in word == 3 && position == 5 }
    #expect(cell.count == 1000 && cell.distinctInputs == 16)
    #expect(data.heldOutLengths == [])
  }

  @Test func rowsArePaddedOnTheOuterSides() {
    var generator = Draws(seed: 1)
    let rows = LastTokenAutoencoder(longest: 4, rowsPerCell: 3).published(using: &generator).training
    #expect(rows.inputs.steps == 6 && rows.targets.steps == 5)
    #expect(Array(rows.inputs.row(0)) == [0, 0, 0, 1, 3, 2])
    #expect(Array(rows.targets.row(0)) == [3, 2, 0, 0, 0])
    #expect(rows.inputs[0, at: 4] == Vocabulary.sos && rows.targets[0, at: 1] == 3)
    #expect(rows[0].input == [1, 3, 2] && rows[0].target == [3, 2])
  }

  @Test func heldOutInputsNeverOccurInTraining() {
    var generator = Draws(seed: 1)
    let data = task.heldOut(using: &generator)
    func inputs(_ rows: Rows) -> Set<[Int32]> { Set((0..<rows.count).map { rows[$0].input }) }
    let (training, validation, test) = (inputs(data.training), inputs(data.validation), inputs(data.test))
    #expect(training.isDisjoint(with: validation) && training.isDisjoint(with: test))
    #expect(validation.isDisjoint(with: test))
    #expect(data.training.count + data.validation.count + data.test.count == 26_000)
    #expect(training.count + validation.count + test.count == 8_046)
    #expect(data.heldOutLengths == Array(5...13))
    #expect(data.training.distinct.count == training.count)
    for length in 1...13 {
      for word in LastTokenAutoencoder.words {
        let cell = data.test.filter { $0 == word && $2 == length }
        #expect(cell.isEmpty == (length < 5))
      }
    }
  }

  @Test func aSeedFixesTheRowsAndAnotherChangesThem() {
    func dataset(_ seed: UInt64) -> Dataset {
      var generator = Draws(seed: seed)
      return LastTokenAutoencoder(longest: 8, rowsPerCell: 50).heldOut(using: &generator)
    }
    #expect(dataset(1) == dataset(1))
    #expect(dataset(1) != dataset(2))
  }

  @Test func rowsAreReadable() {
    var generator = Draws(seed: 1)
    let data = LastTokenAutoencoder(longest: 3, rowsPerCell: 2).published(using: &generator)
    #expect(data.render(task.row(prefix: [3, 4], word: 3)) == "SOS a b a EOS → · · a EOS")
    #expect(data.vocabulary.token(named: "b") == 4 && data.vocabulary.name(of: 9) == "⟨9⟩")
  }
}
