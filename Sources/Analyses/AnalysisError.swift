import Foundation

/// What can be wrong with what a user gives to an analysis.
public enum AnalysisError: Error, Equatable, Sendable {
  /// No row, or too few, fulfils a condition such as "w = 3 at T = 5".
  case tooFewRows(condition: String, found: Int, needed: Int)
  /// Labels that leave nothing to tell apart.
  case oneClassOnly(label: Int, rows: Int)
  /// As many labels, or inputs, as rows are needed.
  case countMismatch(what: String, expected: Int, found: Int)
  /// A value that is not a number, or infinite.
  case valueNotFinite(what: String, row: Int, unit: Int)
  /// A unit that the model does not have; units count from 0.
  case unitOutOfRange(unit: Int, units: Int)
  /// The same unit twice in what should be a set.
  case repeatedUnit(unit: Int)
  /// A step that was not recorded.
  case stepOutOfRange(step: Int, recorded: ClosedRange<Int>)
  /// A set of more units than there are to choose from.
  case setLargerThanModel(size: Int, units: Int)
  /// An option whose value makes no sense.
  case invalidOption(name: String, value: String, expected: String)
  /// The solver stopped before its solution was good enough to use.
  case notConverged(pivots: Int, gap: Double, needed: Double)
}

extension AnalysisError: CustomStringConvertible, LocalizedError {
  public var errorDescription: String? { description }

  public var description: String {
    switch self {
    case .tooFewRows(let condition, let found, let needed):
      "\(found) rows have \(condition), at least \(needed) are needed; ask for another condition or add rows"
    case .oneClassOnly(let label, let rows):
      "all \(rows) rows have the label \(label); two classes at least are needed to tell rows apart"
    case .countMismatch(let what, let expected, let found):
      "expected \(expected) \(what), found \(found)"
    case .valueNotFinite(let what, let row, let unit):
      "\(what) of row \(row), unit \(unit) is not a finite number; the model may have diverged in training"
    case .unitOutOfRange(let unit, let units):
      "unit \(unit) is outside the \(units) units, which count from 0"
    case .repeatedUnit(let unit):
      "unit \(unit) is twice in a set"
    case .stepOutOfRange(let step, let recorded):
      "step \(step) is outside the recorded steps \(recorded.lowerBound)…\(recorded.upperBound)"
    case .setLargerThanModel(let size, let units):
      "a set of \(size) units can't be taken from \(units)"
    case .invalidOption(let name, let value, let expected):
      "\(name) is \(value), expected \(expected)"
    case .notConverged(let pivots, let gap, let needed):
      """
      the support-vector machine has a duality gap of \(gap) of its objective after \(pivots) changes of its free \
      rows, at most \(needed) is accepted; scale the features, or accept a larger gap
      """
    }
  }
}

extension AnalysisError {
  /// Throws `.invalidOption` where `value` is not in `range`, in which NaN never is; an end that is infinite is not within.
  package static func require<Value: BinaryFloatingPoint>(
    _ name: String, _ value: Value, in range: ClosedRange<Value>
  ) throws {
    if !range.contains(value) || !value.isFinite {
      let expected =
        range.upperBound.isFinite
        ? "\(range.lowerBound) to \(range.upperBound)" : "at least \(range.lowerBound), and finite"
      throw AnalysisError.invalidOption(name: name, value: "\(value)", expected: expected)
    }
  }

  /// Throws `.invalidOption` where `value` is below `least`.
  package static func require(_ name: String, _ value: Int, atLeast least: Int) throws {
    if value < least {
      throw AnalysisError.invalidOption(name: name, value: "\(value)", expected: "at least \(least)")
    }
  }
}
