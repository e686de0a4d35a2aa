import LinearAlgebra
import Networks
import Tasks

/// The state that a row's state is compared with: the baseline of a path of gradients, and the source of a patch.
public enum BaselineState: Codable, Sendable, Equatable {
  /// All units zero, as published; a state that the model may never be in.
  case zero
  /// The mean over the rows at the same step.
  case meanAtStep
  /// The state of another row at the same step, one for each row; `counterfactual(of:)` finds some.
  case counterfactual(partners: [Int])
  /// Given states, `[rows, units]`.
  case states(Matrix)

  /// For each row one that asks for another word, at the same position and length, whose input differs in the fewest
  /// tokens; of equals the next one after the row, from the end on to the start.
  ///
  /// - Throws: `AnalysisError.tooFewRows` if a row has no such partner.
  public static func counterfactual(of rows: Rows) throws -> BaselineState {
    let partners = try (0..<rows.count).map { row in
      var best: (partner: Int, differences: Int)?
      for distance in 1..<max(rows.count, 1) {
        let other = (row + distance) % rows.count
        guard rows.words[other] != rows.words[row], rows.positions[other] == rows.positions[row],
          rows.lengths[other] == rows.lengths[row]
        else { continue }
        let differences = zip(rows.inputs.row(row), rows.inputs.row(other)).count { $0 != $1 }
        if differences < best?.differences ?? .max { best = (other, differences) }
      }
      guard let best else {
        throw AnalysisError.tooFewRows(
          condition: """
            another word than \(rows.words[row]) at position \(rows.positions[row]) of \(rows.lengths[row]), \
            a counterfactual for row \(row)
            """,
          found: 0, needed: 1)
      }
      return best.partner
    }
    return .counterfactual(partners: partners)
  }

  /// The state for each row, `[rows, units]`.
  ///
  /// - Throws: `AnalysisError.countMismatch`, `.invalidOption`, `.valueNotFinite`.
  func matrix(for states: AttributionStates) throws -> Matrix {
    switch self {
    case .zero:
      return Matrix(rows: states.count, columns: states.units)
    case .meanAtStep:
      let mean = states.states.columnMeans
      return Matrix(
        rows: states.count, columns: states.units,
        storage: (0..<states.count).flatMap { _ in mean })
    case .counterfactual(let partners):
      guard partners.count == states.count else {
        throw AnalysisError.countMismatch(
          what: "partner rows", expected: states.count, found: partners.count)
      }
      if let row = partners.firstIndex(where: { !(0..<states.count).contains($0) }) {
        throw AnalysisError.invalidOption(
          name: "the partner of row \(row)", value: "\(partners[row])",
          expected: "a row from 0 to \(states.count - 1)")
      }
      return states.states.rows(partners)
    case .states(let given):
      guard given.rows == states.count else {
        throw AnalysisError.countMismatch(
          what: "rows of the baseline", expected: states.count, found: given.rows)
      }
      guard given.columns == states.units else {
        throw AnalysisError.countMismatch(
          what: "units of the baseline", expected: states.units, found: given.columns)
      }
      try checkFinite(given, "the baseline")
      return given
    }
  }
}
