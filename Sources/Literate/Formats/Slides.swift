import Foundation

/// Slides for each chapter, one file that loads nothing: a slide for each section with its first sentence and its
/// formulas, and one for each figure, table, claim and exercise.
struct SlidesExporter: Exporter {
  func write(_ publication: Publication) async throws -> URL {
    let folder = try publication.emptyFolder("slides")
    let template = publication.work.appending(path: "slides.html")
    try Data(PackageResources.slides_html).write(to: template)
    for (index, chapter) in publication.chapters.enumerated() {
      let blocks = try await publication.cited(publication.document(of: index, .plain, ending: "html"))
      var metadata = publication.metadata
      metadata["title"] = Coding.text(publication.title(of: index))
      metadata["book"] = Coding.text(publication.book.title)
      let answer = try await publication.pandoc.run(
        [
          "--from=json", "--to=dzslides", "--standalone", "--self-contained", "--slide-level=2", "--mathml",
          "--wrap=none", "--template=\(template.path)",
        ], input: Pandoc.document(SlideDeck(blocks).slides, metadata: metadata))
      try answer.output.write(to: folder.appending(path: chapter.slug + ".html"))
    }
    return folder
  }
}

extension Exporter where Self == SlidesExporter {
  static func slides() -> Self { SlidesExporter() }
}

/// The slides of a chapter: a header of level 2 each, and what is below it.
private struct SlideDeck {
  private(set) var slides: [Block] = []
  private var title: [Inline] = []
  /// What stands on the slide of the section, until something has a slide of its own.
  private var opening: [Block] = []
  private var isOpen = false

  init(_ blocks: [Block]) {
    for block in blocks { add(block) }
    close()
  }

  private mutating func add(_ block: Block) {
    switch block {
    case .header(let level, _, let title):
      close()
      self.title = title
      isOpen = level != 1 || !title.plainText.hasPrefix("References")
    case .paragraph(let inlines):
      // The title slide has the title of the chapter; of a section's text, the first sentence is enough.
      let isFirst = !opening.contains { if case .paragraph = $0 { true } else { false } }
      if isOpen, isFirst { opening.append(.paragraph(Self.firstSentence(of: inlines))) }
    case .div(let attributes, let content):
      if attributes.classes.contains("equation") {
        if isOpen, opening.count < 3 { opening.append(block) }
      } else if !Set(attributes.classes).isDisjoint(with: ["figure", "table", "claim"]) {
        var shortening = Shortening(keepsSentences: attributes.classes.contains("claim"))
        addSlide([block].rewritten(by: &shortening))
      } else if attributes.classes.contains(Exercise.className) {
        // The prompt alone: the room has neither starter nor hints before it has thought.
        addSlide([.div(Attributes(classes: ["exercise"]), Array(content.prefix(while: \.isPrompt)))])
      }
    default: break
    }
  }

  private mutating func addSlide(_ blocks: [Block]) {
    close()
    slides.append(header)
    slides += blocks
  }

  private mutating func close() {
    if isOpen, !opening.isEmpty {
      slides.append(header)
      slides += opening
    }
    isOpen = false
    opening = []
  }

  private var header: Block { .header(level: 2, Attributes(), title) }

  /// A figure's caption by its first sentence, a table by its first rows.
  private struct Shortening: Rewriter {
    let keepsSentences: Bool
    private static let tableRows = 10

    func replacement(for block: Block) -> [Block]? {
      switch block {
      case .paragraph(let inlines):
        return keepsSentences ? nil : [.paragraph(SlideDeck.firstSentence(of: inlines))]
      case .table(var table):
        guard let rows = table.bodies.first?.rows, rows.count > Self.tableRows else { return nil }
        table.bodies[0].rows = Array(rows.prefix(Self.tableRows))
        let more = Block.emphasised("… and \(rows.count - Self.tableRows) rows more in the report.")
        return [.table(table), more]
      default: return nil
      }
    }
  }

  /// The inlines up to the end of the first sentence that has words; a number such as "Figure 2.1." is none.
  private static func firstSentence(of inlines: [Inline]) -> [Inline] {
    for (index, inline) in inlines.enumerated() where index + 1 < inlines.count {
      guard case .text(let text) = inline, let last = text.last, ".?!".contains(last),
        inlines[index + 1].isSpace, text.count > 2 || index > 0 && inlines[index - 1].isEmphasis
      else { continue }
      return Array(inlines[...index])
    }
    return inlines
  }
}

extension Inline {
  fileprivate var isEmphasis: Bool { if case .styled(.emphasis, _) = self { true } else { false } }
}
