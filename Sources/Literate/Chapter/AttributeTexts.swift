/// The attributes that are words on the page, such as the title of a callout or the caption of a listing: Markdown, like all words.
enum AttributeTexts {
  private static let captions = ["fig-cap", "tbl-cap", "lst-cap"]

  /// What of a block's attributes is Markdown.
  private static func names(in attributes: Attributes) -> [String] {
    if Callout.isCallout(attributes) { return ["title"] }
    if ImageFigure.isFloat(attributes) { return captions }
    return Statement.isStatement(attributes) ? ["name"] : []
  }

  /// All such attributes as the texts that Pandoc makes of them, by what was written.
  ///
  /// - Throws: `Problem` where Pandoc can't be run.
  static func read(
    in blocks: [Block], for location: Problem.Location, by pandoc: Pandoc
  ) async throws -> [String: [Inline]] {
    var texts: [String] = []
    blocks.walk { node in
      guard case .block(let block) = node, let attributes = block.attributes else { return true }
      for text in names(in: attributes).compactMap({ attributes[$0] }) where !texts.contains(text) {
        texts.append(text)
      }
      return true
    }
    guard !texts.isEmpty else { return [:] }
    // What follows an empty span is no list and no heading, whatever it begins with.
    let markdown = texts.map {
      "::: {}\n[]{}" + $0.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n:::\n\n"
    }
    let read = try await pandoc.read(markdown: markdown.joined(), for: location)
    guard read.count == texts.count else { return [:] }
    return Dictionary(
      zip(texts, read).map { text, block in
        guard case .div(_, let content) = block else { return (text, [.text(text)]) }
        return (text, Array(Chapter.inlines(of: content).drop { $0 == .span(Attributes(), []) }))
      }, uniquingKeysWith: { first, _ in first })
  }

  /// Puts the words where those stand that are written within the block: a heading at its beginning, a caption at its end.
  struct Marking: Rewriter {
    var words: [String: [Inline]]

    func replacement(for block: Block) -> [Block]? {
      guard var attributes = block.attributes,
        let name = names(in: attributes).first(where: { attributes[$0] != nil }),
        let text = attributes.take(name)
      else { return nil }
      let inlines = words[text] ?? [.text(text)]
      switch block {
      case .code(_, let code):
        // A listing with a caption is a block that holds both.
        let label = attributes.identifier
        attributes.identifier = ""
        return [.div(Attributes(identifier: label), [.code(attributes, code), ImageFigure.caption(inlines)])]
      case .div(_, let content) where captions.contains(name):
        return [.div(attributes, content + [ImageFigure.caption(inlines)])]
      case .div(_, let content):
        if case .header? = content.first { return nil }
        return [.div(attributes, [BlockTitle.block(inlines)] + content)]
      default: return nil
      }
    }
  }
}
