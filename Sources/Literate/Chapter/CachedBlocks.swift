import Text

/// Finds variables of the chapter that a block of `cached` or `sweep` changes.
///
/// Where the value is kept the block does not run, and the variable would stay as it was: a generator of random
/// numbers would go on with other draws than after the run that computed the value. The check reads words, not types.
enum CachedBlocks {
  /// What keeps what its block computes.
  static let functions: Set<String> = ["cached", "sweep"]

  static func problems(in chapter: ScannedChapter) -> [Problem] {
    let variables = Set(
      chapter.cells.filter { $0.exercise == nil }.flatMap { cell in
        cell.code.split(separator: "\n").filter { $0.hasPrefix("var ") }.flatMap {
          UninitialisedNames.namesSet(by: String($0))
        }
      })
    guard !variables.isEmpty else { return [] }
    return chapter.cells.flatMap { cell in
      changes(of: variables, in: cell.code).map { change in
        var place = cell.codeLocation
        place.line += change.line
        place.column = cell.indentation + change.column + 1
        return Problem(
          "`\(change.name)` is changed inside a block of `\(change.function)`; where the value is kept, it would not be.",
          at: place,
          advice:
            "Make what changes inside the block, such as `var generator = SeededGenerator(seed: 1)`, and return it."
        )
      }
    }
  }

  private struct Change {
    var name: String
    /// Whose block it is.
    var function: String
    /// Counted from 0.
    var line: Int
    var column: Int
  }

  /// The places where code inside a block of `cached` or `sweep` changes one of some variables.
  private static func changes(of variables: Set<String>, in code: String) -> [Change] {
    let tokens = SwiftWords.tokens(in: code)
    func text(_ index: Int) -> String { tokens.indices.contains(index) ? tokens[index].text : "" }
    var changes: [Change] = []
    /// The depth of braces within the block, once it is found.
    var block: Int?
    var isAwaited = false
    /// How many parentheses of the call are open: what makes the points of a sweep may have blocks of its own.
    var open = 0
    var function = ""
    var own: Set<String> = []
    for (index, token) in tokens.enumerated() {
      if isAwaited, function == "sweep" { open += token.text == "(" ? 1 : token.text == ")" ? -1 : 0 }
      if token.text == "{", isAwaited, open == 0, block == nil {
        (block, isAwaited, own) = (token.depth + 1, false, [])
      }
      if token.text == "}", let depth = block, token.depth < depth { block = nil }
      if functions.contains(token.text), text(index + 1) == "(" {
        (isAwaited, function, open) = (true, token.text, 0)
      }
      guard block != nil, variables.contains(token.text), !own.contains(token.text) else { continue }
      if ["let", "var"].contains(text(index - 1)) {
        own.insert(token.text)
      } else if text(index - 1) != ".", text(index - 1) == "&" || isChanged(at: index, tokens) {
        changes.append(Change(name: token.text, function: function, line: token.line, column: token.column))
      }
    }
    return changes
  }

  private static let changing = ["next", "append", "insert", "remove", "shuffle", "sort"]

  /// Whether what follows a name sets it, a part of it, or calls what changes it.
  private static func isChanged(at index: Int, _ tokens: [SwiftWords.Token]) -> Bool {
    var next = index + 1
    func text(_ index: Int) -> String { tokens.indices.contains(index) ? tokens[index].text : "" }
    if text(next) == "[" {
      var open = 0
      repeat {
        open += text(next) == "[" ? 1 : text(next) == "]" ? -1 : 0
        next += 1
      } while open > 0 && next < tokens.count
    }
    if text(next) == "." {
      return changing.contains { text(next + 1).hasPrefix($0) } && text(next + 2) == "("
    }
    if ["+", "-", "*", "/"].contains(text(next)) {
      next += 1
      guard tokens.indices.contains(next), tokens[next].isJoined else { return false }
    }
    // `==` is no assignment.
    return text(next) == "=" && !(text(next + 1) == "=" && tokens[next + 1].isJoined)
  }
}
