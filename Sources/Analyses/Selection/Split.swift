import LinearAlgebra

/// Which rows serve to choose units, and which to see how good the choice is.
public struct Split: Codable, Sendable, Hashable {
  /// Indices of rows.
  public let training: [Int]
  /// Indices of the other rows.
  public let heldOut: [Int]

  /// A split by indices of rows, which are taken as they are.
  public init(training: [Int], heldOut: [Int]) {
    self.training = training
    self.heldOut = heldOut
  }

  /// A fifth of the rows held out at random, as published: copies of one input fall on both sides.
  ///
  /// (scikit-learn's `train_test_split` with `test_size=0.2` in the authors' code.)
  public static func byRow(_ examples: LabelledStates, heldOut share: Double = 0.2, seed: UInt64) throws
    -> Split
  {
    var generator = SeededGenerator(seed: seed, label: "split by row")
    let order = generator.shuffled(0..<examples.count)
    let held = try count(share, of: examples.count, what: "rows")
    return Split(training: order[held...].sorted(), heldOut: order[..<held].sorted())
  }

  /// A fifth of the inputs held out at random, each with all its rows: no held-out input was seen.
  public static func byInput(
    _ examples: LabelledStates, heldOut share: Double = 0.2, seed: UInt64
  ) throws -> Split {
    var generator = SeededGenerator(seed: seed, label: "split by input")
    let inputs = generator.shuffled(Set(examples.inputs).sorted())
    let held = Set(inputs.prefix(try count(share, of: inputs.count, what: "distinct inputs")))
    return Split(
      training: examples.inputs.indices.filter { !held.contains(examples.inputs[$0]) },
      heldOut: examples.inputs.indices.filter { held.contains(examples.inputs[$0]) })
  }

  private static func count(_ share: Double, of all: Int, what: String) throws -> Int {
    guard share > 0, share < 1 else {
      throw AnalysisError.invalidOption(name: "heldOut", value: "\(share)", expected: "between 0 and 1")
    }
    guard all >= 2 else {
      throw AnalysisError.tooFewRows(condition: "\(what) to split", found: all, needed: 2)
    }
    // Rounded up, as scikit-learn does, but leaving one to train on.
    return min(all - 1, Int((share * Double(all)).rounded(.up)))
  }
}

extension LabelledStates {
  /// The two sides of a split.
  public func sides(_ split: Split) -> (training: LabelledStates, heldOut: LabelledStates) {
    (rows(split.training), rows(split.heldOut))
  }
}

extension LabelledStates {
  /// Rows to train on and other rows to test on as one set with its split, as `SelectionSignificance` wants them.
  ///
  /// The inputs of the two, and their sentences, are numbered apart: they must come from splits without a common
  /// sentence.
  ///
  /// - Throws: `AnalysisError.countMismatch` if they have different numbers of units.
  public static func joining(
    training: LabelledStates, heldOut: LabelledStates
  ) throws -> (examples: LabelledStates, split: Split) {
    guard training.units == heldOut.units else {
      throw AnalysisError.countMismatch(
        what: "units in the held-out rows", expected: training.units, found: heldOut.units)
    }
    let count = training.count + heldOut.count
    let first = (training.inputs.max() ?? -1) + 1
    let firstSentence = (training.sentences.max() ?? -1) + 1
    let examples = try LabelledStates(
      states: Matrix(
        rows: count, columns: training.units, storage: training.states.storage + heldOut.states.storage),
      labels: training.labels + heldOut.labels, inputs: training.inputs + heldOut.inputs.map { first + $0 },
      sentences: training.sentences + heldOut.sentences.map { firstSentence + $0 })
    return (
      examples, Split(training: Array(0..<training.count), heldOut: Array(training.count..<count))
    )
  }

  /// As many rows of each label as the rarest one has, drawn at random, in their order: chance is then one of the number
  /// of labels.
  public func balanced(seed: UInt64) -> LabelledStates {
    var generator = SeededGenerator(seed: seed, label: "balanced labels")
    let rowsOfLabel = groupedPlaces(of: labels)
    let count = rowsOfLabel.map(\.count).min() ?? 0
    return rows(rowsOfLabel.flatMap { generator.sample(count, of: $0) }.sorted())
  }
}
