import Base

/// One row of a task: what the encoder reads, what the decoder must write, and what the task says about it.
public struct Row: Codable, Sendable, Hashable {
  /// What the encoder reads, without PAD.
  public var input: [Int32]
  /// What the decoder must write, EOS included, without PAD.
  public var target: [Int32]
  /// The token w that the input asks for.
  public var word: Int32
  /// T: where the target must have w, counted from 1.
  public var position: Int
  /// How many tokens the target has before EOS.
  public var length: Int

  /// A row as a task's own generator makes it; nothing is checked here.
  public init(input: [Int32], target: [Int32], word: Int32, position: Int, length: Int) {
    self.input = input
    self.target = target
    self.word = word
    self.position = position
    self.length = length
  }
}

/// Many rows, padded to one length: inputs on the left, targets on the right.
public struct Rows: Codable, Sendable, Hashable {
  /// `[rows, input steps]`, PAD first.
  public let inputs: TokenGrid
  /// `[rows, target steps]`, PAD last.
  public let targets: TokenGrid
  /// w of each row.
  public let words: [Int32]
  /// T of each row, counted from 1.
  public let positions: [Int]
  /// The number of tokens before EOS in each target.
  public let lengths: [Int]

  /// Pads `rows` to the given numbers of steps, by default to the longest input and target among them.
  public init(_ rows: some Collection<Row>, inputSteps: Int? = nil, targetSteps: Int? = nil) {
    let inputSteps = inputSteps ?? rows.reduce(0) { max($0, $1.input.count) }
    let targetSteps = targetSteps ?? rows.reduce(0) { max($0, $1.target.count) }
    var (inputs, targets) = ([Int32](), [Int32]())
    inputs.reserveCapacity(rows.count * inputSteps)
    targets.reserveCapacity(rows.count * targetSteps)
    for row in rows {
      ensure(
        row.input.count <= inputSteps && row.target.count <= targetSteps,
        "a row of \(row.input.count) and \(row.target.count) tokens is longer than \(inputSteps), \(targetSteps)"
      )
      inputs.append(contentsOf: repeatElement(Vocabulary.pad, count: inputSteps - row.input.count))
      inputs.append(contentsOf: row.input)
      targets.append(contentsOf: row.target)
      targets.append(contentsOf: repeatElement(Vocabulary.pad, count: targetSteps - row.target.count))
    }
    self.init(
      inputs: TokenGrid(rows: rows.count, steps: inputSteps, storage: inputs),
      targets: TokenGrid(rows: rows.count, steps: targetSteps, storage: targets),
      words: rows.map { $0.word }, positions: rows.map { $0.position }, lengths: rows.map { $0.length })
  }

  /// Columns of one length.
  init(
    inputs: TokenGrid, targets: TokenGrid, words: [Int32], positions: [Int], lengths: [Int]
  ) {
    self.inputs = inputs
    self.targets = targets
    self.words = words
    self.positions = positions
    self.lengths = lengths
  }

  /// How many rows there are, repeats included.
  public var count: Int { inputs.rows }
  /// Whether there is no row at all.
  public var isEmpty: Bool { count == 0 }

  /// Row `index`, counted from 0, without its PAD.
  public subscript(index: Int) -> Row {
    check(index)
    return Row(
      input: Array(inputs.row(index).drop { $0 == Vocabulary.pad }),
      target: inputs.rows == targets.rows
        ? targets.row(index).reversed().drop { $0 == Vocabulary.pad }.reversed() : [],
      word: words[index], position: positions[index], length: lengths[index])
  }

  /// The rows with these indices, in this order, with the same numbers of steps.
  public func rows(_ indices: some Collection<Int>) -> Rows {
    for index in indices { check(index) }
    func gather(_ grid: TokenGrid) -> TokenGrid {
      var storage = [Int32]()
      storage.reserveCapacity(indices.count * grid.steps)
      for index in indices { storage += grid.row(index) }
      return TokenGrid(rows: indices.count, steps: grid.steps, storage: storage)
    }
    return Rows(
      inputs: gather(inputs), targets: gather(targets), words: indices.map { words[$0] },
      positions: indices.map { positions[$0] }, lengths: indices.map { lengths[$0] })
  }

  private func check(_ index: Int) {
    ensure(index >= 0 && index < count, "row \(index) of \(count) was asked for (rows count from 0)")
  }

  /// The rows for which `condition` of (word w, position T, length) holds.
  public func filter(_ condition: (_ word: Int32, _ position: Int, _ length: Int) -> Bool) -> Rows {
    rows(indices { condition($0, $1, $2) })
  }

  /// The indices of the rows for which `condition` of (word w, position T, length) holds.
  public func indices(_ condition: (_ word: Int32, _ position: Int, _ length: Int) -> Bool) -> [Int] {
    (0..<count).filter { condition(words[$0], positions[$0], lengths[$0]) }
  }

  /// At most `limit` rows from the start.
  public func prefix(_ limit: Int) -> Rows { rows(0..<min(max(0, limit), count)) }

  /// The first row of each distinct input, in the order of the rows.
  public var distinct: Rows {
    var seen = Set<ArraySlice<Int32>>()
    return rows((0..<count).filter { seen.insert(inputs.row($0)).inserted })
  }

  /// A number for the input of each row, `[rows]`: equal inputs have equal numbers, from 0 in the order of their first
  /// rows.
  public var inputNumbers: [Int] {
    var numbers: [ArraySlice<Int32>: Int] = [:]
    return (0..<count).map { row in
      let input = inputs.row(row)
      if let number = numbers[input] { return number }
      numbers[input] = numbers.count
      return numbers.count - 1
    }
  }

  /// How many distinct inputs there are: what a claim about these rows really rests on.
  public var distinctInputs: Int { Set((0..<count).map { inputs.row($0) }).count }
}
