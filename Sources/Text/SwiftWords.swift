/// Reads Swift as words and signs, without comments and texts: what the checks of a chapter's code look at.
package struct SwiftWords {
  package struct Token: Hashable {
    /// A word, a number, one other character, or the points of a range, which are no point before a member.
    package var text: String
    /// Counted from 0.
    package var line: Int
    package var column: Int
    /// How many braces are open before it.
    package var depth: Int
    /// Whether it stands in a text, as `\(word)`.
    package var isInterpolated: Bool
    /// Whether it follows the one before it without white space.
    package var isJoined: Bool
    /// Whether a text follows it, before the next one.
    package var isBeforeText = false

    package var isWord: Bool { text.first.map(SwiftWords.isWord) ?? false }
    package var isName: Bool { text.first.map { $0.isLetter || $0 == "_" } ?? false }
  }

  private(set) var tokens: [Token] = []
  private var comments: [Range<Int>] = []
  private let characters: [Character]
  private var index = 0
  private var line = 0
  private var column = 0
  private var depth = 0
  /// How many interpolations it is within; code that anybody reads has few.
  private var nesting = 0
  private static let deepest = 100

  package static func isWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  /// Form feeds and the separators of Unicode end no line for the compiler, and a source has no carriage returns.
  private static func isLineEnd(_ character: Character) -> Bool { character == "\n" }

  /// The words and signs of some code, in its order.
  package static func tokens(in code: String) -> [Token] {
    var words = SwiftWords(characters: Array(code))
    words.read(isInterpolated: false)
    return words.tokens
  }

  /// The same, and the code without its comments, line by line.
  package static func tokensAndPlainCode(of code: String) -> (tokens: [Token], plain: String) {
    var words = SwiftWords(characters: Array(code))
    words.read(isInterpolated: false)
    var plain = ""
    var next = 0
    for comment in words.comments {
      plain += String(words.characters[next..<comment.lowerBound])
      plain += String(words.characters[comment].filter(isLineEnd))
      next = comment.upperBound
    }
    return (words.tokens, plain + String(words.characters[next...]))
  }

  private init(characters: [Character]) { self.characters = characters }

  private func isNext(_ text: String) -> Bool {
    var place = index
    for character in text {
      guard place < characters.count, characters[place] == character else { return false }
      place += 1
    }
    return true
  }

  private mutating func advance(_ count: Int = 1) {
    for _ in 0..<count where index < characters.count {
      (line, column) = Self.isLineEnd(characters[index]) ? (line + 1, 0) : (line, column + 1)
      index += 1
    }
  }

  /// Reads code to its end; that of an interpolation to the parenthesis that closes it.
  private mutating func read(isInterpolated: Bool) {
    var parentheses = 0
    var isJoined = false
    while index < characters.count {
      let character = characters[index]
      let start = index
      if isNext("//") {
        while index < characters.count, !Self.isLineEnd(characters[index]) { advance() }
        comments.append(start..<index)
        isJoined = false
      } else if isNext("/*") {
        skipComment()
        comments.append(start..<index)
        isJoined = false
      } else if character == "\"" || isNext("#\"") || isNext("##\"") {
        if !tokens.isEmpty { tokens[tokens.count - 1].isBeforeText = true }
        skipText()
        isJoined = true
      } else if character.isWhitespace {
        advance()
        isJoined = false
      } else {
        if isInterpolated, character == ")" {
          if parentheses == 0 { return }
          parentheses -= 1
        }
        if character == "(" { parentheses += 1 }
        if character == "}" { depth = max(0, depth - 1) }
        let place = (line, column)
        let isPoint = character == "." && index + 1 < characters.count && characters[index + 1] == "."
        repeat {
          advance()
        } while index < characters.count
          && (Self.isWord(character) && Self.isWord(characters[index]) || isPoint && characters[index] == ".")
        tokens.append(
          Token(
            text: String(characters[start..<index]), line: place.0, column: place.1, depth: depth,
            isInterpolated: isInterpolated, isJoined: isJoined))
        if character == "{" { depth += 1 }
        isJoined = true
      }
    }
  }

  private mutating func skipComment() {
    var open = 0
    repeat {
      if isNext("/*") {
        open += 1
        advance(2)
      } else if isNext("*/") {
        open -= 1
        advance(2)
      } else {
        advance()
      }
    } while open > 0 && index < characters.count
  }

  /// A text, with the code in it; `#"…"#` and `"""…"""` too.
  private mutating func skipText() {
    let hashes = String(characters[index...].prefix { $0 == "#" })
    advance(hashes.count)
    let quote = isNext("\"\"\"") ? "\"\"\"" : "\""
    advance(quote.count)
    while index < characters.count {
      if isNext(quote + hashes) {
        advance(quote.count + hashes.count)
        return
      }
      if nesting < Self.deepest, isNext("\\" + hashes + "(") {
        advance(2 + hashes.count)
        nesting += 1
        read(isInterpolated: true)
        nesting -= 1
        advance()
      } else if isNext("\\" + hashes) {
        advance(2 + hashes.count)
      } else if quote.count == 1, Self.isLineEnd(characters[index]) {
        // A text of one line that is not closed: the compiler will say so.
        return
      } else {
        advance()
      }
    }
  }
}
