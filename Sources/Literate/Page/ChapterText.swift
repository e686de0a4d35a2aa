import Foundation

/// A chapter's part of the page: what makes sections, contents and notes, and between it the text that stands by itself.
struct ChapterText: Sendable {
  /// The blocks that Pandoc sees when it makes the page, with a name in the place of each piece.
  var skeleton: [Block]
  /// The HTML of the pieces by their names.
  var pieces: [String: String]

  struct Origin: Hashable {
    var woven: Woven.Origin
    var files: [String: FileState?]
    var citations: [[Inline]]

    init?(_ woven: Woven, _ citations: [[Inline]]) {
      guard let origin = woven.origin else { return nil }
      (self.woven, files, self.citations) = (origin, woven.files, citations)
    }
  }

  /// Sets chapters, each with the texts of its citations; blocks that are new are set in one run of Pandoc.
  static func set(_ chapters: [(woven: Woven, citations: [[Inline]])], by session: PageSession) async throws
    -> [Self]
  {
    var texts: [ChapterText?] = chapters.map { woven, citations in
      Origin(woven, citations).flatMap { session.texts[$0] }
    }
    let new = texts.indices.filter { texts[$0] == nil }
    let blocks = new.map { Citations.replaced(in: chapters[$0].woven.blocks, by: chapters[$0].citations) }
    var html = try await session.pandoc.html(ofEach: blocks.flatMap { $0.filter(standsByItself) })[...]
    for (index, blocks) in zip(new, blocks) {
      let (woven, citations) = chapters[index]
      let text = ChapterText(blocks, of: woven) { html.popFirst() ?? "" }
      texts[index] = text
      if let origin = Origin(woven, citations) { session.texts[origin] = text }
    }
    return texts.compactMap { $0 }
  }

  /// A piece is named by its place, so that the skeleton stays while its text changes.
  private init(_ blocks: [Block], of woven: Woven, html: () -> String) {
    (skeleton, pieces) = ([], [:])
    var open = ""
    func close() {
      guard !open.isEmpty else { return }
      let name = Insertions.name(for: "\(woven.name) piece \(pieces.count)")
      pieces[name] = woven.images.inserted(into: Direction.marked(Page.withoutOldRoles(open)))
      skeleton.append(.html(name))
      open = ""
    }
    for block in blocks {
      if Self.standsByItself(block) {
        open += html() + "\n"
      } else {
        close()
        skeleton.append(block)
      }
    }
    close()
  }

  /// All blocks but headers, which make the sections and the contents, and those with footnotes, which are numbered
  /// through the page.
  private static func standsByItself(_ block: Block) -> Bool {
    var hasNote = false
    [block].walk { node in
      if case .inline(.note) = node { hasNote = true }
      return !hasNote
    }
    return !block.isHeader && !hasNote
  }
}
