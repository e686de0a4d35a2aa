import Text

/// The points that code gives to `sweep`, as words: what makes them is no part of the code that computes a result.
enum SweepPoints {
  /// Takes the arguments of each `sweep( … ) {` out of some code, in which every line stays where it was.
  ///
  /// - Returns: The code without them, and the names in each, with the line of the call, counted from 0.
  static func takenOut(of code: String) -> (code: String, points: [(line: Int, names: Set<String>)]) {
    guard asks(code) else { return (code, []) }
    let tokens = SwiftWords.tokens(in: code)
    var lines = code.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
    var points: [(line: Int, names: Set<String>)] = []
    for index in tokens.indices where isCall(index, in: tokens) {
      guard let end = close(of: index + 1, in: tokens), tokens.indices.contains(end + 1),
        tokens[end + 1].text == "{"
      else { continue }
      // With parentheses and a brace inside them, such as those of a closure, all is code.
      let arguments = tokens[(index + 2)..<end]
      points.append((tokens[index].line, Set(arguments.filter(\.isName).map(\.text))))
      for line in tokens[index + 1].line...tokens[end].line where lines.indices.contains(line) {
        let from = line == tokens[index + 1].line ? tokens[index + 1].column + 1 : 0
        let to = line == tokens[end].line ? tokens[end].column : lines[line].count
        for column in from..<max(from, min(to, lines[line].count)) { lines[line][column] = " " }
      }
    }
    return (lines.map { String($0) }.joined(separator: "\n"), points)
  }

  /// Whether code may hold a sweep.
  static func asks(_ code: String) -> Bool {
    guard code.contains("sweep") else { return false }
    let tokens = SwiftWords.tokens(in: code)
    return tokens.indices.contains { isCall($0, in: tokens) }
  }

  private static func isCall(_ index: Int, in tokens: [SwiftWords.Token]) -> Bool {
    tokens[index].text == "sweep" && index + 1 < tokens.count && tokens[index + 1].text == "("
      && (index == 0 || ![".", "func"].contains(tokens[index - 1].text))
  }

  /// The place of the parenthesis that closes one.
  private static func close(of open: Int, in tokens: [SwiftWords.Token]) -> Int? {
    var depth = 0
    for index in open..<tokens.count {
      if tokens[index].text == "(" { depth += 1 }
      if tokens[index].text == ")" {
        depth -= 1
        if depth == 0 { return index }
      }
    }
    return nil
  }
}
