import LinearAlgebra
import Networks
import Tasks

/// How often an exchange does exactly what one role says, and nothing else: the joint outcome of a pair, not two shares.
///
/// A row that asks for (w, T) is given a set's state of a row that asks for (w′, T′). A *register* (role `.word`, the
/// paper's storing units) makes it write w′ at T: the first written of w and w′ is w′, and it stands at T. A *counter*
/// (role `.position`, the counting units) makes it write w at t + T′ − s, where the source's time left ends, and w′
/// nowhere before. Where the pair differs in both, the two exclude each other, and a set that moves word and place
/// together, such as the whole state, does neither. Where it differs in one thing, the other role's set changes nothing.
///
/// The share is over distinct inputs, its interval over their sentences.
public struct RoleOutcome: Codable, Sendable, Equatable {
  /// `.word` for a register, `.position` for a counter.
  public let role: SufficientSet.Role
  /// What row and source differ in.
  public let difference: Exchange.Difference
  /// Pairs of a row and its source. A row with another source is another trial, but no further input.
  public let pairs: Int
  /// The share of the pairs with the outcome, beside that of random sets or subspaces.
  public let share: Effect

  /// Exchanges a set of units, and random sets of its size.
  ///
  /// - Throws: `AnalysisError.unitOutOfRange`, `.repeatedUnit`.
  public init(
    _ role: SufficientSet.Role, _ exchange: Exchange, units: [Int], randomSets: Int = 1000, seed: UInt64 = 1
  ) throws {
    let all = exchange.targets.model.configuration.units
    let size = try unitSet(units, of: all).count
    let random = RandomSets.uniform(count: max(0, randomSets), size: size, of: all, seed: seed)
    try self.init(
      role, exchange, edits: ([units] + random).map { try exchange.edit($0) },
      ofDraws: "random sets of \(size) units", seed: seed)
  }

  /// Exchanges the state in a subspace, and in random subspaces of its dimension.
  ///
  /// - Throws: `AnalysisError.countMismatch`, `.invalidOption`.
  public init(
    _ role: SufficientSet.Role, _ exchange: Exchange, subspace: Basis, randomSubspaces: Int = 1000,
    seed: UInt64 = 1
  ) throws {
    let random = (0..<max(0, randomSubspaces)).map {
      Basis.random(directions: subspace.count, of: subspace.units, seed: seed &+ UInt64($0))
    }
    try self.init(
      role, exchange, edits: try ([subspace] + random).map(exchange.edit),
      ofDraws: "random subspaces of \(subspace.count) dimensions", seed: seed)
  }

  /// Makes the first edit, and the others for its null.
  init(
    _ role: SufficientSet.Role, _ exchange: Exchange, edits: [Edit], ofDraws description: String, seed: UInt64
  ) throws {
    self.role = role
    difference = exchange.difference
    pairs = exchange.testable.count
    let shares = try Self.shares(role, exchange, edits: edits)
    guard let first = shares.first, !first.isEmpty else {
      share = .notDetermined(.noRows(condition: "a source whose time left ends elsewhere"))
      return
    }
    share = Effect(
      meanOf: first, null: shares.dropFirst().map(\.mean), ofDraws: description, seed: seed)
  }

  /// The share of each edit, by distinct input, in their order.
  package static func shares(
    _ role: SufficientSet.Role, _ exchange: Exchange, edits: [Edit]
  ) throws -> [InputValues] {
    let testable = Set(exchange.testable)
    let expected = exchange.expectation(role)
    let others = role == .word ? exchange.targets.rows.words : exchange.sourceWords
    let last = testable.map { expected.positions[$0] }.max() ?? 1
    // As many variants at once as need some ten megabytes.
    let atOnce = max(1, 1_000_000 / (exchange.targets.rows.count * last))
    var shares: [InputValues] = []
    for first in stride(from: 0, to: edits.count, by: atOnce) {
      let part = edits[first..<min(edits.count, first + atOnce)]
      let decoded = try exchange.targets.decode(part.map { [$0] }, watching: .nothing, through: last)
      for variant in part.indices {
        let values = exchange.targets.rows.words.indices.map { row -> Double? in
          guard testable.contains(row) else { return nil }
          return decoded.writesFirst(
            expected.words[row], at: expected.positions[row], before: [others[row]],
            variant: variant - first, row: row) ? 1 : 0
        }
        shares.append(decoded.byInputWhereDefined(values) ?? InputValues([], sentences: []))
      }
    }
    return shares
  }
}

extension Exchange {
  /// What each row writes if what is exchanged has one role alone: of the source either the word or the time left.
  func expectation(_ role: SufficientSet.Role) -> Expectation {
    role == .word
      ? Expectation(words: sourceWords, positions: targets.rows.positions)
      : Expectation(words: targets.rows.words, positions: positionsByTimeLeft)
  }

  /// The pairs that can tell a role: the source's time left ends within the positions that are decoded, and elsewhere than
  /// the row's own if times should differ. From another step than that of the edit it may end at the same place.
  var testable: [Int] {
    let (own, left) = (targets.rows.positions, positionsByTimeLeft)
    return own.indices.filter {
      left[$0] > step && left[$0] <= targets.steps && (difference == .word || left[$0] != own[$0])
    }
  }

  /// The pairs whose times left, the row's own and the source's, fulfil a condition; nil if there are none.
  func pairs(where isWanted: (_ own: Int, _ source: Int) -> Bool) throws -> Exchange? {
    let own = targets.rows.positions
    let kept = testable.filter {
      isWanted(own[$0] - step, sources.rows.positions[partners[$0]] - sourceStep)
    }
    return kept.isEmpty ? nil : try pairs(kept)
  }

  /// The edit that puts the source's state into a subspace.
  package func edit(_ subspace: Basis) throws -> Edit {
    var edit = try edit(Array(0..<subspace.count))
    edit.basis = subspace
    return edit
  }
}

extension CounterfactualRuns {
  /// Whether a row writes `word` at `position`, and neither it nor one of `others` before. Without a variant, without edits.
  func writesFirst(_ word: Int32, at position: Int, before others: [Int32], variant: Int?, row: Int) -> Bool {
    guard (1...steps).contains(position), written(variant, row, position) == word else { return false }
    return !(1..<position).contains {
      let token = written(variant, row, $0)
      return token == word || others.contains(token)
    }
  }
}
