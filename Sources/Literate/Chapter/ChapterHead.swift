import Yams

/// What front matter puts at the head of a chapter: a title, where no header is one, and the lines below it.
package enum ChapterHead {
  package enum Part: String, CaseIterable, Sendable {
    case title, subtitle, author, date, description

    /// What it is for.
    package var summary: String {
      switch self {
      case .title: "the chapter's title, where no header is one"
      case .subtitle: "the line below the title"
      case .author: "who wrote the chapter: a name, or a list of names"
      case .date: "of which day it is"
      case .description: "what the chapter says, in a sentence"
      }
    }

    /// The name under which its text goes through Pandoc.
    var identifier: String { "neuronbook-head-\(rawValue)" }
  }

  /// The text of a part, on one line.
  ///
  /// - Throws: `Problem` where it is no text.
  static func text(of value: Node, as part: Part, at place: Problem.Location) throws -> String {
    let items = part == .author ? value.sequence.map(Array.init) ?? [value] : [value]
    let texts = items.map { item in item.scalar?.string ?? item.mapping?["name"]?.scalar?.string ?? "" }
    let text = texts.joined(separator: ", ").split(whereSeparator: \.isNewline).joined(separator: " ")
    guard !texts.contains("") else {
      throw Problem(
        "`\(part.rawValue)` must be \(part == .author ? "a name, or a list of names" : "text").", at: place,
        advice: "Write `\(part.rawValue): \(part == .author ? "[Ada Lovelace, Alan Turing]" : "\"…\"")`.")
    }
    guard part != .date || text.firstMatch(of: /[0-9]/) != nil else {
      throw Problem(
        "The date is `\(text)`; a day was expected.", at: place,
        advice: "A page that is built again is of the same day: write `date: 2026-11-30`.")
    }
    return text
  }

  /// The parts as divs for Pandoc, each under its name.
  static func pandocText(_ parts: [Part: String]) -> String {
    Part.allCases.compactMap { part in
      parts[part].map { "\n::: {#\(part.identifier)}\n\($0)\n:::\n" }
    }.joined()
  }
}

extension Chapter {
  /// Puts the parts of the head where they stand: the title first, the others below the chapter's first header.
  mutating func addHead() {
    func inlines(_ part: ChapterHead.Part) -> [Inline]? { optionTexts[part.identifier] }
    if let title = inlines(.title) {
      if blocks.contains(where: { if case .header(1, _, _) = $0 { true } else { false } }) {
        problems.append(
          Problem(
            "The chapter has two titles: one in its front matter, and a header.",
            at: source.location(of: "title:"),
            advice: "Remove one, or begin the headers of its sections with `##`."))
      } else {
        blocks.insert(
          .header(level: 1, Attributes(identifier: Self.identifier(of: title)), title), at: 0)
      }
    }
    let byline = Array(
      [inlines(.author), inlines(.date)].compactMap { $0 }.joined(separator: [.text(" · ")]))
    let lines = [
      ("subtitle", inlines(.subtitle)), ("byline", byline.isEmpty ? nil : byline),
      ("description", inlines(.description)),
    ].compactMap { name, words in words.map { Block.div(Attributes(classes: [name]), [.paragraph($0)]) } }
    blocks.insert(contentsOf: lines, at: (blocks.firstIndex(where: \.isHeader) ?? -1) + 1)
  }

  /// A name made of words, as Pandoc makes those of headers.
  private static func identifier(of words: [Inline]) -> String {
    let kept = words.plainText.lowercased().filter { $0.isLetter || $0.isNumber || "_-. ".contains($0) }
    let name = kept.drop { !$0.isLetter }.split(separator: " ").joined(separator: "-")
    return name.isEmpty ? "section" : name
  }
}
