import LinearAlgebra
import Networks
import Tasks

/// Which reference rows may stand in for an edited row.
///
/// A mean over rows of every T erases the time along with what it should erase: a set that holds the word and nothing else
/// then keeps .08 of the tokens, and .89 with the mean over rows of the same T (measured at t = 2 in a model of 32 units).
public enum ReferenceMatch: String, Codable, Sendable, CaseIterable {
  /// All of them: the edit erases word and time.
  case none
  /// Those of the same T: at the step of the edit the time gone and the time left are then the row's own, and the word is
  /// erased. For storing sets.
  case sameTime
  /// Those that ask for the same w: the time is erased, and the word kept. For counting sets.
  case sameWord
}

/// The reference rows of each edited row.
public struct MatchedReference: Sendable, Equatable {
  /// The reference rows of each group.
  public let members: [[Int]]
  /// The group of each edited row, `[rows]`.
  public let groups: [Int]

  /// Finds the reference rows of each edited row.
  ///
  /// - Throws: `AnalysisError.tooFewRows` for an edited row without a reference row of its T, or its w.
  public init(_ match: ReferenceMatch, of rows: Rows, from reference: Rows) throws {
    func keys(_ rows: Rows) -> [Int] {
      switch match {
      case .none: rows.words.map { _ in 0 }
      case .sameTime: rows.positions
      case .sameWord: rows.words.map { Int($0) }
      }
    }
    let found = keys(reference)
    let byKey = Dictionary(grouping: found.indices) { found[$0] }
    let wanted = keys(rows)
    let order = Set(wanted).sorted()
    members = try order.map { key in
      guard let rows = byKey[key] else {
        let what =
          match == .none ? "a state to take" : match == .sameTime ? "position \(key)" : "word \(key)"
        throw AnalysisError.tooFewRows(condition: "\(what), of the reference", found: 0, needed: 1)
      }
      return rows
    }
    let number = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    groups = wanted.map { number[$0] ?? 0 }
  }
}

extension EditValue {
  /// Each unit's mean over the matched reference rows and all steps.
  public static func mean(of reference: Traces, matched: MatchedReference) -> EditValue {
    grouped(matched, steps: reference.steps) { rows in
      let mean = Matrix(
        rows: rows.count * reference.steps.count, columns: reference.units,
        storage: rows.flatMap { reference.row($0).storage }
      ).columnMeans
      return reference.steps.flatMap { _ in mean }
    }
  }

  /// Each unit's mean over the matched reference rows at the step that is edited.
  public static func meanAtStep(of reference: Traces, matched: MatchedReference) -> EditValue {
    grouped(matched, steps: reference.steps) { rows in
      reference.steps.flatMap { step in
        Matrix(
          rows: rows.count, columns: reference.units,
          storage: rows.flatMap { reference.units(row: $0, step: step) }
        ).columnMeans
      }
    }
  }

  /// What the units had at the same step in a row drawn from the matched ones, for each edited row.
  public static func resampled(
    from reference: Traces, matched: MatchedReference, seed: UInt64
  ) -> EditValue {
    var generator = SeededGenerator(seed: seed, label: "resampled rows")
    let rows = matched.groups.map { group in
      let members = matched.members[group]
      return members[generator.integer(below: members.count)]
    }
    return EditValue(content: .recorded(reference, rows: rows, delay: 0))
  }

  /// For each set, the constants that do the least harm to each group of rows, found on the group's reference rows: as
  /// `bestConstants(_:sets:at:)`, once for each T or each w.
  ///
  /// Groups whose T all lie before the step have nothing to lose; their units get the mean at the step.
  ///
  /// - Throws: As there.
  public static func bestConstants(
    _ reference: Counterfactuals, sets: [[Int]], at step: Int, matched: MatchedReference, iterations: Int = 30
  ) throws -> [EditValue] {
    let states = reference.baseline.decoder.states
    guard states.steps.contains(step) else {
      throw AnalysisError.stepOutOfRange(step: step, recorded: states.steps)
    }
    // `[groups][sets][units]`.
    let found = try matched.members.map { rows -> [[Float]] in
      guard rows.contains(where: { reference.rows.positions[$0] >= max(step, 1) }) else {
        let mean = states.step(step).rows(rows).columnMeans
        return sets.map { _ in mean }
      }
      return try constants(reference, sets: sets, at: step, rows: rows, iterations: iterations)
    }
    return sets.indices.map { set in
      let values = found.map { Matrix(rows: 1, columns: states.units, storage: $0[set]) }
      return EditValue(content: .grouped(values, of: matched.groups, steps: step...step))
    }
  }

  /// Values of `[steps, units]` for each group.
  private static func grouped(
    _ matched: MatchedReference, steps: ClosedRange<Int>, _ values: (_ rows: [Int]) -> [Float]
  ) -> EditValue {
    let all = matched.members.map { rows in
      let storage = values(rows)
      return Matrix(rows: steps.count, columns: storage.count / steps.count, storage: storage)
    }
    return EditValue(content: .grouped(all, of: matched.groups, steps: steps))
  }
}
