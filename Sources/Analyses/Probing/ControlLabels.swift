import LinearAlgebra

/// Random labels that are the same for all rows of one type: what a probe can learn of them it learns by heart (control
/// tasks, Hewitt & Liang 2019).
struct ControlLabels {
  private let labelOfType: [[Int]: Int]

  /// Draws a label for each type, so that over the rows each label is as frequent as it was, as nearly as types allow: drawn
  /// one by one, few types would make some labels frequent, and guessing them would look like learning.
  ///
  /// - Parameters:
  ///   - types: The type of each training row.
  ///   - labels: The true label of each training row.
  init(types: [[Int]], labels: [Int], using generator: inout SeededGenerator) {
    let rowsOfType = Dictionary(grouping: types) { $0 }.mapValues(\.count)
    var left = Dictionary(grouping: labels) { $0 }.mapValues(\.count)
    var drawn: [[Int]: Int] = [:]
    // Sorted, so that the bits do not depend on the dictionary's order.
    let known = rowsOfType.keys.sorted { $0.lexicographicallyPrecedes($1) }
    let order = generator.shuffled(left.keys.sorted())
    for type in generator.shuffled(known) {
      // The label with most rows left; of equal ones the first in an order of its own for each drawing.
      guard let label = order.max(by: { left[$0, default: 0] < left[$1, default: 0] }) else { break }
      drawn[type] = label
      left[label, default: 0] -= rowsOfType[type, default: 0]
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
    groups = groupedPlaces(of: examples.inputs)
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
        for i in group.indices {
          exchanged.swapAt(group[i], group[i + generator.integer(below: group.count - i)])
        }
      }
    }
    return exchanged
  }
}
