import Foundation
import LinearAlgebra
import Networks
import Tasks

/// How near the exchange of a set comes to what a role says: a smooth score that a search can climb.
///
/// Each pair has a text that it writes if the set has the role and no other part: fillers, then the word in its place
/// (`Exchange.expectedTokens`). That text is fed, so that all pairs of all sets run side by side and no further than the
/// place of the word.
///
/// The score is −log(1 − log P), P of the text up to the word, in the mean over pairs: 0 if all texts are certain. As
/// log P it has a slope from afar; but a pair out of reach, whose log P is −100, does not outweigh the many that could be
/// gained. (Mean log P found sets with .03 fewer pairs in the model where no set reaches .7, mean P the same.)
struct RoleScore {
  /// Pairs whose word is expected at one place.
  private struct Group {
    let exchange: Exchange
    let expected: TokenGrid
    let place: Int
  }

  let pairs: Int
  private let groups: [Group]

  init(_ role: SufficientSet.Role, _ exchange: Exchange) throws {
    let expectation = exchange.expectation(role)
    let places = grouped(exchange.testable) { expectation.positions[$0] }
    groups = try places.map { place, members in
      let group = try exchange.pairs(members)
      return Group(exchange: group, expected: group.expectedTokens(role, through: place), place: place)
    }
    pairs = exchange.testable.count
  }

  /// The score of each set, at most 0.
  ///
  /// - Throws: `AnalysisError.valueNotFinite` if the model writes no numbers.
  func callAsFunction(_ sets: [[Int]]) throws -> [Double] {
    var scores = [Double](repeating: 0, count: sets.count)
    for group in groups {
      let rows = group.exchange.targets.rows.count
      let edits = try sets.map { [try group.exchange.edit($0)] }
      var logs = [Float](repeating: 0, count: sets.count * rows)
      try logs.withUnsafeMutableBufferPointer { logs in
        guard let logs = logs.baseAddress else { return }
        try group.exchange.targets.run(
          edits, into: TextWriter(expected: group.expected, logs: logs), through: group.place,
          feeding: group.expected)
      }
      for index in logs.indices { scores[index / rows] -= log1p(-Double(logs[index])) / Double(pairs) }
    }
    return scores
  }
}

extension Exchange {
  /// The text of each row if the set has the role, `[rows, last]`: what the row itself writes, and in the place of what
  /// moves what the source wrote, as far as its time left has come.
  func expectedTokens(_ role: SufficientSet.Role, through last: Int) -> TokenGrid {
    let (expected, rows) = (expectation(role), targets.rows.count)
    var grid = TokenGrid(rows: rows, steps: last)
    for row in 0..<rows {
      for position in 1...last {
        let place = position + sourceStep - step
        grid[row, at: position] =
          position == expected.positions[row]
          ? expected.words[row]
          : role == .word || position <= step || !(1...sources.tokens.steps).contains(place)
            ? targets.baseline.tokens[row, at: position] : sources.tokens[partners[row], at: place]
      }
    }
    return grid
  }
}

/// Adds up, for each row of each variant, log P of the expected text.
private struct TextWriter: LogitsWriter {
  let expected: TokenGrid
  /// `[variants, rows]`.
  let logs: UnsafeMutablePointer<Float>

  func write(_ logits: MatrixView, variant: Int, row: Int, step: Int) throws {
    let word = expected[row, at: step]
    let log = logProbability(logits.base, count: logits.columns, word: Int(word))
    guard log.isFinite else {
      throw AnalysisError.valueNotFinite(what: "log P of token \(word) at step \(step)", row: row, unit: 0)
    }
    logs[variant * expected.rows + row] += log
  }
}
