import Foundation

/// Sets citations and the list of references.
enum Citations {
  /// The citations in some blocks, in the order of the text.
  static func all(in blocks: [JSON]) -> [JSON] {
    var citations: [JSON] = []
    for block in blocks { block.forEachElement { if $0.tag == "Cite" { citations.append($0) } } }
    return citations
  }

  /// Each citation as the page shows it, and the list of references: blocks with a header.
  ///
  /// Only the citations go through Pandoc's citation processor, so that a text whose citations stay has it answer from
  /// memory.
  static func set(
    _ citations: [JSON], bibliography: Book.Entry, by pandoc: Pandoc
  ) async throws -> (texts: [[JSON]], references: [JSON]) {
    guard !citations.isEmpty else { return ([], []) }
    let document = Pandoc.document(
      citations.map { .element("Para", .array([$0])) },
      metadata: [
        "link-citations": .element("MetaBool", .bool(true)),
        "reference-section-title": .element("MetaString", .string("References")),
      ])
    let source = try Source(reading: bibliography.url, path: bibliography.path)
    let answer = try await pandoc.ask(
      ["--from=json", "--to=json", "--citeproc"], input: document,
      files: [
        .init(
          option: "--bibliography", name: bibliography.url.lastPathComponent, content: Data(source.text.utf8))
      ],
      for: Problem.Location(file: bibliography.path))
    let made = try JSON(answer.output)["blocks"].array ?? []
    return (
      made.prefix(citations.count).map { $0.content.array ?? [] }, Array(made.dropFirst(citations.count))
    )
  }

  /// Blocks with their citations, which these are in the order of the text, as the page shows them.
  static func replaced(in blocks: [JSON], by texts: [[JSON]]) -> [JSON] {
    guard !texts.isEmpty else { return blocks }
    var left = texts[...]
    return JSON.array(blocks).rewritten { $0.tag == "Cite" ? left.popFirst() : nil }.array ?? []
  }

  /// The blocks of a whole document with their citations set, and the list of references at the end.
  static func resolved(
    in blocks: [JSON], bibliography: Book.Entry, by pandoc: Pandoc
  ) async throws -> [JSON] {
    let (texts, references) = try await set(all(in: blocks), bibliography: bibliography, by: pandoc)
    return replaced(in: blocks, by: texts) + references
  }
}
