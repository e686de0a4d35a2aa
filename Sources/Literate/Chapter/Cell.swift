/// A fenced block of Swift that the report compiles and runs.
public struct Cell: Sendable {
  /// Its number in the chapter, from 0.
  public var index: Int
  public var options: CellOptions
  /// The code without the option lines and without the fence's indentation.
  public var code: String
  /// The variables that the code sets at the beginning of a line; none in file scope, where Swift sets them on demand.
  var namesSet: [String]
  /// The place of the fence.
  public var location: Problem.Location
  /// The number of the fence's line in the chapter's text, which included files are part of.
  package var fenceLine: Int
  /// The place of the first line of `code`.
  package var codeLocation: Problem.Location
  /// The columns that the fence is indented by, and that were taken from each line of `code`.
  public var indentation: Int
  /// The exercise that it belongs to, by its number in the chapter, and what it is for there.
  package var exercise: (number: Int, part: Exercise.Part)?

  /// The labels of its figures, in their order: of one figure its own, of one of several parts a label for each.
  var figureLabels: [String] {
    guard let label = options.label else { return [] }
    let parts = options.subcaptions.count
    return parts == 0 ? [label] : (0..<parts).map { Labels.part($0, of: label) }
  }

  /// The lines of its file that the code stands on.
  package var codeLines: ClosedRange<Int> {
    let count = code.split(separator: "\n", omittingEmptySubsequences: false).count
    return codeLocation.line...codeLocation.line + count - 1
  }
}

/// An expression in running text, a caption or an alternative text, whose value the page shows.
public struct InlineValue: Sendable {
  /// Its number in the chapter, from 0.
  public var index: Int
  public var expression: String
  /// The place of the expression's first character.
  public var location: Problem.Location
  /// How many cells come before it: it is computed after these.
  public var cellsBefore: Int
  /// The exercise in whose solution it stands, by its number in the chapter: it is computed in the solution's scope.
  package var exercise: Int?
}
