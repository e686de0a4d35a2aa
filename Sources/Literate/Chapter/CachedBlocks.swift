/// Finds variables of the chapter that a block of `cached` changes.
///
/// Where the value is kept the block does not run, and the variable would stay as it was: a generator of random
/// numbers would go on with other draws than after the run that computed the value. The check reads words, not types.
enum CachedBlocks {
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
          "`\(change.name)` is changed inside a block of `cached`; where the value is kept, it would not be.",
          at: place,
          advice:
            "Make what changes inside the block, such as `var generator = SeededGenerator(seed: 1)`, and return it."
        )
      }
    }
  }

  private struct Change {
    var name: String
    /// Counted from 0.
    var line: Int
    var column: Int
  }

  /// The places where code inside a block of `cached` changes one of some variables.
  private static func changes(of variables: Set<String>, in code: String) -> [Change] {
    var changes: [Change] = []
    var depth = 0
    /// The depth of braces at which the block lies, once it is found.
    var block: Int?
    var isAwaited = false
    var own: Set<String> = []
    for (lineIndex, line) in code.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let text = line.prefix(upTo: line.range(of: "//")?.lowerBound ?? line.endIndex)
      let characters = Array(text)
      var index = 0
      while index < characters.count {
        let character = characters[index]
        if character == "{" {
          depth += 1
          if isAwaited, block == nil { (block, isAwaited, own) = (depth, false, []) }
        } else if character == "}" {
          if block == depth { block = nil }
          depth -= 1
        }
        guard character.isLetter || character == "_" else {
          index += 1
          continue
        }
        let start = index
        while index < characters.count, UninitialisedNames.isWord(characters[index]) { index += 1 }
        let word = String(characters[start..<index])
        if word == "cached", index < characters.count, characters[index] == "(" { isAwaited = true }
        guard block != nil, variables.contains(word), !own.contains(word) else { continue }
        let before = String(characters[..<start])
        let after = String(characters[index...])
        if before.hasSuffix("let ") || before.hasSuffix("var ") {
          own.insert(word)
        } else if !before.hasSuffix("."),
          before.hasSuffix("&")
            || after.prefixMatch(
              of: /(?:\[[^\]]*\])? *(?:[-+*\/]?=)[^=]|\.(?:next|append|insert|remove|shuffle|sort)\w*\(/)
              != nil
        {
          changes.append(Change(name: word, line: lineIndex, column: start))
        }
      }
    }
    return changes
  }
}
