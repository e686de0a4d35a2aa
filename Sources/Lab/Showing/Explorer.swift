import CellRecords
import Foundation
import Networks
import Plotting
import Tasks

/// The decoder's units for the reader to look through: pick the token and the position, move along the steps, and see one
/// unit's state and gates everywhere at once.
///
///     show(Explorer(of: try model.record(rows), vocabulary: data.vocabulary))
///
/// It shows means over the rows that ask for one token at one position. Where scripts don't run, a map of the states stands
/// in its place, which the cell's `alt` describes.
public struct Explorer: Encodable, Sendable {
  /// The steps of all traces.
  let steps: [Int]
  /// The units by the step at which their state changes most, for the first group.
  let order: [Int]
  let quantities: [Quantity]
  let groups: [Group]

  struct Quantity: Encodable {
    var name: String
    var symbol: String
    /// Where its axis begins and ends, in thousandths.
    var low: Int
    var high: Int
  }

  /// The rows of one token and position.
  struct Group: Encodable {
    var token: String
    var position: Int
    var rows: Int
    /// P(token) at each step, in thousandths; nil at step 0, which writes nothing.
    var written: [Int?]
    /// For each quantity `[units × steps]`, unit by unit, in thousandths; nil where there is none.
    var traces: [[Int?]]
  }

  /// Explores the decoder's top layer.
  public init(of recording: Recording, vocabulary: Vocabulary) {
    let layer = recording.decoder
    steps = Array(layer.states.steps)
    let gates = Gate.allCases.compactMap { gate in layer[gate].map { (gate, $0) } }
    let sources = [layer.states] + gates.map(\.1)
    let rows = recording.rows
    var members: [[Int]: [Int]] = [:]
    for row in 0..<rows.count {
      members[[Int(rows.words[row]), rows.positions[row]], default: []].append(row)
    }
    let steps = steps
    groups = members.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, members in
      func mean(_ value: (Int) -> Float) -> Int? {
        Self.thousandths(members.reduce(0.0) { $0 + Double(value($1)) } / Double(members.count))
      }
      return Group(
        token: vocabulary.name(of: Int32(key[0])), position: key[1], rows: members.count,
        written: steps.map { step in
          recording.logits.steps.contains(step)
            ? mean { recording.probability(of: Int32(key[0]), row: $0, at: step) } : nil
        },
        traces: sources.map { source in
          (0..<source.units).flatMap { unit in
            steps.map { step in source.steps.contains(step) ? mean { source[$0, step, unit] } : nil }
          }
        })
    }
    let quantities = [(name: "State", symbol: "h")] + gates.map { (name: $0.0.name, symbol: $0.0.symbol) }
    let groups = groups
    self.quantities = quantities.enumerated().map { index, quantity in
      let values = groups.flatMap { $0.traces[index].compactMap { $0 } }
      let isShare = index > 0 && gates[index - 1].0 != .candidate
      return Quantity(
        name: quantity.name, symbol: quantity.symbol, low: min(isShare ? 0 : -1000, values.min() ?? 0),
        high: max(1000, values.max() ?? 0))
    }
    let (states, count) = (groups.first?.traces.first ?? [], steps.count)
    let changes = (0..<layer.states.units).map { unit in
      let trace = states.dropFirst(unit * count).prefix(count).map { $0 ?? 0 }
      let sizes = zip(trace, trace.dropFirst()).map { abs($1 - $0) }
      return sizes.firstIndex(of: sizes.max() ?? 0) ?? 0
    }
    order = changes.indices.sorted { (changes[$0], $0) < (changes[$1], $1) }
  }

  private static func thousandths(_ value: Double) -> Int? {
    value.isFinite && abs(value) < 1e6 ? Int((value * 1000).rounded()) : nil
  }

  /// How many numbers it holds; about five bytes of the page each.
  var count: Int { groups.count * quantities.count * order.count * steps.count }

  /// The states of the first group, which stand in the place of the explorer.
  var figure: Figure {
    let states = groups.first?.traces.first ?? []
    let rows = order.map { unit in
      states.dropFirst(unit * steps.count).prefix(steps.count).map { $0.map { Double($0) / 1000 } ?? .nan }
    }
    return Figure(width: 640, height: min(max(240, Double(order.count) * 13 + 110), 900)) {
      HeatMapMark(
        rows, rowLabels: order.map { "\($0)" }, columnLabels: steps.map { "\($0)" }, label: "Mean state $h$",
        colorMap: .diverging, domain: -1...1)
    }
    .xAxis("Decoder step t")
    .yAxis("Unit")
  }
}

/// Puts an explorer of units on the page, at the place of its cell: it counts as a figure, with `label`, `caption` and `alt`.
public func show(
  _ explorer: Explorer, file: StaticString = #filePath, line: UInt = #line, column: UInt = #column
) {
  let limit = 500_000
  guard explorer.count <= limit else {
    ChapterProgram.fail(
      "The explorer would hold \(displayText(explorer.count)) numbers; a page can carry \(displayText(limit)). Record fewer tokens or positions: `data.test.filter { word, position, _ in … }`.",
      file: file, line: line, column: column)
  }
  draw(explorer.figure, file: file, line: line, column: column) { shown, folder in
    let name = (shown.csv as NSString).deletingPathExtension + "-traces.json"
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try encoder.encode(explorer).write(to: folder.file(name), options: .atomic)
    return .explorer(ShownExplorer(figure: shown, traces: name))
  }
}
