import LinearAlgebra

/// Random labels that are the same for all rows of one type: what a probe can learn of them it learns by heart (control
/// tasks, Hewitt & Liang 2019, section 2).
struct ControlLabels {
  private let labelOfType: [[Int]: Int]

  /// Draws a label for each type, from the labels in the frequency that they have over the rows; at least two differ if
  /// that can be.
  ///
  /// - Parameters:
  ///   - types: The type of each training row.
  ///   - labels: The true label of each training row.
  init(types: [[Int]], labels: [Int], using generator: inout SeededGenerator) {
    // Sorted, so that the bits do not depend on the set's order.
    let known = Set(types).sorted { $0.lexicographicallyPrecedes($1) }
    var drawn: [[Int]: Int] = [:]
    for _ in 0..<100 {
      drawn = Dictionary(
        uniqueKeysWithValues: known.map { ($0, labels[generator.integer(below: labels.count)]) })
      if Set(drawn.values).count > 1 { break }
    }
    labelOfType = drawn
  }

  /// The label of a type; nil if no training row is of that type.
  subscript(type: [Int]) -> Int? { labelOfType[type] }

  var hasTwoLabels: Bool { Set(labelOfType.values).count > 1 }
}

/// Labels exchanged at random as often as asked: between inputs, each with all its rows, or within each input where its
/// rows differ in label, as for times.
struct LabelExchange {
  private let labels: [Int]
  private let groups: [[Int]]
  private let isOneLabelEach: Bool

  init(_ examples: LabelledStates) {
    labels = examples.labels
    let rowsOfInput = Dictionary(grouping: examples.inputs.indices) { examples.inputs[$0] }
    groups = rowsOfInput.sorted { $0.key < $1.key }.map(\.value)
    isOneLabelEach = groups.allSatisfy { rows in
      rows.allSatisfy { examples.labels[$0] == examples.labels[rows[0]] }
    }
  }

  /// Rows of each input.
  var rowsOfInput: [[Int]] { groups }

  func draw(using generator: inout SeededGenerator) -> [Int] {
    var exchanged = labels
    if isOneLabelEach {
      for (group, source) in zip(groups, generator.shuffled(groups.indices)) {
        for row in group { exchanged[row] = labels[groups[source][0]] }
      }
    } else {
      for group in groups {
        for (row, source) in zip(group, generator.shuffled(group)) { exchanged[row] = labels[source] }
      }
    }
    return exchanged
  }
}
