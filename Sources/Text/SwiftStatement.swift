/// A statement or declaration at the top of some code, with the names in it.
package struct SwiftStatement {
  /// Counted from 0 in the code.
  package var firstLine: Int
  package var lastLine: Int
  /// Its lines, without comments.
  package var text = ""
  /// What it declares at the top.
  package var declared: Set<String> = []
  /// Those of them that can change.
  package var variables: Set<String> = []
  /// Whether it declares a type, or extends one.
  package var isType = false
  /// What an extension in it declares. The members of a type are reached by the type's name, which is named where a value is made.
  package var members: Set<String> = []
  /// The names in it that stand for something outside of it.
  package var used: Set<String> = []
  /// The names that follow a point.
  package var usedMembers: Set<String> = []

  package static func statements(in code: String) -> [SwiftStatement] {
    let (tokens, plain) = SwiftWords.tokensAndPlainCode(of: code)
    let lines = plain.linesBetweenLineFeeds
    return ranges(of: tokens).map { range in
      let tokens = Array(tokens[range])
      var statement = SwiftStatement(firstLine: tokens[0].line, lastLine: tokens[0].line)
      statement.readNames(in: tokens)
      return statement
    }.withTexts(lines)
  }

  /// Where the statements lie among the tokens.
  private static func ranges(of tokens: [SwiftWords.Token]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    var open = 0
    for index in tokens.indices {
      if index > start, open == 0, tokens[index].depth == 0,
        begins(tokens[index], after: tokens[start..<index])
      {
        ranges.append(start..<index)
        start = index
      }
      if "([".contains(tokens[index].text) { open += 1 }
      if ")]".contains(tokens[index].text) { open = max(0, open - 1) }
    }
    if start < tokens.count { ranges.append(start..<tokens.count) }
    return ranges
  }

  private static let continuing: Set<String> = [
    ".", "..", "...", "}", ")", "]", "{", "?", ":", ",", "=", "+", "-", "*", "/", "&", "|", "<", ">", "else",
    "catch",
    "where",
    "as", "is", "in", "%", "^",
  ]
  private static let expecting: Set<String> = [
    "=", "+", "-", "*", "/", ",", ":", "?", "&", "|", "<", ">", ".", "..", "...", "(", "[", "try", "await",
    "return",
    "throw",
    "let", "var", "func", "struct", "enum", "class", "actor", "extension", "public", "private", "static",
    "fileprivate", "mutating", "final", "indirect", "%", "^", "as", "is", "in",
  ]

  /// Whether a token on a new line begins a statement.
  private static func begins(_ token: SwiftWords.Token, after before: ArraySlice<SwiftWords.Token>) -> Bool {
    guard let last = before.last, token.line > last.line || last.text == ";", !token.isInterpolated,
      !continuing.contains(token.text),
      // What a word expects may be a text, which is no word.
      last.isBeforeText || last.isInterpolated || !expecting.contains(last.text)
    else { return false }
    // An attribute stands before what it is of.
    return !(before.first?.text == "@" && (before.count == 2 || before.last?.text == ")"))
  }

  // MARK: Names

  package static let keywords: Set<String> = [
    "let", "var", "func", "struct", "enum", "class", "actor", "extension", "protocol", "typealias", "if",
    "else",
    "for", "in", "while", "repeat", "switch", "case", "default", "guard", "return", "try", "throw", "throws",
    "do",
    "catch", "true", "false", "nil", "self", "Self", "as", "is", "where", "import", "init", "static",
    "mutating",
    "inout", "some", "any", "await", "async", "rethrows", "break", "continue", "defer", "private", "public",
    "_",
  ]
  private static let types: Set<String> = [
    "struct", "enum", "class", "actor", "protocol", "extension", "typealias",
  ]

  private mutating func readNames(in tokens: [SwiftWords.Token]) {
    func text(_ index: Int) -> String { tokens.indices.contains(index) ? tokens[index].text : "" }
    let isExtension = tokens.contains { $0.depth == 0 && $0.text == "extension" }
    /// The local names of each open brace, those that wait for the next one, and those of statements that have not ended.
    var scopes: [Set<String>] = [[]]
    var waiting: Set<String> = []
    var coming: [(name: String, line: Int, depth: Int)] = []
    var brackets: [String] = []
    for (index, token) in tokens.enumerated() {
      let ended = coming.filter { $0.depth == token.depth && $0.line < token.line }
      if !ended.isEmpty, Self.begins(token, after: tokens[..<index]) {
        scopes[scopes.count - 1].formUnion(ended.map(\.name))
        coming.removeAll { $0.depth == token.depth && $0.line < token.line }
      }
      switch token.text {
      case "{":
        scopes.append(waiting.union(closureParameters(from: index, in: tokens)))
        waiting = []
        brackets.append("{")
      case "}":
        if scopes.count > 1 { scopes.removeLast() }
        coming.removeAll { $0.depth > token.depth }
        _ = brackets.popLast()
      case "(", "[": brackets.append(token.text)
      case ")", "]": _ = brackets.popLast()
      default: break
      }
      guard token.isName, !Self.keywords.contains(token.text) else { continue }
      let before = text(index - 1)
      let isLabel = text(index + 1) == ":" && tokens[index + 1].isJoined && brackets.last == "("
      if before == "." {
        usedMembers.insert(token.text)
      } else if Self.types.contains(before) || before == "func" {
        if before == "extension" { used.insert(token.text) }
        if token.depth == 0, before != "func" { isType = true }
        if token.depth == 0 { declared.insert(token.text) } else if isExtension { members.insert(token.text) }
      } else if before == "let" || before == "var" {
        let isBound = ["if", "guard", "while", ",", "case", "("].contains(text(index - 2))
        if token.depth == 0, !isBound || text(index - 2) == "guard" {
          declared.insert(token.text)
          if before == "var" { variables.insert(token.text) }
        } else if isExtension, token.depth == 1 {
          members.insert(token.text)
        } else if !isBound {
          coming.append((token.text, token.line, token.depth))
        } else if ["if", "while"].contains(text(index - 2)) {
          waiting.insert(token.text)
        }
        // `if let name` takes the outer one.
        if isBound, text(index + 1) != "=" { used.insert(token.text) }
      } else if before == "for" {
        waiting.insert(token.text)
      } else if before == "case", isExtension {
        members.insert(token.text)
      } else if isLabel, isParameter(index, in: tokens) {
        waiting.insert(token.text)
      } else if !isLabel, !scopes.contains(where: { $0.contains(token.text) }) {
        used.insert(token.text)
        // Of `let (a, b) = …` each name is declared.
        if token.depth == 0, brackets == ["("], ["let", "var"].contains(text(0)), text(1) == "(",
          !tokens[..<index].contains(where: { $0.text == "=" })
        {
          declared.insert(token.text)
          if text(0) == "var" { variables.insert(token.text) }
        }
      }
    }
  }

  /// Whether a name before a colon is that of a parameter of a function, and not the label of an argument.
  private func isParameter(_ index: Int, in tokens: [SwiftWords.Token]) -> Bool {
    var open = 0
    var place = index
    while place > 0 {
      place -= 1
      if ")]}".contains(tokens[place].text) { open += 1 }
      if "([{".contains(tokens[place].text) {
        if open == 0 { break }
        open -= 1
      }
    }
    guard tokens[place].text == "(" else { return false }
    // `func name<Type>(`, `init(`
    var before = place - 1
    if before >= 0, tokens[before].text == ">" {
      while before > 0, tokens[before].text != "<" { before -= 1 }
      before -= 1
    }
    guard before >= 0 else { return false }
    return tokens[before].text == "init" || (before > 0 && tokens[before - 1].text == "func")
  }

  /// `{ a, b in`, `{ (a: Int, b) -> Int in`
  private func closureParameters(from brace: Int, in tokens: [SwiftWords.Token]) -> Set<String> {
    var names: Set<String> = []
    var index = brace + 1
    while index < tokens.count, tokens[index].line == tokens[brace].line {
      let token = tokens[index]
      if token.text == "in" { return names }
      guard
        token.isName
          || ["(", ")", ",", ":", "-", ">", "[", "]", "_", "?", ".", "...", "<"].contains(token.text)
      else {
        return []
      }
      if token.isName { names.insert(token.text) }
      index += 1
    }
    return []
  }
}

extension [SwiftStatement] {
  /// Gives each statement the lines up to the next one.
  fileprivate func withTexts(_ lines: [Substring]) -> [SwiftStatement] {
    var statements = self
    for index in indices {
      let end =
        index + 1 < count ? Swift.max(self[index].firstLine, self[index + 1].firstLine - 1) : lines.count - 1
      statements[index].lastLine = end
      statements[index].text = lines[self[index].firstLine...Swift.max(self[index].firstLine, end)]
        .map { $0.reversed().drop(while: \.isWhitespace).reversed() }.map { String($0) }
        .filter { !$0.isEmpty }.joined(separator: "\n")
    }
    return statements
  }
}
