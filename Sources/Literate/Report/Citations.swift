import Foundation

/// Sets citations and the list of references.
///
/// Only the citations go through Pandoc's citation processor, so that a text whose citations stay has it answer from
/// memory.
enum Citations {
  /// The blocks with each citation as the page shows it, and the list of references at the end.
  ///
  /// - Parameter bibliography: The file that the citations name entries of.
  static func resolved(
    in blocks: JSON, bibliography: Book.Entry, by pandoc: Pandoc
  ) async throws -> JSON {
    var citations: [JSON] = []
    blocks.forEachElement { if $0.tag == "Cite" { citations.append($0) } }
    guard !citations.isEmpty else { return blocks }
    let document = Pandoc.document(
      citations.map { .element("Para", .array([$0])) },
      metadata: [
        "link-citations": .element("MetaBool", .bool(true)),
        "reference-section-title": .element("MetaString", .string("References")),
      ])
    let source = try Source(reading: bibliography.url, path: bibliography.path)
    let answer = try await pandoc.run(
      ["--from=json", "--to=json", "--citeproc", "--bibliography=\(bibliography.url.path)"], input: document,
      files: [Data(source.text.utf8)], for: Problem.Location(file: bibliography.path))
    let made = try JSON(answer.output)["blocks"].array ?? []
    var texts = made.prefix(citations.count)
    let woven = blocks.rewritten { element in
      guard element.tag == "Cite" else { return nil }
      return texts.popFirst()?.content.array
    }
    return .array((woven.array ?? []) + made.dropFirst(citations.count))
  }
}
