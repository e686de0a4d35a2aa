import Foundation
import Text

/// Sets citations and the list of references.
enum Citations {
  /// The citations in some blocks, in the order of the text.
  static func all(in blocks: [Block]) -> [Inline] {
    var citations: [Inline] = []
    blocks.walk { node in
      if case .inline(let inline) = node, case .citation = inline { citations.append(inline) }
      return true
    }
    return citations
  }

  /// Each citation as the page shows it, and the list of references: blocks with a header.
  ///
  /// Only the citations go through Pandoc's citation processor, so that a text whose citations stay has it answer from
  /// memory.
  static func set(
    _ citations: [Inline], bibliography: Book.Entry, by pandoc: Pandoc
  ) async throws -> (texts: [[Inline]], references: [Block]) {
    guard !citations.isEmpty else { return ([], []) }
    let document = Pandoc.document(
      citations.map { .paragraph([$0]) },
      metadata: [
        "link-citations": Coding.flag(true), "reference-section-title": Coding.text("References"),
      ])
    let source = try Source(reading: bibliography.url, path: bibliography.path)
    let answer = try await pandoc.ask(
      ["--from=json", "--to=json", "--citeproc"], input: document,
      files: [
        .init(
          option: "--bibliography", name: bibliography.url.lastPathComponent, content: Data(source.text.utf8))
      ],
      for: Problem.Location(file: bibliography.path))
    // What a bibliography holds is told by `problems(in:)`.
    var sanitiser = Sanitiser()
    let made = try Pandoc.blocks(of: answer).rewritten(by: &sanitiser)
    let texts = made.prefix(citations.count).map { block -> [Inline] in
      if case .paragraph(let inlines) = block { inlines } else { [] }
    }
    return (texts, Array(made.dropFirst(citations.count)))
  }

  /// What in a bibliography may not stand in a text, such as an address that is a program.
  static func problems(in source: Source, by pandoc: Pandoc) async throws -> [Problem] {
    let answer = try await pandoc.ask(
      ["--from=biblatex", "--to=json"], input: Data(source.text.utf8),
      for: Problem.Location(file: source.path))
    var sanitiser = Sanitiser()
    for entry in Coding.fields(ofReferencesIn: try JSON(answer.output)) {
      _ = entry.rewritten(by: &sanitiser)
    }
    return source.problems(of: sanitiser.findings)
  }

  /// Blocks with their citations, which these are in the order of the text, as the page shows them.
  static func replaced(in blocks: [Block], by texts: [[Inline]]) -> [Block] {
    struct Setting: Rewriter {
      var left: ArraySlice<[Inline]>

      mutating func replacement(for inline: Inline) -> [Inline]? {
        if case .citation = inline { left.popFirst() } else { nil }
      }
    }
    guard !texts.isEmpty else { return blocks }
    var setting = Setting(left: texts[...])
    return blocks.rewritten(by: &setting)
  }

  /// The blocks of a whole document with their citations set, and the list of references at the end.
  static func resolved(
    in blocks: [Block], bibliography: Book.Entry, by pandoc: Pandoc
  ) async throws -> [Block] {
    let (texts, references) = try await set(all(in: blocks), bibliography: bibliography, by: pandoc)
    return replaced(in: blocks, by: texts) + references
  }
}
