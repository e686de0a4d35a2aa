import LinearAlgebra
import Networks
import Tasks

extension LabelledStates {
  /// The decoder's states of a recording, labelled as asked.
  ///
  ///     // Corrected storing: one position and step, the word against the other words.
  ///     try LabelledStates(recording, steps: [2]) { word, position, _ in position == 5 ? Int(word) : nil }
  ///     // Corrected counting: several positions, so that steps gone and steps left are not the same.
  ///     try LabelledStates(recording, steps: 0...12) { _, position, step in step < position ? position - step : nil }
  ///
  /// - Parameter label: The class of a row at a step, or nil to leave it out.
  /// - Throws: `AnalysisError.stepOutOfRange`, `.tooFewRows`, `.valueNotFinite`.
  public init(
    _ recording: Recording, steps: some Sequence<Int>,
    label: (_ word: Int32, _ position: Int, _ step: Int) -> Int?
  ) throws {
    let rows = recording.rows
    var places: [Place] = []
    for step in steps {
      for row in 0..<rows.count {
        if let label = label(rows.words[row], rows.positions[row], step) {
          places.append(Place(row: row, step: step, label: label))
        }
      }
    }
    try self.init(recording, places)
  }

  /// The published data for storing units: at decoder step t, up to 1000 rows whose target has w at T (label 1) against up
  /// to 1000 whose target has not (label 0), each the first ones in the order of the rows.
  ///
  /// As published, faults included: rows sorted by length make the second class copies of the shortest inputs, so that the
  /// classes differ in position more than in token; and the smaller class is repeated to the size of the larger. The
  /// authors' log has 16 distinct inputs against one for w = 3, T = 5. `distinctInputs` tells.
  ///
  /// - Parameters:
  ///   - recording: Of `rows.published(word:position:)`, or of all rows.
  ///   - step: The step t, from 0 to T + 1.
  /// - Throws: `AnalysisError.tooFewRows` below five rows in a class, as the authors' code skips them; `.stepOutOfRange`.
  public static func publishedStoring(
    _ recording: Recording, word: Int32, position: Int, step: Int, limit: Int = 1000
  ) throws -> LabelledStates {
    let (with, without) = recording.rows.publishedIndices(word: word, position: position, limit: limit)
    let count = max(with.count, without.count)
    for (rows, name) in [(with, "word \(word) at"), (without, "another word than \(word) at")]
    where rows.count < 5 {
      throw AnalysisError.tooFewRows(condition: "\(name) position \(position)", found: rows.count, needed: 5)
    }
    return try LabelledStates(
      recording,
      [(with, 1), (without, 0)].flatMap { rows, label in
        (0..<count).map { Place(row: rows[$0 % rows.count], step: step, label: label) }
      })
  }

  /// The published data for counting units: up to 1000 rows whose target has w at T, their states at the steps
  /// t = 0 … T − 1, each labelled with its t.
  ///
  /// As published: at one T the steps gone and the steps left are one label, so that counting down and counting up
  /// can't be told apart.
  ///
  /// - Throws: `AnalysisError.tooFewRows` below five rows, `.stepOutOfRange`.
  public static func publishedCounting(
    _ recording: Recording, word: Int32, position: Int, limit: Int = 1000
  ) throws -> LabelledStates {
    let rows = recording.rows.publishedIndices(word: word, position: position, limit: limit).with
    guard rows.count >= 5 else {
      throw AnalysisError.tooFewRows(
        condition: "word \(word) at position \(position)", found: rows.count, needed: 5)
    }
    return try LabelledStates(
      recording,
      (0..<position).flatMap { step in rows.map { Place(row: $0, step: step, label: step) } })
  }

  /// One row at one step.
  private struct Place {
    let row: Int
    let step: Int
    let label: Int
  }

  private init(_ recording: Recording, _ places: [Place]) throws {
    let states = recording.decoder.states
    let (inputs, sentences) = (recording.rows.inputNumbers, recording.rows.sentenceNumbers)
    var values: [Float] = []
    values.reserveCapacity(places.count * states.units)
    for place in places {
      guard states.steps.contains(place.step) else {
        throw AnalysisError.stepOutOfRange(step: place.step, recorded: states.steps)
      }
      values += states.units(row: place.row, step: place.step)
    }
    try self.init(
      states: Matrix(rows: places.count, columns: states.units, storage: values), labels: places.map(\.label),
      inputs: places.map { inputs[$0.row] }, sentences: places.map { sentences[$0.row] })
  }
}

extension Rows {
  /// The rows that the published selection looks at for (w, T): record these instead of all.
  public func published(word: Int32, position: Int, limit: Int = 1000) -> Rows {
    let (with, without) = publishedIndices(word: word, position: position, limit: limit)
    return rows((with + without).sorted())
  }

  /// The first rows whose target has the word at the position, and the first whose target has not.
  func publishedIndices(word: Int32, position: Int, limit: Int) -> (with: [Int], without: [Int]) {
    var (with, without) = ([Int](), [Int]())
    guard position >= 1, position <= targets.steps else { return ([], []) }
    for row in 0..<count {
      if targets[row, at: position] == word {
        if with.count < limit { with.append(row) }
      } else if without.count < limit {
        without.append(row)
      }
    }
    return (with, without)
  }
}
