import Text

/// A statement of a cell that stands in a file of its own: a call, as a function which the program calls in its place, or a function.
///
/// A chapter that shows a figure in another way is compiled again, but for what is as it was. So a call at the top of a cell,
/// such as `show(…)`, stands apart: it declares nothing that others could name. So does a function, of which others see no more
/// than what stands before its brace. Where the compiler sees more in the pieces than in the whole, such as names that are private
/// to a file, the chapter has none.
struct StatementApart {
  /// The name of its file.
  var name: String
  var cell: Int
  /// Its number among the cell's statements, from 0.
  var number: Int
  /// Its lines in the cell's code, from 0.
  var lines: ClosedRange<Int>
  /// The text of its file.
  var text: String
  /// The line that the program has in its place.
  var placeholder: String

  /// The statements of a chapter that can stand apart, in their order, by the number of their cell.
  static func statements(of chapter: ScannedChapter, _ places: ProgramPlaces) -> [Int: [StatementApart]] {
    var found: [Int: [StatementApart]] = [:]
    var imports = "import Lab\n"
    for cell in chapter.cells {
      let tokens = SwiftWords.tokens(in: cell.code)
      guard !tokens.contains(where: { whole.contains($0.text) }) else { return [:] }
      let statements = SwiftStatement.statements(in: cell.code)
      for statement in statements
      where tokens.contains(where: { $0.line == statement.firstLine && $0.text == "import" }) {
        imports += statement.text + "\n"
      }
      guard cell.exercise == nil, !cell.options.fileScope, !cell.options.error,
        !ProgramPlaces.areAsked(by: cell.code),
        !tokens.contains(where: { $0.text == ";" || $0.text == "#" })
      else { continue }
      found[cell.index] = apart(of: cell, statements, tokens, places)
    }
    return found.mapValues { $0.map { $0.importing(imports) } }
  }

  /// What can't be told apart from the rest of a program.
  private static let whole: Set<String> = ["private", "fileprivate", "await"]

  private static func apart(
    of cell: Cell, _ statements: [SwiftStatement], _ tokens: [SwiftWords.Token], _ places: ProgramPlaces
  ) -> [StatementApart] {
    let lines = cell.code.split(separator: "\n", omittingEmptySubsequences: false)
    let indent = String(repeating: " ", count: cell.indentation)
    var apart: [StatementApart] = []
    for (number, statement) in statements.enumerated() {
      let range = statement.firstLine...statement.lastLine
      let own = tokens.drop { $0.line < statement.firstLine }.prefix { $0.line <= statement.lastLine }
      let name = "cell\(cell.index + 1)Statement\(number + 1)"
      var text =
        places.start(of: cell, statement: number).directive + lines[range].map { indent + $0 + "\n" }.joined()
        + "#sourceLocation()\n"
      let placeholder: String
      if isCall(own), statement.declared.isEmpty {
        text = "func \(name)() throws {\n\(text)}\n"
        // No value, so that nothing before it could take it for one.
        placeholder = "do { try \(name)() }\n"
      } else if let signature = signature(own) {
        placeholder = "// \(signature)\n"
      } else {
        continue
      }
      apart.append(
        StatementApart(
          name: name, cell: cell.index, number: number, lines: range, text: text, placeholder: placeholder))
    }
    return apart
  }

  /// Whether a statement is a call: `name(…)`, `try name(…)`.
  private static func isCall(_ tokens: ArraySlice<SwiftWords.Token>) -> Bool {
    let tokens = tokens.drop { $0.text == "try" }.prefix(2)
    guard let name = tokens.first, let parenthesis = tokens.dropFirst().first else { return false }
    return name.isName && !SwiftStatement.keywords.contains(name.text) && parenthesis.text == "("
      && parenthesis.isJoined
  }

  /// What others see of a function: its words before the brace. Nil for anything else, and where what it returns is told by what stands in the
  /// braces.
  private static func signature(_ tokens: ArraySlice<SwiftWords.Token>) -> String? {
    guard tokens.first?.text == "func", tokens.dropFirst().first?.isName == true else { return nil }
    var words: [String] = []
    var open = 0
    for token in tokens {
      if token.text == "{", open == 0 { return words.joined(separator: " ") }
      if token.text == "some" { return nil }
      if "([".contains(token.text) { open += 1 }
      if ")]".contains(token.text) { open -= 1 }
      words.append(token.text)
    }
    return nil
  }

  /// What the program calls a line of a cell, counted from 0, some of whose statements stand apart: what follows such a one has a name of
  /// its own, so that it does not depend on how long that is.
  static func place(
    ofLine line: Int, in cell: Cell, without apart: [StatementApart], _ places: ProgramPlaces
  ) -> ProgramPlaces.Start {
    guard let before = apart.last(where: { $0.lines.lowerBound <= line }) else {
      var start = places.start(of: cell)
      start.line += line
      return start
    }
    let isWithin = before.lines.contains(line)
    var start = places.start(of: cell, statement: before.number + (isWithin ? 0 : 1))
    start.line += line - (isWithin ? before.lines.lowerBound : before.lines.upperBound + 1)
    return start
  }

  private func importing(_ imports: String) -> StatementApart {
    var importing = self
    importing.text = imports + text
    return importing
  }
}
