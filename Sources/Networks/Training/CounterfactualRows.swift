import LinearAlgebra
import Tasks

/// The rows of a task by what they would write if their word, or the place of it, were another row's.
///
/// That is known where a target is one filler around the word: `· · w · EOS`. Rows are paired with rows of the same length
/// of sentence, so that the place of EOS is nobody's question.
package struct CounterfactualRows {
  /// What a row has after an exchange.
  struct Outcome {
    var word: Int32
    /// Where the word stands, 0 where it doesn't; nothing is asked of a row whose word would come after the end.
    var position: Int
    /// What stands at one position, whatever the rest says.
    var token: (position: Int, token: Int32)?
    /// The last position that is asked for; nil for all.
    var last: Int?
  }

  let rows: Rows
  private let filler: Int32
  /// Indices, by position; those of one position in their order.
  private let byPosition: [Int]
  /// The first place in `byPosition` with a position above t, for each t.
  private let firstAfter: [Int]
  /// The last position of any row.
  let lastPosition: Int

  /// Throws `NetworkError.invalidOption` unless every target is one filler around the word, then EOS.
  package init(_ rows: Rows, of name: String) throws {
    self.rows = rows
    var filler: Int32?
    for row in 0..<rows.count {
      let (word, place, length) = (rows.words[row], rows.positions[row], rows.lengths[row])
      var holds = place >= 1 && place <= length && length < rows.targets.steps
      for position in 1...max(1, rows.targets.steps) where holds {
        let token = rows.targets[row, at: position]
        if position == place {
          holds = token == word
        } else if position <= length {
          filler = filler ?? token
          holds = token == filler && token != word
        } else {
          holds = token == (position == length + 1 ? Vocabulary.eos : Vocabulary.pad)
        }
      }
      guard holds else {
        throw NetworkError.invalidOption(
          name: name, value: "row \(row)",
          expected:
            "targets of one filler around the word, then EOS: there alone it is known what an exchange should write"
        )
      }
    }
    self.filler = filler ?? Vocabulary.pad
    byPosition = (0..<rows.count).sorted { (rows.positions[$0], $0) < (rows.positions[$1], $1) }
    let last = rows.positions.max() ?? 0
    lastPosition = last
    var first = [Int](repeating: rows.count, count: last + 1)
    for (place, row) in byPosition.enumerated().reversed() {
      for step in 0..<rows.positions[row] where first[step] > place { first[step] = place }
    }
    firstAfter = first
  }

  /// What a row's target has at a position up to its length.
  func token(of row: Int, at position: Int) -> Int32 {
    position == rows.positions[row] ? rows.words[row] : filler
  }

  /// The rows whose word comes at step t; none for t = 0.
  func due(at step: Int) -> ArraySlice<Int> {
    step < 1 || step > lastPosition ? [] : byPosition[firstAfter[step - 1]..<firstAfter[step]]
  }

  /// The rows whose word comes after step t.
  func after(_ step: Int) -> ArraySlice<Int> { byPosition[firstAfter[min(step, lastPosition)]...] }

  /// For each of the rows another of them, of the same length, whose word, put where `landing` says, comes before the end:
  /// a permutation of those of one length unless some land behind the end; nil where none does.
  func partners(
    of batch: [Int], from sourceStep: Int, to step: Int, using generator: inout SeededGenerator
  ) -> [Int?] {
    var result = [Int?](repeating: nil, count: batch.count)
    let groups = Dictionary(grouping: batch.indices) { rows.lengths[batch[$0]] }
    for (length, members) in groups.sorted(by: { $0.key < $1.key }) {
      if sourceStep == step {
        for (row, partner) in zip(members, generator.shuffled(members)) { result[row] = partner }
        continue
      }
      let fitting = members.filter { rows.positions[batch[$0]] + step - sourceStep <= length }
      if fitting.isEmpty { continue }
      for row in members { result[row] = fitting[generator.integer(below: fitting.count)] }
    }
    return result
  }

  /// What row `row` of the batch has once the roles are exchanged; nil if it has a partner for none of them.
  func outcome(
    _ row: Int, of batch: [Int], _ exchanges: [(moves: InterchangeRole.Moved, partners: [Int?])],
    from sourceStep: Int,
    to step: Int
  ) -> Outcome? {
    var outcome = Outcome(word: rows.words[batch[row]], position: rows.positions[batch[row]])
    for exchange in exchanges {
      guard let partner = exchange.partners[row] else { return nil }
      switch exchange.moves {
      case .word: outcome.word = rows.words[batch[partner]]
      case .place: outcome.position = rows.positions[batch[partner]] + step - sourceStep
      case .start:
        let (isDue, wasDue) = (rows.positions[batch[partner]] == step + 1, outcome.position == step + 1)
        if isDue != wasDue {
          outcome.position = isDue ? step + 1 : 0
          outcome.last = step + 1
        }
      case .token: outcome.token = (step, token(of: batch[partner], at: step))
      }
    }
    return outcome
  }

  /// Inputs and targets of a batch; where there is no outcome, the target is PAD, which counts for nothing.
  func grids(_ batch: [Int], _ outcomes: [Outcome?]) -> (inputs: TokenGrid, targets: TokenGrid) {
    let steps = rows.targets.steps
    var (inputs, targets) = ([Int32](), [Int32]())
    inputs.reserveCapacity(batch.count * rows.inputs.steps)
    targets.reserveCapacity(batch.count * steps)
    for (row, outcome) in zip(batch, outcomes) {
      inputs += rows.inputs.row(row)
      for position in 1...steps { targets.append(target(row, at: position, outcome)) }
    }
    return (
      TokenGrid(rows: batch.count, steps: rows.inputs.steps, storage: inputs),
      TokenGrid(rows: batch.count, steps: steps, storage: targets)
    )
  }

  private func target(_ row: Int, at position: Int, _ outcome: Outcome?) -> Int32 {
    let length = rows.lengths[row]
    guard let outcome, position <= outcome.last ?? length + 1 else { return Vocabulary.pad }
    if let token = outcome.token, token.position == position { return token.token }
    if position == outcome.position { return outcome.word }
    return position <= length ? filler : position == length + 1 ? Vocabulary.eos : Vocabulary.pad
  }
}
