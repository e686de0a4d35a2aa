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
      metadata["title"] = .element("MetaString", .string(publication.title(of: index)))
      metadata["book"] = .element("MetaString", .string(publication.book.title))
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
  private(set) var slides: [JSON] = []
  private var title: [JSON] = []
  /// What stands on the slide of the section, until something has a slide of its own.
  private var opening: [JSON] = []
  private var isOpen = false

  private static let tableRows = 10

  init(_ blocks: [JSON]) {
    for block in blocks { add(block) }
    close()
  }

  private mutating func add(_ block: JSON) {
    switch block.tag {
    case "Header":
      close()
      title = block.content[2].array ?? []
      isOpen = block.content[0].integer != 1 || !block.content[2].plainText.hasPrefix("References")
    case "Para":
      // The title slide has the title of the chapter; of a section's text, the first sentence is enough.
      let isFirst = !opening.contains { $0.tag == "Para" }
      guard isOpen, isFirst, let inlines = block.content.array else { return }
      opening.append(.element("Para", .array(Self.firstSentence(of: inlines))))
    case "Div" where block.isDiv("equation"):
      if isOpen, opening.count < 3 { opening.append(block) }
    case "Div" where block.isDiv("figure"), "Div" where block.isDiv("table"),
      "Div" where block.isDiv("claim"):
      addSlide([Self.shortened(block)])
    case "Div" where block.isDiv(Exercise.className):
      // The prompt alone: the room has neither starter nor hints before it has thought.
      let prompt = (block.content[1].array ?? []).prefix { $0.tag != "CodeBlock" && $0.tag != "Div" }
      addSlide([.div(JSON.attributes(classes: ["exercise"]), Array(prompt))])
    default: break
    }
  }

  private mutating func addSlide(_ blocks: [JSON]) {
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

  private var header: JSON {
    .element("Header", .array([.integer(2), JSON.attributes(), .array(title)]))
  }

  /// A figure's caption by its first sentence, a table by its first rows.
  private static func shortened(_ block: JSON) -> JSON {
    JSON.array([block]).rewritten { element in
      switch element.tag {
      case "Para" where block.tag == "Div" && !block.isDiv("claim"):
        return [.element("Para", .array(firstSentence(of: element.content.array ?? [])))]
      case "Table":
        guard let rows = element.content[4][0][3].array, rows.count > tableRows else { return nil }
        var bodies = element.content[4].array ?? []
        bodies[0][3] = .array(Array(rows.prefix(tableRows)))
        var table = element
        table.content[4] = .array(bodies)
        let more = JSON.emphasised("… and \(rows.count - tableRows) rows more in the report.")
        return [table, more]
      default: return nil
      }
    }[0]
  }

  /// The inlines up to the end of the first sentence that has words; a number such as "Figure 2.1." is none.
  private static func firstSentence(of inlines: [JSON]) -> [JSON] {
    for (index, inline) in inlines.enumerated() where index + 1 < inlines.count {
      guard inline.tag == "Str", let text = inline.content.string, let last = text.last, ".?!".contains(last),
        ["Space", "SoftBreak"].contains(inlines[index + 1].tag),
        text.count > 2 || index > 0 && inlines[index - 1].tag == "Emph"
      else { continue }
      return Array(inlines[...index])
    }
    return inlines
  }
}
