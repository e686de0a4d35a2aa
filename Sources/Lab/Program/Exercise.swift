/// Fails where a condition of an exercise's check does not hold.
///
/// - Parameter message: What the student reads then: what was expected, without the answer.
/// - Throws: `RequirementFailure` where the condition does not hold.
public func require(
  _ condition: Bool, _ message: String, file: StaticString = #filePath, line: UInt = #line,
  column: UInt = #column
) throws {
  guard condition else {
    throw RequirementFailure(message: message, file: file, line: line, column: column)
  }
}

/// A condition of a check that does not hold.
public struct RequirementFailure: Error, CustomStringConvertible, Sendable {
  /// What the check says must hold.
  public var message: String
  var file: StaticString
  var line: UInt
  var column: UInt

  public var description: String { message }
}
