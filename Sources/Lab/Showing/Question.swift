import CellRecords
import Foundation

/// Asks the reader of an exercise for a number, which the page checks; it stands in the exercise's check.
///
///     //| exercise: check
///     try require(abs(accuracy - expected) < 1e-9, "another word has a larger share")
///     ask("The accuracy", accuracy, decimals: 3)
///
/// The page holds no answer, only the digest of the number as it is written with so many decimals.
///
/// - Parameters:
///   - answer: The solution's; where it lies between two such numbers, both are right.
///   - decimals: From 0 to 6.
public func ask(
  _ question: String, _ answer: Double, decimals: Int, file: StaticString = #filePath, line: UInt = #line,
  column: UInt = #column
) {
  guard answer.isFinite, (0...6).contains(decimals), abs(answer) < 1e9 else {
    ChapterProgram.fail(
      "The page can't ask for \(answer) with \(decimals) decimals: give a number below a billion, and 0 to 6 decimals.",
      file: file, line: line, column: column)
  }
  let scaled = answer * pow(10, Double(decimals))
  // What lies in the middle, but for the last bits of its computation, is written either way.
  let isBetween = abs(scaled - floor(scaled) - 0.5) < 1e-6
  let written = isBetween ? [floor(scaled), floor(scaled) + 1] : [scaled.rounded()]
  ChapterProgram.append(
    .shown(
      .question(
        ShownQuestion(
          text: question, decimals: decimals,
          digests: written.map { ShownQuestion.digest(of: Int($0), in: question) }))))
}
