import Text

/// Finds names that are used before the cell that sets them has run.
///
/// Swift lets top-level code read a later variable, and gives zero or ends in a crash; a report must not show
/// such a number. The check reads words, not types: it looks at what stands outside braces in cells, and at
/// inline values.
enum UninitialisedNames {
  static func problems(in chapter: ScannedChapter) -> [Problem] {
    var firstSet: [String: Cell] = [:]
    for cell in chapter.cells where !cell.options.error && cell.exercise == nil {
      for name in cell.namesSet where firstSet[name] == nil { firstSet[name] = cell }
    }
    var problems: [Problem] = []
    for value in chapter.values {
      for word in words(in: value.expression) {
        guard let cell = firstSet[word.text], cell.index >= value.cellsBefore,
          !own(value.exercise, of: chapter).contains(word.text)
        else { continue }
        var place = value.location
        place.column += word.column
        problems.append(problem(word.text, at: place, setIn: cell, by: "inline value"))
      }
    }
    for user in chapter.cells {
      for word in words(in: user.code) {
        guard let cell = firstSet[word.text], cell.index > user.index,
          !own(user.exercise?.number, of: chapter).contains(word.text)
        else { continue }
        var place = user.codeLocation
        place.line += word.line
        place.column = user.indentation + word.column + 1
        problems.append(problem(word.text, at: place, setIn: cell, by: "cell"))
      }
    }
    return problems
  }

  /// The names that the cells of an exercise set for themselves.
  private static func own(_ exercise: Int?, of chapter: ScannedChapter) -> Set<String> {
    guard let exercise else { return [] }
    return Set(chapter.exercises[exercise].cells.flatMap { chapter.cells[$0].namesSet })
  }

  /// The last cell before an inline value that sets a variable which the value uses: where the number comes from.
  static func origin(of value: InlineValue, in chapter: ScannedChapter) -> Cell? {
    let used = Set(words(in: value.expression).map(\.text))
    return chapter.cells.prefix(value.cellsBefore).last {
      ($0.exercise == nil || $0.exercise?.number == value.exercise) && !used.isDisjoint(with: $0.namesSet)
    }
  }

  private static func problem(
    _ name: String, at place: Problem.Location, setIn cell: Cell, by user: String
  ) -> Problem {
    Problem(
      "`\(name)` is used before it is set: the cell at line \(cell.location.line) sets it.", at: place,
      advice: "Move this \(user) below that cell.")
  }

  /// The variables that code declares at the beginning of a line.
  static func namesSet(by code: String) -> [String] {
    code.split(separator: "\n").flatMap { line -> [String] in
      guard line.hasPrefix("let ") || line.hasPrefix("var ") else { return [] }
      let pattern = line.dropFirst(4).drop { $0 == " " }
      let names =
        pattern.first == "("
        ? pattern.dropFirst().prefix { $0 != ")" } : pattern.prefix(while: SwiftWords.isWord)
      return names.split { !SwiftWords.isWord($0) }.map(String.init).filter { $0 != "_" }
    }
  }

  /// The identifiers outside braces, texts and comments that name neither a member nor an argument.
  private static func words(in code: String) -> [SwiftWords.Token] {
    let tokens = SwiftWords.tokens(in: code)
    return tokens.indices.filter { index in
      let token = tokens[index]
      guard token.isName, token.depth == 0, !token.isInterpolated else { return false }
      let isMember = token.isJoined && index > 0 && tokens[index - 1].text == "."
      let isArgument = index + 1 < tokens.count && tokens[index + 1].isJoined && tokens[index + 1].text == ":"
      // A call of the reader of files, which stands beside a constant of its name.
      let isReader =
        token.text == "data" && index + 1 < tokens.count && tokens[index + 1].isJoined
        && tokens[index + 1].text == "("
      return !isMember && !isArgument && !isReader
    }.map { tokens[$0] }
  }
}
