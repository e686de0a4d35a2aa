/// Looks through a BibLaTeX file for what Pandoc reads without a word, or refuses at another place than where it is wrong: braces
/// that are not closed, keys that are taken, kinds of entries that there are not.
struct Bibliography {
  private let source: Source
  private let characters: [Character]
  private var index = 0
  private var line = 1
  private var column = 1
  /// Where each key stands.
  private var keys: [String: Problem.Location] = [:]
  /// The names that values may use: those of months, and of each `@string`.
  private var names: Set<String> = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// - Throws: `Problem` with the first that is wrong.
  static func check(_ source: Source) throws {
    var bibliography = Bibliography(source)
    try bibliography.readEntries()
  }

  private init(_ source: Source) {
    self.source = source
    characters = Array(source.text)
  }

  // MARK: Entries

  private mutating func readEntries() throws {
    while let character = next {
      if character == "%" {
        while let next, !next.isNewline { advance() }
      } else if character == "}" {
        throw problem("A brace is closed here that was not opened.", "Remove it, or one before it.")
      } else if character == "@" {
        let place = location
        advance()
        try readEntry(word().lowercased(), at: place)
      } else {
        advance()
      }
    }
  }

  private mutating func readEntry(_ kind: String, at place: Problem.Location) throws {
    skipSpace()
    // Between entries stands what people like, such as addresses.
    guard !kind.isEmpty, next == "{" || next == "(" else { return }
    if kind == "comment" || kind == "preamble" {
      try skipBraces(of: "the `@\(kind)`", from: place)
      return
    }
    let close: Character = next == "{" ? "}" : ")"
    advance()
    skipSpace()
    if kind == "string" {
      let name = word().lowercased()
      try readField(name, of: "the `@string`", close)
      names.insert(name)
      skipSpace()
      guard next == close else { throw unclosed("the `@string`", place) }
      advance()
      return
    }
    guard Self.kinds.contains(kind) else {
      let near = nearest(to: kind, among: Self.kinds).map { "Did you mean `@\($0)`?" }
      throw Problem(
        "There is no kind of entry `@\(kind)`.", at: place,
        advice: near ?? "There are `@article`, `@book`, `@inproceedings`, `@online` and others.")
    }
    let keyPlace = location
    let key = self.key(until: close)
    guard !key.isEmpty else {
      throw Problem("The entry has no key.", at: place, advice: "Write `@\(kind){key, …}`.")
    }
    if let first = keys[key] {
      throw Problem(
        "The key `\(key)` is already taken at \(first).", at: keyPlace,
        advice: "Give one of the two another key.")
    }
    keys[key] = keyPlace
    while true {
      skipSpace()
      if next == close { break }
      guard next != nil else { throw unclosed("the entry `\(key)`", place) }
      guard next == "," else {
        throw problem("A comma is missing here, in the entry `\(key)`.", "Add it before this.")
      }
      advance()
      skipSpace()
      if next == close { break }
      guard next != nil, next != "@" else { throw unclosed("the entry `\(key)`", place) }
      try readField(word(), of: "the entry `\(key)`", close)
    }
    advance()
  }

  /// `name = value # value`, from behind the name.
  private mutating func readField(_ name: String, of owner: String, _ close: Character) throws {
    skipSpace()
    guard !name.isEmpty, next == "=" else {
      throw problem("`name = value` was expected here, in \(owner).", "Write `title = {…},`, for example.")
    }
    repeat {
      advance()
      skipSpace()
      let place = location
      switch next {
      case "{": try skipBraces(of: "`\(name)` in \(owner)", from: place)
      case "\"": try skipQuotes(of: "`\(name)` in \(owner)", from: place)
      default:
        let value = word()
        guard !value.isEmpty else {
          throw problem("`\(name)` in \(owner) has no value.", "Write it in braces: `\(name) = {…}`.")
        }
        guard value.allSatisfy(\.isNumber) || names.contains(value.lowercased()) else {
          throw Problem(
            "There is no `@string` with the name `\(value)`.", at: place,
            advice: "For a text, write it in braces: `\(name) = {\(value)}`.")
        }
      }
      skipSpace()
    } while next == "#"
  }

  // MARK: Characters

  private var next: Character? { index < characters.count ? characters[index] : nil }

  private var location: Problem.Location { source.location(line: line, column: column) }

  private mutating func advance() {
    (line, column) = characters[index].isNewline ? (line + 1, 1) : (line, column + 1)
    index += 1
  }

  private mutating func skipSpace() {
    while let character = next {
      if character == "%" {
        while let next, !next.isNewline { advance() }
      } else if character.isWhitespace {
        advance()
      } else {
        return
      }
    }
  }

  private mutating func word() -> String {
    let start = index
    while let next, next.isLetter || next.isNumber || "_-:.+/&".contains(next) { advance() }
    return String(characters[start..<index])
  }

  private mutating func key(until close: Character) -> String {
    let start = index
    while let next, next != ",", next != close, !next.isNewline { advance() }
    return String(String(characters[start..<index]).reversed().drop(while: \.isWhitespace).reversed())
  }

  /// Goes behind the brace that closes the one here. A new entry at the beginning of a line says that it was forgotten.
  private mutating func skipBraces(of owner: String, from place: Problem.Location) throws {
    let isBrace = next == "{"
    var open = 0
    repeat {
      guard let character = next, !isNewEntry else { throw unclosed(owner, place) }
      switch character {
      case "\\": if index + 1 < characters.count { advance() }
      case "{" where isBrace, "(" where !isBrace: open += 1
      case "}" where isBrace, ")" where !isBrace: open -= 1
      default: break
      }
      advance()
    } while open > 0
  }

  private mutating func skipQuotes(of owner: String, from place: Problem.Location) throws {
    var open = 0
    advance()
    while let character = next, !isNewEntry {
      switch character {
      case "\\": if index + 1 < characters.count { advance() }
      case "{": open += 1
      case "}": open -= 1
      case "\"" where open <= 0:
        advance()
        return
      default: break
      }
      advance()
    }
    throw unclosed(owner, place)
  }

  /// Whether a line begins here with `@kind{`.
  private var isNewEntry: Bool {
    guard column == 1, next == "@" else { return false }
    var rest = characters[(index + 1)...].drop { $0.isLetter }
    guard rest.startIndex > index + 1 else { return false }
    rest = rest.drop { $0 == " " }
    return rest.first == "{" || rest.first == "("
  }

  private func problem(_ message: String, _ advice: String) -> Problem {
    Problem(message, at: location, advice: advice)
  }

  private func unclosed(_ owner: String, _ place: Problem.Location) -> Problem {
    Problem(
      "The braces or quotes of \(owner) are not closed.", at: place,
      advice: "Give each `{` its `}` before the next entry begins.")
  }

  /// The kinds of entries that BibTeX and BibLaTeX have.
  private static let kinds: Set<String> = [
    "article", "book", "mvbook", "inbook", "bookinbook", "suppbook", "booklet", "collection", "mvcollection",
    "incollection", "suppcollection", "dataset", "manual", "misc", "online", "patent", "periodical",
    "suppperiodical", "proceedings", "mvproceedings", "inproceedings", "reference", "mvreference",
    "inreference", "report", "set", "software", "thesis", "unpublished", "xdata", "custom", "conference",
    "electronic", "mastersthesis", "phdthesis", "techreport", "www", "artwork", "audio", "bibnote",
    "commentary", "image", "jurisdiction", "legislation", "legal", "letter", "movie", "music",
    "performance", "review", "standard", "video", "map", "newspaper", "magazine", "webpage",
  ]
}
